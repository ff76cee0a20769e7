from dataclasses import replace

from docx.oxml.ns import qn

from app.documents.docx_transcript import bookmark, cited_ms, transcript_paragraphs
from app.documents.minutes import Minutes, Point
from tests.documents.meetings import russian

STYLES = {"Time": "T", "Speaker": "S", "Doubtful": "D", "Transcript": "P"}


def test_only_segments_with_text_that_the_minutes_cite_get_a_bookmark_and_each_one() -> None:
    document = russian()
    cited = cited_ms(document)
    starts = {round(segment.start * 1000) for segment in document.transcript.segments}
    assert cited
    assert cited <= starts
    elements = list(transcript_paragraphs(document, cited, STYLES))
    marks = [mark.get(qn("w:name")) for element in elements for mark in element.iter(qn("w:bookmarkStart"))]
    assert sorted(marks) == sorted(bookmark(start_ms) for start_ms in cited)


def test_a_time_that_nobody_spoke_at_leads_nowhere() -> None:
    document = replace(russian(), minutes=Minutes("ru", "test", decisions=(Point("Решили.", 12345.6),)))
    assert cited_ms(document) == frozenset()
    assert cited_ms(replace(russian(), minutes=None)) == frozenset()


def test_a_paragraph_is_its_time_its_speaker_and_its_text() -> None:
    first = next(iter(transcript_paragraphs(russian(), (), STYLES)))
    time, speaker, text = (element.text for element in first.iter(qn("w:t")))
    assert (time, speaker) == ("00:00:00", "Иванова: ")
    assert text.startswith("Добрый день, коллеги! Давайте начнём.")
    assert first.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) == "P"
