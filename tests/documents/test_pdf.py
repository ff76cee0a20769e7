import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.documents.pdf import render_minutes_pdf, render_transcript_pdf
from app.errors import EngineUnavailable
from tests.cases import drawn
from tests.documents.meetings import english, russian, silent
from tests.documents.texts import ANY


def text_of(content: bytes, folder: Path) -> str:
    """Read it as another program does."""
    if not shutil.which("pdftotext"):
        pytest.skip("poppler-utils is not installed")
    path = folder / "document.pdf"
    path.write_bytes(content)
    read = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    return " ".join(re.sub(r"-\n\s*", "", read.stdout).split())


def test_the_minutes_have_what_the_word_document_has(tmp_path: Path) -> None:
    text = text_of(render_minutes_pdf(russian(), "ru"), tmp_path)
    for part in (
        *(
            "Протокол совещания",
            "Совещание по бюджету",
            "Кратко",
            "Подробно по темам",
            "Решения",
            "Поручения",
            "Примечания",
        ),
        *("Утвердить бюджет в 12 млн рублей.", "Пётр Смирнов", "До 27 ноября", "Приложение", "[?]"),
    ):
        assert part in text, part


def test_it_is_tagged_and_says_its_language_and_title() -> None:
    content = render_minutes_pdf(russian(), "ru")
    assert b"/StructTreeRoot" in content
    assert b"/Lang" in content
    assert render_minutes_pdf(russian(), "ru") == content, "the same bytes every time"


def test_the_transcript_goes_without_the_minutes(tmp_path: Path) -> None:
    text = text_of(render_transcript_pdf(english(), "en"), tmp_path)
    assert "Decisions" not in text
    assert english().transcript.segments[0].text.split()[0] in text
    assert render_transcript_pdf(silent(), "en").startswith(b"%PDF")


def test_any_text_makes_a_document() -> None:
    document = russian()
    texts = drawn(ANY)
    for at in range(0, len(texts), 50):
        segments = tuple(
            replace(document.transcript.segments[n % 3], text=text, speaker=text)
            for n, text in enumerate(texts[at : at + 50])
        )
        transcript = replace(document.transcript, segments=segments)
        titled = replace(document, transcript=transcript, title=texts[at])
        assert render_minutes_pdf(titled, "ru").startswith(b"%PDF")


def test_markup_of_typst_is_text(tmp_path: Path) -> None:
    wicked = '#read("minutes.typ") *b* $x$ `c` <t1000> @t1000 \\ // /* #import "x"'
    document = russian()
    segments = (replace(document.transcript.segments[0], text=wicked),)
    transcript = replace(document.transcript, segments=segments)
    text = text_of(render_transcript_pdf(replace(document, transcript=transcript), "en"), tmp_path)
    assert "*b* $x$ `c` <t1000> @t1000 \\ // /* #import" in text


def test_what_typst_panics_on_is_refused_as_what_no_pdf_can_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its panics are no Exception; real texts that cause one are rare, and differ from version to version."""
    panic = type("PanicException", (BaseException,), {})

    def break_off(*_: object, **__: object) -> bytes:
        raise panic("end byte index 4 is out of bounds for string of length 1")

    monkeypatch.setattr("typst.compile", break_off)
    with pytest.raises(EngineUnavailable, match="Word document"):
        render_transcript_pdf(english(), "en")
