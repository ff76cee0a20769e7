"""What a person says for a protocol: one line each, a day or none."""

from datetime import date

import pytest

from app.documents.protocol_fields import MAX_CHARS, ProtocolFields
from app.errors import BadInput


def test_what_a_form_sends_becomes_one_line_each() -> None:
    given = ProtocolFields.of({"chair": " О.\n Петрова\u202e ", "day": "2026-11-30", "form": "protocol"})
    assert given == ProtocolFields(chair="О. Петрова", day=date(2026, 11, 30))
    assert len(ProtocolFields.of({"present": "x" * 9999}).present) == MAX_CHARS


@pytest.mark.parametrize("day", ["30.11.2026", "2026-02-30", "<b>", "9" * 5000])
def test_a_day_that_is_none_is_refused_with_an_example(day: str) -> None:
    with pytest.raises(BadInput, match="2026-11-30"):
        ProtocolFields.of({"day": day})
