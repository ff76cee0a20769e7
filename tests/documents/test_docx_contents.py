import io
from dataclasses import replace

import docx
from docx.oxml.ns import qn

from app.documents.docx import render_minutes_docx
from app.documents.minutes import Point, Topic
from tests.documents.meetings import russian


def rendered(n_topics: int) -> docx.document.Document:
    meeting = russian()
    topics = tuple(Topic(f"Тема {n}", 5.1, (Point("Сказано.", 5.1),)) for n in range(n_topics))
    meeting = replace(meeting, minutes=replace(meeting.minutes, topics=topics))
    return docx.Document(io.BytesIO(render_minutes_docx(meeting, "ru")))


def test_a_long_document_has_contents_whose_links_lead_to_all_its_headings() -> None:
    word = rendered(7)
    lines = [p for p in word.paragraphs if p.style.name.startswith("toc ")]
    headings = [p for p in word.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    links = [p._p.find(qn("w:hyperlink")).get(qn("w:anchor")) for p in lines]
    marks = [
        next(
            m
            for m in (b.get(qn("w:name")) for b in p._p.findall(qn("w:bookmarkStart")))
            if m.startswith("_Toc")
        )
        for p in headings
    ]
    assert links == marks
    assert len(links) == 7 + 6
    assert word.element.body.xpath("string(.//w:instrText)").split()[0] == "TOC"
    kinds = [node.get(qn("w:fldCharType")) for node in word.element.body.xpath(".//w:fldChar")]
    assert kinds == ["begin", "separate", "end"]


def test_a_short_document_has_none() -> None:
    assert not any(p.style.name.startswith("toc ") for p in rendered(2).paragraphs)
