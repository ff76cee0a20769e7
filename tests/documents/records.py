"""Records as a broken engine, server or file could give them: any text, any number, any order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.audio.media import Remark
from app.documents.corrections import Line
from app.documents.diarization import Diarization, SaidName, Turn
from app.documents.document import Document
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word
from app.documents.well_formed import well_formed_diarization, well_formed_minutes, well_formed_transcript
from tests.documents.choices import Choices, made
from tests.documents.texts import text

LANGUAGES = (None, "ru", "en", "he", "ar", "zh", "ja", "th", "tr", "jw", "x", "russian!", "\ud800", "")
NAMES = (None, "Speaker 1", "Speaker 2", "Анна")
TEMPLATES = ("Well.", "%(n)d parts", "%s", "100 %", "%(name)s has %(n)s")
N_BYTES = 1500  # enough for most of what is made here; what they do not suffice for is plain

Drawn = tuple[Document, Transcript, Minutes | None]


def _name(choices: Choices) -> str | None:
    return choices.one_of(NAMES) if choices.below(3) else text(choices)


def _language(choices: Choices) -> str | None:
    return text(choices) if choices.below(8) == 7 else choices.one_of(LANGUAGES)


def _flag(choices: Choices) -> bool:
    return bool(choices.below(2))


def _word(choices: Choices) -> Word:
    start, end, chance = choices.number(), choices.number(), choices.below(256)
    return Word(
        start, end, text(choices), None if chance < 50 else choices.number() if chance < 60 else chance / 255
    )


def _segment(choices: Choices) -> Segment:
    start, end, said, speaker = choices.number(), choices.number(), text(choices), _name(choices)
    return Segment(start, end, said, speaker, choices.several(3, _word), _flag(choices), _flag(choices))


def transcript(choices: Choices) -> Transcript:
    segments = choices.several(4, _segment)
    return Transcript(segments, _language(choices), text(choices), choices.number())


def _point(choices: Choices) -> Point:
    return Point(text(choices), choices.number(), text(choices) if choices.below(3) == 2 else "")


def _topic(choices: Choices) -> Topic:
    return Topic(text(choices), choices.number(), choices.several(3, _point))


def _item(choices: Choices) -> ActionItem:
    said, context = _point(choices), text(choices) if choices.below(3) == 2 else ""
    return ActionItem(said.text, said.start, _name(choices), _name(choices), _flag(choices), context)


def _remark(choices: Choices) -> Remark:
    message = text(choices) if choices.below(4) == 3 else choices.one_of(TEMPLATES)
    values = (1, text(choices), choices.number(), 10**4000)
    return Remark(message, {name: choices.one_of(values) for name in ("n", "name") if choices.below(2)})


def minutes(choices: Choices) -> Minutes:
    return Minutes(
        _language(choices),
        text(choices),
        choices.several(2, _topic),
        choices.several(3, _point),
        choices.several(2, _item),
        choices.one_of((0, 3, -3, 10**4000)),
        choices.several(2, _remark),
        choices.several(2, _point),
    )


def diarization(choices: Choices) -> Diarization:
    turns = choices.several(4, lambda one: Turn(one.number(), one.number(), _name(one) or ""))
    said = choices.several(2, lambda one: SaidName(_name(one) or "", text(one), one.number(), text(one)))
    known = {_name(choices) or "": text(choices) for _ in range(choices.below(2))}
    return Diarization(turns, text(choices), said, known)


def line(choices: Choices) -> Line:
    return Line(choices.number(), choices.number(), text(choices), _name(choices))


def document(choices: Choices) -> Drawn:
    """Make a document of what has come over the border, with what was given there."""
    given = transcript(choices)
    written = minutes(choices) if choices.below(4) else None
    voices = well_formed_diarization(diarization(choices)) if _flag(choices) else None
    return _document(text(choices), given, written, voices), given, written


def _document(name: str, given: Transcript, written: Minutes | None, voices: Diarization | None) -> Document:
    heard = well_formed_transcript(given)
    return Document.of(
        name,
        datetime(2026, 11, 30, 12, 0, tzinfo=UTC),
        heard,
        well_formed_minutes(written, heard.duration_s) if written else None,
        diarization=voices,
    )


def one_transcript(several: Sequence[Transcript]) -> Transcript:
    """Make one of several, which says all that they say."""
    return replace(several[0], segments=tuple(segment for one in several for segment in one.segments))


def one_minutes(several: Sequence[Minutes]) -> Minutes:
    parts = ("topics", "decisions", "action_items", "remarks", "summary")
    return replace(
        several[0], **{name: tuple(part for one in several for part in getattr(one, name)) for name in parts}
    )


def one_diarization(several: Sequence[Diarization]) -> Diarization:
    parts = ("turns", "said_names")
    return replace(
        several[0], **{name: tuple(part for one in several for part in getattr(one, name)) for name in parts}
    )


def one_document(several: Sequence[Drawn]) -> Drawn:
    (first, *_), given, written = zip(*several, strict=True)
    heard, of = one_transcript(given), [one for one in written if one]
    minutes = one_minutes(of) if of else None
    return _document(first.file_name, heard, minutes, first.diarization), heard, minutes


TRANSCRIPTS = made(transcript, N_BYTES)
MINUTES = made(minutes, N_BYTES)
DIARIZATIONS = made(diarization, N_BYTES // 3)
LINES = made(line, 200)
DOCUMENTS = made(document, 2 * N_BYTES)
