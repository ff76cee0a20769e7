import io
import time
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from hypothesis import strategies as st

from app.documents.document import Document
from app.documents.docx import render_minutes_docx
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript
from app.documents.typography import language_name
from tests.cases import drawn, tried_in_packs
from tests.documents.meetings import MEETINGS, MOSCOW, english, russian, said, silent
from tests.documents.test_paragraphs import SEGMENTS
from tests.documents.texts import ANY

pytestmark = pytest.mark.slow


def opened(document: Document, locale: str = "ru") -> WordDocument:
    return docx.Document(io.BytesIO(render_minutes_docx(document, locale)))


def texts(word: WordDocument, style: str) -> list[str]:
    return [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == style]


@pytest.mark.parametrize(("locale", "tag"), [("ru", "ru-RU"), ("en", "en-US")])
def test_word_checks_the_spelling_of_the_right_language(locale: str, tag: str) -> None:
    word = opened(MEETINGS[locale](), locale)
    assert {lang.get(qn("w:val")) for lang in word.styles.element.iter(qn("w:lang"))} == {tag}
    assert word.core_properties.language == tag


def test_what_was_said_in_a_third_language_is_checked_by_it() -> None:
    german = replace(english(), transcript=replace(english().transcript, language="de"))
    styles = opened(german, "ru").styles
    assert styles["Transcript"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "de"
    assert styles["Heading 1"].element.rPr.find(qn("w:lang")) is None


def test_whispers_code_of_javanese_is_the_tag_that_word_knows() -> None:
    javanese = replace(english(), transcript=replace(english().transcript, language="jw"))
    assert opened(javanese, "en").styles["Transcript"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "jv"
    assert language_name("jw", "en") == "Javanese"


def test_styles_stand_in_one_part_so_that_word_finds_no_two_that_differ() -> None:
    with zipfile.ZipFile(io.BytesIO(render_minutes_docx(russian(), "ru"))) as parts:
        assert [name for name in parts.namelist() if "styles" in name] == ["word/styles.xml"]
        assert b"stylesWithEffects" not in parts.read("word/_rels/document.xml.rels")
        assert b"stylesWithEffects" not in parts.read("[Content_Types].xml")


def test_the_page_is_a4_in_a_font_with_cyrillic() -> None:
    word = opened(russian())
    section = word.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    for name in ("Title", "Heading 1", "Normal", "Transcript"):
        assert word.styles[name].font.name == "Arial"
    assert not word.styles.element.xpath('//w:style[@w:styleId="Heading1"]//w:rFonts/@w:asciiTheme')


def test_the_properties_name_meeting_author_and_time() -> None:
    properties = opened(russian()).core_properties
    assert (properties.title, properties.author) == ("Совещание по бюджету", "Konspekt")
    assert properties.created == datetime(2026, 11, 20, 21, 40, 5, tzinfo=UTC)
    assert properties.comments == ""


def test_a_title_longer_than_a_property_may_be_still_stands_whole_in_the_text() -> None:
    long = "Совещание " * 40
    word = opened(replace(russian(), title=long))
    assert len(word.core_properties.title) <= 255
    assert texts(word, "Subtitle") == [long.strip()]
    footer = word.sections[0].footer.paragraphs[0].text
    assert len(footer) < 110


def test_headings_are_real_and_stay_with_what_follows() -> None:
    word = opened(russian())
    assert texts(word, "Heading 1") == [
        "Кратко",
        "Решения",
        "Поручения",
        "Подробно по темам",
        "Примечания",
        "Приложение. Расшифровка записи",
    ]
    for name, level in (("Heading 1", "0"), ("Heading 2", "1")):
        style = word.styles[name]
        assert style.paragraph_format.keep_with_next
        assert style.element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) == level


def test_the_head_of_a_table_repeats_and_no_row_is_torn() -> None:
    _, decisions, assignments = opened(russian()).tables
    for table in (decisions, assignments):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows[1:])
    assert [cell.text for cell in assignments.rows[3].cells] == [
        "3",
        "Разослать всем план рассадки\nПереезд\u00a0— в новый офис.",
        "—",
        "—",
        "01:00:37",
    ]


def test_the_footer_counts_pages_by_fields() -> None:
    footer = opened(russian()).sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize("locale", MEETINGS)
def test_every_time_in_the_minutes_leads_to_its_place_in_the_transcript(locale: str) -> None:
    body = opened(MEETINGS[locale](), locale).element.body
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    assert len(names) == len(set(names))
    assert anchors == set(names)
    assert len(anchors) > 5


def test_a_time_without_its_segment_is_no_broken_link() -> None:
    document = english()
    minutes = Minutes("en", "extractive", (Topic("Lost", 12345.6, ()),))
    word = opened(replace(document, minutes=minutes), "en")
    assert texts(word, "Heading 2") == ["Lost\u00a0\u00a003:25:45"]
    assert not list(word.element.body.iter(qn("w:hyperlink")))


