"""The transcript at the end of the Word minutes, with the places to which their times lead."""

from collections.abc import Collection, Iterator, Mapping

from docx.oxml import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from app.documents.document import DOUBTFUL_MARK, Document
from app.documents.docx_elements import add, add_run, turn
from app.documents.paragraphs import Paragraph, milliseconds, paragraphs
from app.documents.sanitize import one_line
from app.documents.scripts import reads_right_to_left, script_of
from app.documents.typography import clock, speaks, typeset


def cited_ms(document: Document) -> frozenset[int]:
    """Find the segments that the minutes cite, by their start in ms."""
    if not document.minutes:
        return frozenset()
    minutes = document.minutes
    cited = [topic.start for topic in minutes.topics]
    cited += [point.start for topic in minutes.topics for point in topic.points]
    cited += [point.start for point in minutes.decisions]
    cited += [item.start for item in minutes.action_items]
    spoken = {
        milliseconds(segment.start) for segment in document.transcript.segments if one_line(segment.text)
    }
    return frozenset(milliseconds(start) for start in cited) & spoken


def bookmark(start_ms: int) -> str:
    """Name the place in the transcript that begins at `start_ms`."""
    return f"t{start_ms}"


def transcript_paragraphs(
    document: Document, cited: Collection[int], style_ids: Mapping[str, str]
) -> Iterator[BaseOxmlElement]:
    """Yield "time ⇥ speaker: text" as lxml elements: python-docx is slow where there are thousands.

    cited: starts in ms that get a bookmark; style_ids: of Time, Speaker, Doubtful and Transcript.
    """
    marked: set[int] = set()
    for paragraph in paragraphs(document.transcript, cited):
        start_ms = milliseconds(paragraph.start)
        marks = start_ms in cited and start_ms not in marked
        marked.add(start_ms)
        yield _element(paragraph, document.language, style_ids, start_ms if marks else None)


def _element(
    paragraph: Paragraph, language: str | None, style_ids: Mapping[str, str], bookmark_ms: int | None
) -> BaseOxmlElement:
    element: BaseOxmlElement = OxmlElement("w:p")
    add(add(element, "w:pPr"), "w:pStyle", val=style_ids["Transcript"])
    text = typeset(paragraph.text, language)
    rtl, east_asian = reads_right_to_left(text, language), script_of(language).letters == "east_asian"
    if rtl:
        turn(element)
    if bookmark_ms is not None:
        add(element, "w:bookmarkStart", id=str(bookmark_ms), name=bookmark(bookmark_ms))
        add(element, "w:bookmarkEnd", id=str(bookmark_ms))
    add_run(element, clock(paragraph.start), style_ids["Time"])
    add(add(element, "w:r"), "w:tab")
    if paragraph.speaker:
        add_run(element, speaks(one_line(paragraph.speaker), language), style_ids["Speaker"], rtl=rtl)
    said, style = (f"{DOUBTFUL_MARK} {text}", style_ids["Doubtful"]) if paragraph.doubtful else (text, None)
    add_run(element, said, style, rtl=rtl, east_asian=east_asian)
    return element
