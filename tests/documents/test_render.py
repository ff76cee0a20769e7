import pytest

from app.documents.render import RENDERERS
from tests.documents.meetings import MEETINGS, silent


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_ends_with_one_newline(name: str) -> None:
    for meeting in (*MEETINGS.values(), silent):
        text = RENDERERS[name](meeting().transcript)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\r" not in text
