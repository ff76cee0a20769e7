"""Voiceprints of those who speak in a recording: of one to be remembered, and of all to know them again."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from app.audio.wav import WavFile
from app.audio.waveform import Sound, Span
from app.documents.diarization import Diarization, Turn
from app.engines.compute.device import Priority
from app.engines.diarization import Diarizer, KnownVoice
from app.engines.pooling import Vector
from app.engines.speakers.voiceprint import recognized
from app.errors import N_, BadInput, NotFound
from app.pipeline.recording import Recording
from app.progress import Progress, part_of

LEAST_S = 5.0  # of speech that a voice is remembered by
KNOWN_S = 2.0  # and that one is known again by
TOO_SHORT = N_(
    "%(name)s speaks too shortly here to be known again. Choose a recording with more of this voice."
)
NO_SOUND = N_("The sound of this recording is not here any more.")


def names_of(
    sound: Sound, turns: Sequence[Turn], known: Sequence[KnownVoice], diarizer: Diarizer, progress: Progress
) -> dict[str, str]:
    """Return the names of those who speak and are known; nothing is computed where nobody is known."""
    remembered = [(one.name, one.vector) for one in known if one.model == diarizer.voice_model]
    if not remembered:
        return {}
    speakers = [*dict.fromkeys(turn.speaker for turn in turns)]
    voices: dict[str, Vector] = {}
    for number, speaker in enumerate(speakers):
        spans = alone([Span(turn.start, turn.end) for turn in turns if turn.speaker == speaker], turns)
        part = part_of(progress, number / len(speakers), (number + 1) / len(speakers))
        vector = diarizer.voice(sound, [*spans], part, least_s=KNOWN_S)
        if vector is not None:
            voices[speaker] = vector
    return recognized(voices, remembered)


def voice_called(recording: Recording, names: Collection[str], diarizer: Diarizer, name: str) -> Vector:
    """Return the voice of whoever is called by one of the names in the lines of a recording.

    name: by which he is told of.

    Raises:
        NotFound: its sound is gone; BadInput: he speaks alone for too short a time.
    """
    if recording.speech is None or not recording.speech.is_file():
        raise NotFound(NO_SOUND)
    segments = recording.transcript.segments if recording.transcript else ()
    said = [Span(one.start, one.end) for one in segments if one.speaker in names and not one.overlapped]
    turns = recording.diarization.turns if isinstance(recording.diarization, Diarization) else ()
    sound, spans = WavFile(recording.speech), [*alone(said, turns)]
    vector = diarizer.voice(sound, spans, lambda _: None, least_s=LEAST_S, priority=Priority.INTERACTIVE)
    if vector is None:
        raise BadInput(TOO_SHORT, name=name)
    return vector


def alone(spans: Sequence[Span], turns: Sequence[Turn]) -> Iterator[Span]:
    """Yield the parts of spans in which no two speak at once."""
    overlaps = _overlaps(turns)
    ends = [overlap.end for overlap in overlaps]
    for span in spans:
        at = span.start
        for overlap in islice(overlaps, bisect_right(ends, span.start), None):
            if overlap.start >= span.end:
                break
            if overlap.start > at:
                yield Span(at, overlap.start)
            at = max(at, overlap.end)
        if at < span.end:
            yield Span(at, span.end)


def _overlaps(turns: Sequence[Turn]) -> list[Span]:
    """Return where two or more speak, in order and apart from each other."""
    edges = sorted([(turn.start, 1) for turn in turns] + [(turn.end, -1) for turn in turns])
    found: list[Span] = []
    speaking, began = 0, 0.0
    for at, change in edges:
        if speaking < 2 <= speaking + change:
            began = at
        if speaking >= 2 > speaking + change and at > began:
            found.append(Span(began, at))
        speaking += change
    return found