def test_a_recording_without_speech_is_one_honest_page() -> None:
    word = opened(silent())
    assert texts(word, "Heading 1") == ["Примечания"]
    assert texts(word, "List Bullet") == ["Речь в записи не обнаружена."]
    assert len(word.tables) == 1


def test_without_minutes_there_is_still_the_transcript() -> None:
    word = opened(replace(russian(), minutes=None))
    assert texts(word, "Heading 1") == ["Примечания", "Приложение. Расшифровка записи"]


def test_word_does_not_open_it_in_compatibility_mode() -> None:
    content = render_minutes_docx(russian(), "ru")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert not any("thumbnail" in name for name in archive.namelist())
        assert (
            'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"'
            in archive.read("word/settings.xml").decode()
        )


# ECMA-376 part 1, wml.xsd
SCHEMA_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens bidi adjustRightInd snapToGrid spacing ind contextualSpacing jc "
    "textDirection textAlignment outlineLvl cnfStyle rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText "
    "vertAlign rtl cs em lang",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook",
    "tcPr": "cnfStyle tcW gridSpan vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
    "qFormat locked rsid pPr rPr tblPr trPr tcPr tblStylePr",
}


def test_properties_stand_in_the_order_of_the_schema() -> None:
    """Word calls a document damaged whose properties are in another order; LibreOffice does not care."""
    word = opened(russian())
    for root in (word.element, word.styles.element, word.sections[0].footer._element):
        for name, order in SCHEMA_ORDER.items():
            for properties in root.iter(qn(f"w:{name}")):
                children = [child.tag.rpartition("}")[2] for child in properties]
                places = [order.split().index(child) for child in children]
                assert places == sorted(places), (name, children)


def test_any_document_opens_again_with_its_text() -> None:
    tried_in_packs(drawn(st.tuples(SEGMENTS, ANY)), 20, joined, opens_again)


def joined(several: Sequence[tuple[list[Segment], str]]) -> tuple[list[Segment], str]:
    return [segment for segments, _ in several for segment in segments], several[0][1]


def opens_again(drawn: tuple[list[Segment], str]) -> None:
    segments, name = drawn
    points = tuple(Point(segment.text, segment.start) for segment in segments[:4])
    minutes = Minutes(
        language="ru",
        engine=name,
        topics=tuple(Topic(point.text, 3.0, points) for point in points),
        decisions=points,
        action_items=tuple(ActionItem(one.text, 5.0, one.speaker, one.speaker) for one in segments[:4]),
        dropped=1,
    )
    transcript = Transcript(tuple(segments), None, name, 60.0)
    when = datetime(2026, 11, 21, tzinfo=MOSCOW)
    document = Document.of(name, when, transcript, minutes, notes=(name,))
    word = opened(document)
    appendix = " ".join(" ".join(texts(word, "Transcript")).split())
    for segment in segments:
        assert one_line(segment.text) in appendix
    if document.has_speech:
        assert len(word.tables) == (3 if segments else 1)


def test_the_footer_says_the_title_even_where_it_is_one_long_word() -> None:
    for title, shown in (
        ("Донау" * 30, "Донау" * 13 + "Дона…"),
        ("Budget", "Budget"),
        ("ab " * 40, "ab " * 22 + "ab…"),
    ):
        word = opened(replace(russian(), title=title))
        assert word.sections[0].footer.paragraphs[0].text.split("\t")[0] == shown


def test_a_paragraph_of_a_megabyte_is_written_and_read() -> None:
    text = "слово " * 170_000 + "\x00\ud800"
    transcript = Transcript((Segment(0, 3600, text),), "ru", "test", 3600.0)
    word = opened(Document.of("a.wav", datetime(2026, 11, 21, tzinfo=UTC), transcript))
    (paragraph,) = texts(word, "Transcript")
    assert paragraph.count("слово") == 170_000
    assert paragraph.endswith("\ufffd\ufffd")


def test_eight_hours_of_speech_take_less_than_five_seconds() -> None:
    base = russian()
    assert base.minutes is not None
    segments = tuple(
        said(n * 6.4, n * 6.4 + 6, "Помещение готово, но нет договора с провайдером, и это надолго.")
        for n in range(4500)
    )
    topics = tuple(
        Topic(f"Тема {n}", segments[n * 9].start, (Point("Да", segments[n].start),) * 5) for n in range(100)
    )
    document = replace(
        base,
        transcript=replace(base.transcript, segments=segments, duration_s=28_800),
        minutes=replace(base.minutes, topics=topics),
    )
    began = time.process_time()
    content = render_minutes_docx(document, "ru")
    assert time.process_time() - began < 5
    assert len(docx.Document(io.BytesIO(content)).paragraphs) > 500
