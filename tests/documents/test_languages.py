"""The gold set: documents and subtitles of twelve languages; how they look stands in docs/languages.md."""

import io
import re

import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from app.documents import pdf
from app.documents.downloads import DOWNLOADS
from app.documents.line_breaking import Line, line_columns
from app.documents.pdf import render_transcript_pdf
from app.documents.subtitles import cues, render_srt
from app.documents.typography import language_name
from app.errors import EngineUnavailable
from tests.documents.languages import LANGUAGES, meeting
from tests.documents.test_docx import SCHEMA_ORDER, opened

RTL = ("he", "ar")
NO_BEGINNING = "，。！？、…%；：」』）】》々ーっゃゅょんはがをのでにะาำๆฯ。।"


def turned(word: WordDocument, style: str) -> list[bool]:
    return [
        paragraph._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
        for paragraph in word.paragraphs
        if paragraph.style.name == style
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_has_each_paragraph_in_its_direction_and_fonts(language: str) -> None:
    word = opened(meeting(language), "en")
    rtl = language in RTL
    for style in ("Transcript", "Heading 2", "Subtitle"):
        assert set(turned(word, style)) == {rtl}, style
    assert turned(word, "List Bullet")[-1] is False  # our own words, in English
    assert all((table._tbl.tblPr.find(qn("w:bidiVisual")) is not None) is rtl for table in word.tables[1:])
    for properties in word.element.iter(qn("w:rPr"), qn("w:pPr"), qn("w:tblPr")):
        order = SCHEMA_ORDER[properties.tag.rpartition("}")[2]].split()
        places = [order.index(child.tag.rpartition("}")[2]) for child in properties]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("language", "kind", "tag", "slot", "font"),
    [
        ("he", "bidi", "he-IL", "cs", "Arial"),
        ("th", "bidi", "th-TH", "cs", "Leelawadee UI"),
        ("hi", "bidi", "hi-IN", "cs", "Nirmala UI"),
        ("zh", "eastAsia", "zh-CN", "eastAsia", "Microsoft YaHei"),
        ("ja", "eastAsia", "ja-JP", "eastAsia", "Yu Gothic"),
        ("ko", "eastAsia", "ko-KR", "eastAsia", "Malgun Gothic"),
    ],
)
def test_word_checks_and_draws_letters_of_other_classes_as_their_own(
    language: str, kind: str, tag: str, slot: str, font: str
) -> None:
    styles = opened(meeting(language), "en").styles
    assert styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}").get(qn(f"w:{kind}")) == tag
    properties = styles["Transcript"].element.rPr
    assert properties.find(qn("w:rFonts")).get(qn(f"w:{slot}")) == font
    assert properties.find(qn("w:szCs")).get(qn("w:val")) == properties.find(qn("w:sz")).get(qn("w:val"))
    assert styles["Heading 1"].element.rPr.find(qn("w:bCs")) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_subtitles_fit_the_screen_and_break_where_a_reader_pauses(language: str) -> None:
    found = cues(meeting(language).transcript, name_speakers=False)
    lines = [line for cue in found for line in cue.lines]
    assert all(0 < Line(line, language).columns() <= line_columns(language) for line in lines)
    assert all(line[0] not in NO_BEGINNING for line in lines)
    said = "".join(LANGUAGES[language].lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", said)


def test_lines_of_srt_that_are_read_from_the_right_say_so_to_players() -> None:
    hebrew, german = (render_srt(meeting(code).transcript) for code in ("he", "de"))
    texts = [line for line in hebrew.splitlines() if re.search("[א-ת]", line)]
    assert all(line.startswith("\u202b") and line.endswith("\u202c") for line in texts)
    assert "\u202b" not in german


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_said_stands_whole_in_every_text(language: str) -> None:
    for name in ("transcript.txt", "transcript.md", "minutes.txt"):
        text = DOWNLOADS[name].render(meeting(language), "en").decode("utf-8-sig")
        wanted = LANGUAGES[language].lines if name != "minutes.txt" else LANGUAGES[language].task[1:2]
        assert all(line.split()[-1] in text for line in wanted)
    assert language_name(language, "ru")


def test_turkish_sentences_and_titles_begin_with_their_own_capitals() -> None:
    word = opened(meeting("tr"), "en")
    assert [p.text.split()[0] for p in word.paragraphs if p.style.name == "Heading 2"] == ["İstanbul"]
    assert meeting("tr").title.startswith("Işık")
    assert meeting("de").title.startswith("Haushalts")


@pytest.mark.parametrize("language", ["he", "zh"])
def test_a_pdf_is_made_with_a_font_that_has_the_letters_or_refused_with_what_to_do(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "_families", frozenset[str])
    with pytest.raises(EngineUnavailable, match="fonts-noto"):
        render_transcript_pdf(meeting(language), "en")
    packed = DOWNLOADS["everything.zip"].render(meeting(language), "en")
    assert packed.startswith(b"PK")
    latin = meeting("de")
    assert render_transcript_pdf(latin, "en").startswith(b"%PDF")


def test_a_pdf_takes_the_best_font_that_this_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    present = frozenset({"Noto Sans Thai", "Thonburi", "Arial"})
    monkeypatch.setattr(pdf, "_families", lambda: present)
    assert pdf._fonts(meeting("th"), "en") == ["Noto Sans Thai", "Thonburi"]
    assert io.BytesIO(render_transcript_pdf(meeting("th"), "en")).read(4) == b"%PDF"
