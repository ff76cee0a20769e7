"""The business form: every part in its order, decisions under their item, blanks for what nobody said."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.documents.document import Document
from app.documents.docx import render_minutes_docx
from app.documents.labels import LABELS
from app.documents.markdown import render_minutes_md
from app.documents.minutes import Minutes, Point
from app.documents.pdf import render_minutes_pdf
from app.documents.protocol import BLANK, protocol
from app.documents.protocol_fields import ProtocolFields
from app.documents.txt import render_minutes_txt
from tests.documents.golden_files import dump_docx
from tests.documents.meetings import english, russian
from tests.documents.test_pdf import text_of

RENDERERS = {
    "txt": render_minutes_txt,
    "md": render_minutes_md,
    "docx": lambda document, locale: dump_docx(render_minutes_docx(document, locale)),
}
ORDER = ("protocol.number", "protocol.date", "protocol.place", "protocol.chair", "protocol.secretary",
         "protocol.present", "summary", "protocol.agenda", "protocol.heard", "protocol.resolved",
         "assignments", "protocol.recording")  # fmt: skip


@pytest.mark.parametrize("kind", [*RENDERERS, "pdf"])
@pytest.mark.parametrize(("locale", "meeting"), [("ru", russian()), ("en", english())])
def test_every_format_has_the_parts_of_a_protocol_in_their_order(
    kind: str, locale: str, meeting: Document, tmp_path: Path
) -> None:
    document = meeting.in_form("protocol")
    if kind == "pdf":
        text = text_of(render_minutes_pdf(document, locale), tmp_path)
    else:
        text = RENDERERS[kind](document, locale)
    text = " ".join(text.lower().split())
    at = -1
    for part in ORDER:
        found = text.find(LABELS[locale][part].lower(), at + 1)
        assert found > at, part
        at = found


def test_decisions_stand_under_the_item_in_which_they_were_made() -> None:
    items = protocol(russian().in_form("protocol"), "ru").items
    assert [item.title for item in items] == ["Бюджет на 2027 год", "Переезд в новый офис"]
    assert [[point.text for point in item.resolved] for item in items] == [
        ["Утвердить бюджет в 12 млн рублей."],
        ["Переезжать не раньше, чем подпишем договор."],
    ]


def test_who_speaks_first_of_an_item_is_heard_and_the_others_spoke() -> None:
    budget, move = protocol(russian().in_form("protocol"), "ru").items
    assert [one.speaker for one in budget.heard] == ["Смирнов"]
    assert budget.spoke == ()
    assert [one.speaker for one in (*move.heard, *move.spoke)] == ["Иванова", "Кузнецова"]


def test_without_speakers_all_is_heard_and_nobody_is_made_up() -> None:
    meeting = russian()
    unknown = tuple(replace(segment, speaker=None) for segment in meeting.transcript.segments)
    meeting = replace(meeting, transcript=replace(meeting.transcript, segments=unknown))
    form = protocol(meeting.in_form("protocol"), "ru")
    assert dict(form.fields)["Присутствовали"] == BLANK
    assert all(item.spoke == () and item.heard[0].speaker is None for item in form.items)


def test_the_day_is_that_of_the_recording_and_a_blank_where_it_is_not_known() -> None:
    known = replace(russian(), recorded_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    assert dict(protocol(known, "ru").fields)["Дата"] == "20 ноября 2026 г."
    assert set(dict(protocol(russian(), "ru").fields)["Дата"]) == {"_"}


def test_decisions_without_topics_are_still_resolved() -> None:
    minutes = Minutes("ru", "extractive", decisions=(Point("Берём склад.", 3.0),))
    (item,) = protocol(replace(russian(), minutes=minutes), "ru").items
    assert [point.text for point in item.resolved] == ["Берём склад."]


@pytest.mark.parametrize("kind", [*RENDERERS, "pdf"])
def test_what_a_person_says_stands_where_the_blanks_were(kind: str, tmp_path: Path) -> None:
    given = ProtocolFields(
        "17-К", date(2026, 11, 30), "Казань", "О. Петрова", "Р. Аминов", "Петрова, Аминов, Ли"
    )
    document = replace(russian().in_form("protocol"), protocol_fields=given)
    if kind == "pdf":
        text = text_of(render_minutes_pdf(document, "ru"), tmp_path)
    else:
        text = RENDERERS[kind](document, "ru")
    text = " ".join(text.replace("\\", "").split())
    for said in ("17-К", "30 ноября 2026", "Казань", "О. Петрова", "Р. Аминов", "Петрова, Аминов, Ли"):
        assert said in text, said
    assert text.count("О. Петрова") == 2, "among the facts and beside the line to sign on"
