"""TranscriptCheckpoint: what is heard of a recording so far. A kill costs the last windows only.

The recording's page shows the latest of it.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from app.documents.transcript import Segment
from app.documents.well_formed import MAX_S, well_formed_segments
from app.engines.base import Heard
from app.pipeline.checkpoint import Checkpoint, checkpoint_path, file_identity, latest_records
from app.pipeline.recording import Recording

TAIL_RECORDS = 10  # that the page reads: each is a window or a few, with their words
_HEARD = TypeAdapter(Heard)


class TranscriptCheckpoint:
    """What a transcriber keeps of `recording.speech`: a record is what was heard since the one before it.

    channel: of one of the source's channels instead.
    """

    def __init__(self, recording: Recording, channel: int | None = None) -> None:
        assert recording.speech is not None, "there is a sound to be heard"
        self._recording = recording
        self._name = "transcribe" if channel is None else f"transcribe.{channel}"
        self._of = {"sound": file_identity(recording.speech), "language": recording.language}
        self._kept: Checkpoint | None = None

    def resume(self, by: str) -> Heard:
        path = checkpoint_path(self._recording.folder, self._name)
        self._kept = Checkpoint(path, {**self._of, "engine": by}, self._recording.kept)
        parts = [_HEARD.validate_json(record) for record in self._kept.records()]
        if not parts:
            return Heard()
        segments = tuple(segment for heard in parts for segment in heard.segments)
        return Heard(parts[-1].until_s, segments, parts[-1].chances, parts[-1].spoken_s)

    def add(self, part: Heard) -> None:
        assert self._kept is not None, "an engine resumes first"
        heard = replace(part, segments=well_formed_segments(part.segments, MAX_S))
        self._kept.add(_HEARD.dump_json(heard))


@dataclass(frozen=True, slots=True)
class HeardSoFar:
    """The latest that is heard of a recording, in order; language: what most of it is in."""

    segments: tuple[Segment, ...] = ()
    language: str | None = None


def heard_so_far(folder: Path, most: int) -> HeardSoFar:
    """Read the latest segments of a transcription that goes on; of hours no more than of minutes."""
    parts: list[Heard] = []
    for record in latest_records(checkpoint_path(folder, "transcribe"), TAIL_RECORDS):
        with suppress(ValueError):  # another version wrote it
            parts.append(_HEARD.validate_json(record))
    segments = sorted((part for heard in parts for part in heard.segments), key=lambda part: part.start)
    spoken_s = parts[-1].spoken_s if parts else {}
    return HeardSoFar(tuple(segments[-most:]), max(spoken_s, key=spoken_s.__getitem__, default=None))
