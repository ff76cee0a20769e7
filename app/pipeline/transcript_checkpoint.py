"""TranscriptCheckpoint: what is heard of a recording so far. A kill costs the last windows only."""

from pydantic import TypeAdapter

from app.engines.base import Heard
from app.pipeline.checkpoint import Checkpoint, checkpoint_path, file_identity
from app.pipeline.recording import Recording

_HEARD = TypeAdapter(Heard)


class TranscriptCheckpoint:
    """What a transcriber keeps of `recording.speech`: a record is what was heard since the one before it."""

    def __init__(self, recording: Recording) -> None:
        assert recording.speech is not None, "there is a sound to be heard"
        self._recording = recording
        self._of = {"sound": file_identity(recording.speech), "language": recording.language}
        self._kept: Checkpoint | None = None

    def resume(self, engine: str) -> Heard:
        path = checkpoint_path(self._recording.folder, "transcribe")
        self._kept = Checkpoint(path, {**self._of, "engine": engine}, self._recording.kept)
        parts = [_HEARD.validate_json(record) for record in self._kept.records()]
        if not parts:
            return Heard()
        segments = tuple(segment for heard in parts for segment in heard.segments)
        return Heard(parts[-1].until_s, segments, parts[-1].chances, parts[-1].spoken_s)

    def add(self, part: Heard) -> None:
        assert self._kept is not None, "an engine resumes first"
        self._kept.add(_HEARD.dump_json(part))
