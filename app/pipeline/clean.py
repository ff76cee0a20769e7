"""The stage that takes the noise away before anybody listens."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from app.audio.decode import SAMPLE_RATE_HZ, decode, keep_reserve
from app.audio.encode import encode, written_flac
from app.audio.levels import survey
from app.audio.wav import WavFile
from app.audio.waveform import Waveform
from app.engines.base import Progress, Separator
from app.engines.registry import Engines
from app.errors import EngineUnavailable
from app.pipeline.cleaned import Cleaned, NotCleaned
from app.pipeline.recording import Recording

FLAC, MP3, ORIGINAL_MP3, SPEECH = "cleaned.flac", "cleaned.mp3", "original.mp3", "cleaned.wav"
_FULL_BAND = "full.wav.part"  # the decoded source; gone when the stage is over

# Shares of the stage: getting the engine and its weights, decoding, separating, writing and measuring
READY, DECODED, SEPARATED = 0.05, 0.08, 0.92


def clean(recording: Recording, engines: Engines, progress: Progress) -> Recording:
    """Replace the speech by cleaned speech; leave both sounds to listen to, and what the cleaning did.

    Where no engine can do it, the recording goes on as it is and says why.
    """
    assert recording.media is not None, "extract runs before clean"
    try:
        separator = engines.separator(partial(_between, progress, 0.0, READY))
    except EngineUnavailable as error:
        return replace(recording, cleaned=NotCleaned(error.message, error.params))
    full = recording.folder / _FULL_BAND
    try:
        channels = min(separator.channels, max(1, recording.media.channels))
        decode(
            recording.source,
            full,
            separator.sample_rate,
            channels,
            limits=recording.limits,
            progress=partial(_between, progress, READY, DECODED),
        )
        _separate(separator, recording, full, channels, partial(_between, progress, DECODED, SEPARATED))
        return _finish(recording, separator.name, full, partial(_between, progress, SEPARATED, 1.0))
    finally:
        full.unlink(missing_ok=True)


def _separate(
    separator: Separator, recording: Recording, full: Path, channels: int, progress: Progress
) -> None:
    with written_flac(recording.folder / FLAC, separator.sample_rate, channels) as write:

        def write_on(piece: Waveform) -> None:
            keep_reserve(recording.folder, recording.limits)
            write(piece)

        separator.separate(WavFile(full), write_on, progress)


def _finish(recording: Recording, engine: str, full: Path, progress: Progress) -> Recording:
    """Write what people hear and what the next stages hear, and measure both sounds."""
    folder = recording.folder
    flac, mp3, original = folder / FLAC, folder / MP3, folder / ORIGINAL_MP3
    duration_s = WavFile(full).duration_s
    speech = folder / SPEECH
    decode(flac, speech, SAMPLE_RATE_HZ, 1, limits=recording.limits, progress=_step(progress, 0))
    encode(flac, mp3, "mp3", duration_s, _step(progress, 1))
    encode(full, original, "mp3", duration_s, _step(progress, 2))
    before = survey(WavFile(full), _step(progress, 3))
    after = survey(WavFile(flac), _step(progress, 4))
    return replace(recording, speech=speech, cleaned=Cleaned(engine, flac, mp3, original, before, after))


def _step(progress: Progress, number: int, of: int = 5) -> Callable[[float], None]:
    return partial(_between, progress, number / of, (number + 1) / of)


def _between(progress: Progress, start: float, end: float, done: float) -> None:
    progress(start + (end - start) * done)
