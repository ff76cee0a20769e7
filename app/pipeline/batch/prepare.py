"""Fetch and decode one recording of a batch, or find what a killed run has left of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from app.audio.atomic import atomic_write
from app.audio.decode import FindSpeech, decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.wav import WavFile
from app.pipeline.batch.records import Record
from app.progress import Progress

Fetch = Callable[[str, Path, Progress], None]
_MEDIA = TypeAdapter(Media)


@dataclass(frozen=True, slots=True)
class Ready:
    """A recording whose vector can be made. folder: of its own; decode_s: how long this run decoded it."""

    record: Record
    folder: Path
    speech: WavFile
    media: Media
    decode_s: float


def prepare(
    record: Record,
    folder: Path,
    fetch: Fetch,
    limits: Limits,
    find_speech: FindSpeech | None,
    check: Progress,
) -> Ready:
    """Bring a record's recording into `folder` as 16 kHz sound. Raises what `fetch` and `decode` raise."""
    assert record.url is not None, "it has an address"
    folder.mkdir(exist_ok=True)
    source, speech, found = folder / "source", folder / "speech.wav", folder / "media.json"
    decode_s = 0.0
    if not (found.exists() and speech.exists()):
        fetch(record.url, source, check)
        began = time.monotonic()
        media = decode_speech(source, speech, limits=limits, progress=check, find_speech=find_speech)
        decode_s = time.monotonic() - began
        with atomic_write(found) as part:
            part.write_bytes(_MEDIA.dump_json(media))
    source.unlink(missing_ok=True)
    return Ready(record, folder, WavFile(speech), _MEDIA.validate_json(found.read_bytes()), decode_s)
