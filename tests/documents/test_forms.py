"""Each form shows its own parts, in every format; all begin with the summary."""

from dataclasses import replace

import pytest

from app.documents.document import Document
from app.documents.docx import render_minutes_docx
from app.documents.forms import FORMS
from app.documents.labels import LABELS
from app.documents.markdown import render_minutes_md
from app.documents.minutes import Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript
from app.documents.txt import render_minutes_txt
from tests.documents.golden_files import dump_docx
from tests.documents.meetings import english, russian

RENDERERS = {
    "txt": lambda document: render_minutes_txt(document, "ru").lower(),
    "md": lambda document: render_minutes_md(document, "ru").lower(),
    "docx": lambda document: dump_docx(render_minutes_docx(document, "ru")).lower(),
}
PARTS = ("summary", "decisions", "assignments", "topics", "questions", "outline", "by_speaker")


def parts(document: Document, kind: str) -> list[str]:
    """Return which parts a document has, in its order."""
    text = RENDERERS[kind](document)
    places = {part: text.find(f"{heading_mark(kind)}{LABELS['ru'][part].lower()}\n") for part in PARTS}
    return [part for part in sorted(places, key=places.__getitem__) if places[part] >= 0]


def heading_mark(kind: str) -> str:
    return {"txt": "\n", "md": "\n## ", "docx": "[heading 1] "}[kind]


@pytest.mark.parametrize("kind", RENDERERS)
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("minutes", ["summary", "decisions", "assignments", "topics"]),
        ("summary", ["summary", "decisions", "assignments"]),
        ("interview", ["summary", "assignments", "questions"]),
        ("lecture", ["summary", "assignments", "outline"]),
        ("standup", ["summary", "decisions", "assignments", "by_speaker"]),
    ],
)
def test_a_form_has_its_parts_in_every_format_and_begins_with_the_summary(
    kind: str, form: str, expected: list[str]
) -> None:
    assert parts(russian().in_form(form), kind) == expected


def test_the_short_summary_has_no_transcript_and_no_link_to_one() -> None:
    dump = dump_docx(render_minutes_docx(russian().in_form("summary"), "ru"))
    assert "Приложение" not in dump
    assert "→" not in dump


def test_an_interview_is_questions_with_the_answers_of_others() -> None:
    said = ("Где вы работали до этого?", "На складе.", "Шесть лет.", "Почему уходите?", "Ночные смены.")
    who = ("А", "Б", "Б", "А", "Б")
    segments = tuple(Segment(float(i), i + 1.0, t, s) for i, (t, s) in enumerate(zip(said, who, strict=True)))
    minutes = Minutes("ru", "extractive", (Topic("Тема", 0.0, (Point("Склад.", 1.0),)),))
    document = replace(russian(), transcript=Transcript(segments, "ru", "t", 5.0), minutes=minutes)
    topics = document.in_form("interview").minutes.topics
    assert [(topic.title, [point.text for point in topic.points]) for topic in topics] == [
        ("Где вы работали до этого?", ["На складе.", "Шесть лет."]),
        ("Почему уходите?", ["Ночные смены."]),
    ]


def test_a_stand_up_goes_by_speaker_and_without_speakers_by_topic() -> None:
    meeting = russian()
    topics = meeting.in_form("standup").minutes.topics
    assert [topic.title for topic in topics] == ["Иванова", "Смирнов", "Кузнецова"]
    unknown = tuple(replace(segment, speaker=None) for segment in meeting.transcript.segments)
    meeting = replace(meeting, transcript=replace(meeting.transcript, segments=unknown))
    assert meeting.in_form("standup").minutes.topics == meeting.minutes.topics


def test_every_form_has_a_name_in_every_language() -> None:
    for words in LABELS.values():
        titles = {words[form.title] for form in FORMS.values()}
        assert len(titles) == len(FORMS)


@pytest.mark.parametrize("more", [(), (Point("And one more.", 9.0),)])
def test_topics_that_only_repeat_what_stands_above_are_left_out(more: tuple[Point, ...]) -> None:
    said = Point("We rent the office.", 1.0)
    minutes = Minutes("en", "x", (Topic("Office", 1.0, (said, *more)),), decisions=(said,))
    document = replace(english(), minutes=minutes)
    text = render_minutes_txt(document.in_form("minutes"), "en")
    assert text.count("We rent the office.") == (2 if more else 1)
    assert ("Topics in detail".upper() in text.upper()) == bool(more)
    assert "Office" in render_minutes_txt(document.in_form("lecture"), "en"), "what a form is there for stays"
    only_topics = document.in_shape(FORMS["minutes"].only(["topics"]))
    assert "Office" in render_minutes_txt(only_topics, "en"), "what was asked for stays"
    assert document.in_form("minutes").minutes.topics == minutes.topics, "programs get all there is"
