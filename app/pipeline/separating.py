"""What the stages `repair` and `clean` have in common: a separator at work, the sound before and after it."""

from dataclasses import dataclass
from pathlib import Path

from app.audio.decode import decode, keep_reserve
from app.audio.encode import encode, written_flac
from app.audio.levels import survey
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ, Waveform
from app.engines.base import Separator
from app.pipeline.cleaned import Cleaned
from app.pipeline.recording import Recording
from app.progress import Progress, part_of

ORIGINAL_MP3 = "original.mp3"
_FULL_BAND = "full.wav.part"  # the decoded source; gone when the stage is over

# Shares of the stage: getting the engine and its weights, decoding, separating, writing and measuring
READY, DECODED, SEPARATED = 0.05, 0.08, 0.92


@dataclass(frozen=True, slots=True)
class Names:
    """The files of a stage: to keep, to listen to, and for the stages after it."""

    flac: str
    mp3: str
    speech: str


CLEANED = Names("cleaned.flac", "cleaned.mp3", "cleaned.wav")
REPAIRED = Names("repaired.flac", "repaired.mp3", "repaired.wav")


def separated(recording: Recording, separator: Separator, names: Names, progress: Progress) -> Cleaned:
    """Write the sound under `names` as the separator gives it, and measure it before and after.

    It takes what `repair` left, where that ran before; else the source.
    """
    assert recording.media is not None, "extract runs first"
    before = recording.repaired if isinstance(recording.repaired, Cleaned) else None
    full = recording.folder / _FULL_BAND
    try:
        tracks = () if before else recording.media.tracks
        channels = min(separator.channels, max([1, recording.media.channels, *(t.channels for t in tracks)]))
        decode(
            before.flac if before else recording.source,
            full,
            separator.sample_rate,
            channels,
            limits=recording.limits,
            progress=part_of(progress, READY, DECODED),
            tracks=tracks,
        )
        _separate(separator, recording, names, full, channels, part_of(progress, DECODED, SEPARATED))
        finish = part_of(progress, SEPARATED, 1.0)
        return _finish(recording, separator.name, names, full, before.mp3 if before else None, finish)
    finally:
        full.unlink(missing_ok=True)


def _separate(
    separator: Separator, recording: Recording, names: Names, full: Path, channels: int, progress: Progress
) -> None:
    with written_flac(recording.folder / names.flac, separator.sample_rate, channels) as write:

        def write_on(piece: Waveform) -> None:
            keep_reserve(recording.folder, recording.limits)
            write(piece)

        separator.separate(WavFile(full), write_on, progress)


def _finish(
    recording: Recording, engine: str, names: Names, full: Path, original: Path | None, progress: Progress
) -> Cleaned:
    """Write what people hear and what the next stages hear, and measure both sounds."""
    folder = recording.folder
    flac, mp3 = folder / names.flac, folder / names.mp3
    duration_s = WavFile(full).duration_s
    speech = folder / names.speech
    decode(flac, speech, SPEECH_RATE_HZ, 1, limits=recording.limits, progress=_step(progress, 0))
    encode(flac, mp3, "mp3", duration_s, _step(progress, 1))
    if original is None:
        original = folder / ORIGINAL_MP3
        encode(full, original, "mp3", duration_s, _step(progress, 2))
    before = survey(WavFile(full), _step(progress, 3))
    after = survey(WavFile(flac), _step(progress, 4))
    return Cleaned(engine, flac, mp3, original, before, after)


def _step(progress: Progress, number: int, of: int = 5) -> Progress:
    return part_of(progress, number / of, (number + 1) / of)
