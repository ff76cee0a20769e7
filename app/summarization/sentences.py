"""Cuts a transcript into sentences, each with the segment it begins in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from razdel import sentenize

from app.documents.capitals import with_capital
from app.documents.transcript import Segment, Transcript
from app.summarization.numerals import is_number

_END = re.compile(r"[.!?…][\"»)”’]*$")
_PAUSE_S = 2.0  # a longer silence ends a sentence that has no full stop
_MAX_WORDS = 60  # what runs on longer is cut, so that one point stays one point
_NO = re.compile(r"(No\.)\s+(?=[A-Z])")  # razdel takes "No." for a number
_HESITATION = re.compile(
    r"(?<![\w-])(?:э+(?:-э+)*м*|м{2,}|хм+|гм+|эм+|ммм+|u+h+m*|u+m+|e+r+m*|h+m+)(?![\w-])[,.…]*\s*",
    re.IGNORECASE,
)
_SPOKEN = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_STUTTER = re.compile(rf"(?<![\w'’-])({_SPOKEN}(?: {_SPOKEN}){{0,2}})(?: \1(?![\w'’-]))+", re.IGNORECASE)
# "th the", "w well": letters that are no word. A Russian «с» or «в» is one
_FRAGMENT = re.compile(r"(?<![\w'’-])([b-df-hj-np-tv-xz]{1,3})(?: \1)* (?=\1[a-z])", re.IGNORECASE)
_TWICE = frozenset(("had",))  # what is not said twice by mistake
_OPENING = re.compile(
    r"^(?:(?:ну|вот|так|значит|короче|итак|то есть|да|ладно|хорошо|окей|угу|ага|слушайте|смотрите|в общем"
    r"|а|и|но|собственно|тогда|so|well|okay|ok|yeah|yes|alright|all right|you know|i mean|basically|and|but"
    r"|then)(?:,\s*|\s+)|(?:всё|отлично|right|fine|great|perfect|cool),\s*)+(?=\S+\s+\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. segment: index of the segment in which it begins; start: that segment's start in s."""

    text: str
    start: float
    segment: int
    speaker: str | None = None

    @property
    def question(self) -> bool:
        return self.text.rstrip('"»)”’ ').endswith("?")


def split(transcript: Transcript) -> list[Sentence]:
    """Cut a transcript into sentences; doubtful segments are left out.

    A segment may hold several sentences and a sentence may span segments. Where there is no
    punctuation (PocketSphinx), each segment is a sentence.
    """
    heard = [(i, s) for i, s in enumerate(transcript.segments) if s.text.strip() and not s.doubtful]
    ended = sum(bool(_END.search(segment.text.strip())) for _, segment in heard)
    punctuated = ended * 5 >= len(heard)
    sentences: list[Sentence] = []
    for run in _runs(heard, joined=punctuated):
        sentences += _sentences(run)
    return sentences


def _runs(heard: Sequence[tuple[int, Segment]], *, joined: bool) -> Iterator[list[tuple[int, Segment]]]:
    """Group segments of one speaker that follow each other without a pause."""
    run: list[tuple[int, Segment]] = []
    for number, segment in heard:
        if run:
            last = run[-1][1]
            if not joined or last.speaker != segment.speaker or segment.start - last.end > _PAUSE_S:
                yield run
                run = []
        run.append((number, segment))
        if joined and _END.search(segment.text.strip()):
            yield run
            run = []
    if run:
        yield run


def _sentences(run: list[tuple[int, Segment]]) -> Iterator[Sentence]:
    text, begins = "", []
    for number, segment in run:
        begins.append((len(text), number, segment))
        text += " ".join(segment.text.replace("’", "'").split()) + " "
    for piece in sentenize(text):
        offset = piece.start
        for part in _shorter(piece.text):
            number, segment = next((n, s) for at, n, s in reversed(begins) if at <= offset)
            yield Sentence(part, segment.start, number, segment.speaker)
            offset += len(part) + 1


def _shorter(text: str) -> Iterator[str]:
    answered = _NO.match(text)
    if answered:
        yield answered[1]
        text = text[answered.end() :]
    words = text.split(" ")
    while len(words) > _MAX_WORDS:
        yield " ".join(words[: _MAX_WORDS // 2])
        words = words[_MAX_WORDS // 2 :]
    yield " ".join(words)


def _fluent(text: str) -> str:
    """Take out what was begun twice: "the the", "I think I think", "th the"; numbers may be said twice."""

    def once(repeated: re.Match[str]) -> str:
        words = repeated[1].lower().split()
        kept = _TWICE.issuperset(words) or any(
            is_number(word, "ru") or is_number(word, "en") for word in words
        )
        return repeated[0] if kept else repeated[1]

    return _STUTTER.sub(once, _FRAGMENT.sub("", text))


def tidy(text: str, limit: int = 300) -> str:
    """Make a spoken sentence fit to be read: no hesitation, a capital, a full stop, `limit` characters."""
    text = _fluent(_HESITATION.sub("", " ".join(text.split())))
    text = _OPENING.sub("", text).strip(" ,;-–—")
    if len(text) > limit:
        text = text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;-–—") + "…"
    if not text:
        return ""
    if not _END.search(text):
        text += "."
    return with_capital(text)
