"""Recording: the record that each stage takes, and returns with what it has found."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.audio.limits import Limits
from app.audio.media import Media
from app.documents.diarization import Diarization, NotDiarized
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.base import Embedding, Task
from app.engines.diarization import KnownVoice
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.storage.files import Stored


@dataclass(frozen=True, slots=True)
class CleanRequest:
    """What another system asks for. item_id: its own name of the item; file_key: in the bucket."""

    item_id: str
    file_key: str
    do_clean: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording on its way to its minutes; each stage returns a copy that knows more.

    Args:
        name: the user's own file name, for people only, never a path.
        source: the uploaded file, whatever it is.
        folder: where the stages leave their artifacts (`results/<job id>/`).
        language: ISO 639-1 code or "auto", as the user chose.
        speakers: how many there are, as the user said: "auto", "3", "2-5".
        terms: names and terms that are likely to be said, as the user wrote them.
        model: Whisper's size that is to hear it, as the user chose; "auto": as the settings say.
        task: whether it is written in its own language or in English.
        media: of the source; its duration is exact once `extract` has decoded it.
        kept: called when a stage has made a part of its work safe from a kill; the worker sets it.
        known_voices: that its owner had remembered; the worker sets them.
        text_first: its text is waited for, so `transcribe` makes the player's sound after it, not `extract`
            before; Folders sets it.
        limits: what reading the source may cost; JobService sets it from the settings.
        speech: 16 kHz mono PCM wav made by `extract`, or by `repair` or `clean` where that could be done.
        repaired: what `repair` did, or why it could not.
        cleaned: what `clean` did, or why it could not.
        diarization: who speaks when, or why that was not found out; `transcript` has its speakers.
        clean_request: what the cleaning service was asked to do; `fetch` then makes the source.
        pooling: how its vector is made, a name in POOLINGS; JobService sets it from the settings.
        listed: how a list of addresses came out, where `vectorize_list` worked on one.
        embedding: the vector of its sound, where `vectorize` made one.
        stored: the cleaned sound where `store` put it in the bucket.
    """

    name: str
    source: Path
    folder: Path
    language: str = "auto"
    speakers: str = "auto"
    terms: str = ""
    model: str = "auto"
    task: Task = "transcribe"
    media: Media | None = None
    speech: Path | None = None
    repaired: Cleaned | NotCleaned | None = None
    cleaned: Cleaned | NotCleaned | None = None
    transcript: Transcript | None = None
    diarization: Diarization | NotDiarized | None = None
    minutes: Minutes | None = None
    clean_request: CleanRequest | None = None
    stored: Stored | None = None
    pooling: str = "pca"
    embedding: Embedding | None = None
    listed: BatchProgress | None = None
    known_voices: tuple[KnownVoice, ...] = ()
    text_first: bool = False
    limits: Limits = field(default_factory=Limits)
    kept: Callable[[], None] = lambda: None
