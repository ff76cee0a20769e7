"""The forms that minutes can be given in: meeting, short summary, interview, lecture, stand-up, protocol."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Self

from app.documents.labels import labels
from app.documents.minutes import Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript

_MOST_CHARS = 400  # of an answer; the rest stands in the transcript
_LEAST_WORDS = 2  # of a question: «Да?» asks for nothing

Arrange = Callable[[Minutes, Transcript], Minutes]


@dataclass(frozen=True, slots=True)
class Form:
    """What a document shows. All begin with the summary.

    title, topics: labels of the document and of its last part; sections: what stands between; arrange: how
    the last part is made; appendix: whether the transcript follows; business: it has the parts of a
    `protocol` instead, with blanks to fill in and to sign; details: the last part tells more of what stands
    before it, and is left out where it tells no more.
    """

    title: str = "minutes"
    topics: str | None = "topics"
    sections: tuple[str, ...] = ("decisions", "assignments")
    arrange: Arrange = lambda minutes, transcript: minutes
    appendix: bool = True
    business: bool = False
    details: bool = False

    def only(self, sections: Collection[str]) -> Self:
        """Return the form with no other parts than these of SECTIONS."""
        kept = tuple(name for name in self.sections if name in sections)
        topics = self.topics if "topics" in sections else None
        return replace(self, topics=topics, sections=kept, appendix=False, details=False)

    def of(self, minutes: Minutes) -> Self:
        """Return the form as it fits these minutes."""
        repeats = self.details and minutes.topics and minutes.topics_repeat
        return replace(self, topics=None) if repeats else self

    def words(self, locale: str) -> dict[str, str]:
        """Return the labels, with this form's own name for the document and for its last part."""
        known = labels(locale)
        return {**known, "minutes": known[self.title], "topics": known[self.topics or "topics"]}


def questions_and_answers(minutes: Minutes, transcript: Transcript) -> Minutes:
    """Make a topic of each question that somebody else answers; without speakers the topics stay."""
    topics: list[Topic] = []
    asked: Segment | None = None
    for segment in transcript.segments:
        asks = segment.text.rstrip().endswith("?") and len(segment.text.split()) >= _LEAST_WORDS
        if segment.doubtful or segment.speaker is None:
            continue
        if asks:
            asked = segment
            topics.append(Topic(segment.text, segment.start, ()))
        elif asked is not None and segment.speaker != asked.speaker:
            said = topics[-1]
            topics[-1] = replace(said, points=(*said.points, Point(segment.text, segment.start)))
    answered = tuple(_cut(topic) for topic in topics if topic.points)
    return replace(minutes, topics=answered) if answered else minutes


def by_speaker(minutes: Minutes, transcript: Transcript) -> Minutes:
    """Make a topic of each speaker: what he said of note, in the order in which people spoke."""
    speakers = {segment.start: segment.speaker for segment in transcript.segments}
    order = dict.fromkeys(segment.speaker for segment in transcript.segments if segment.speaker)
    points = sorted((point for topic in minutes.topics for point in topic.points), key=lambda one: one.start)
    own: dict[str, list[Point]] = {name: [] for name in order}
    for point in points:
        if name := speakers.get(point.start):
            own[name].append(point)
    topics = tuple(Topic(name, said[0].start, tuple(said)) for name, said in own.items() if said)
    return replace(minutes, topics=topics) if topics else minutes


def _cut(topic: Topic) -> Topic:
    """Keep the first points of an answer, up to so many characters; at least one."""
    kept: list[Point] = []
    for point in topic.points:
        if kept and sum(len(one.text) for one in kept) + len(point.text) > _MOST_CHARS:
            break
        kept.append(point)
    return replace(topic, points=tuple(kept))


FORMS: dict[str, Form] = {
    "minutes": Form(details=True),
    "summary": Form("form.summary", topics=None, appendix=False),
    "interview": Form("form.interview", "questions", ("assignments",), questions_and_answers),
    "lecture": Form("form.lecture", "outline", ("assignments",)),
    "standup": Form("form.standup", "by_speaker", arrange=by_speaker),
    "protocol": Form("form.protocol", business=True),
}
OWN = Form("form.own", "own", sections=())  # what a reader's own prompt has brought


def shown(form: Form, minutes: Minutes, transcript: Transcript) -> Minutes:
    """Return the minutes as a form has them."""
    arranged = form.arrange(minutes, transcript)
    return arranged if form.topics else replace(arranged, topics=())
