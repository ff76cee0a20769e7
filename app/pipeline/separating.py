"""What the stages `repair` and `clean` have in common: a separator at work, the sound before and after it."""

from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from app.audio.decode import decode, keep_reserve
from app.audio.encode import encode
from app.audio.levels import survey
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ
from app.engines.sound import Separator
from app.errors import JobCancelled
from app.pipeline.checkpoint import Checkpoint, checkpoint_path, file_identity
from app.pipeline.cleaned import Cleaned
from app.pipeline.recording import Recording
from app.pipeline.sound_checkpoint import SoundCheckpoint
from app.progress import Progress, part_of

ORIGINAL_MP3 = "original.mp3"

# Shares of the stage: getting the engine and its weights, decoding, separating, writing, measuring
READY, DECODED, SEPARATED, WRITTEN = 0.05, 0.08, 0.91, 0.92


@dataclass(frozen=True, slots=True)
class Names:
    """The stage, and its files: to keep, to listen to, and for the stages after it."""

    stage: str
    flac: str
    mp3: str
    speech: str


CLEANED = Names("clean", "cleaned.flac", "cleaned.mp3", "cleaned.wav")
REPAIRED = Names("repair", "repaired.flac", "repaired.mp3", "repaired.wav")


def separated(recording: Recording, separator: Separator, names: Names, progress: Progress) -> Cleaned:
    """Write the sound under `names` as the separator gives it, and measure it before and after.

    It takes what `repair` left, where that ran before; else the source. After a kill it goes on after the
    last piece that the separator gave, and no file is written again that stands there whole.
    """
    assert recording.media is not None, "extract runs first"
    before = recording.repaired if isinstance(recording.repaired, Cleaned) else None
    source = before.flac if before else recording.source
    tracks = () if before else recording.media.tracks
    channels = min(separator.channels, max([1, recording.media.channels, *(t.channels for t in tracks)]))
    of = {
        "engine": separator.identity,
        "source": file_identity(source),
        "tracks": [asdict(track) for track in tracks],
        "channels": channels,
    }
    kept = Checkpoint(checkpoint_path(recording.folder, names.stage), of, recording.kept)
    full = recording.folder / f"{names.stage}.wav.part"  # the decoded source; gone when the stage is over
    if kept.is_empty:  # what stands there is of other work
        for name in (full.name, names.flac, names.mp3, names.speech, *(() if before else (ORIGINAL_MP3,))):
            (recording.folder / name).unlink(missing_ok=True)
    try:
        if not full.exists():
            decode(
                source,
                full,
                separator.sample_rate,
                channels,
                limits=recording.limits,
                progress=part_of(progress, READY, DECODED),
                tracks=tracks,
            )
        flac = recording.folder / names.flac
        if not flac.exists():
            keep_room = partial(keep_reserve, recording.folder, recording.limits)
            made = SoundCheckpoint(kept, separator.sample_rate, channels, keep_room)
            _separate(separator, WavFile(full), made, part_of(progress, DECODED, SEPARATED))
            made.write_flac(flac, lambda: progress(SEPARATED))
        finish = part_of(progress, WRITTEN, 1.0)
        cleaned = _finish(recording, separator.name, names, full, before.mp3 if before else None, finish)
    except JobCancelled:
        raise  # it may go on
    except BaseException:
        full.unlink(missing_ok=True)
        raise
    full.unlink()
    return cleaned


def _separate(separator: Separator, sound: WavFile, made: SoundCheckpoint, progress: Progress) -> None:
    """Let the separator give what it has not given yet."""
    n_done = made.n_samples
    if n_done < sound.n_samples:
        separator.separate(sound, made.add, progress, n_done)


def _finish(
    recording: Recording, engine: str, names: Names, full: Path, original: Path | None, progress: Progress
) -> Cleaned:
    """Write what people hear and what the next stages hear, and measure both sounds."""
    folder = recording.folder
    flac, mp3 = folder / names.flac, folder / names.mp3
    duration_s = WavFile(full).duration_s
    speech = folder / names.speech
    if not speech.exists():
        decode(flac, speech, SPEECH_RATE_HZ, 1, limits=recording.limits, progress=_step(progress, 0))
    if not mp3.exists():
        encode(flac, mp3, "mp3", duration_s, _step(progress, 1))
    if original is None:
        original = folder / ORIGINAL_MP3
        if not original.exists():
            encode(full, original, "mp3", duration_s, _step(progress, 2))
    before = survey(WavFile(full), _step(progress, 3))
    after = survey(WavFile(flac), _step(progress, 4))
    return Cleaned(engine, flac, mp3, original, before, after)


def _step(progress: Progress, number: int, of: int = 5) -> Progress:
    return part_of(progress, number / of, (number + 1) / of)
