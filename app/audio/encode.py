"""Write sound to be listened to: MP3, FLAC and others by ffmpeg, or FLAC piece by piece."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio import ffmpeg
from app.audio.atomic import atomic_write
from app.audio.waveform import Waveform
from app.errors import N_, EngineFailed
from app.progress import Progress

_KBIT_S = {1: 96, 2: 160}  # constant, so that a player jumps to the same moment in two files
ENCODERS = {
    "mp3": ("libmp3lame", "mp3"),
    "wav": ("pcm_s16le", "wav"),
    "flac": ("flac", "flac"),
    "m4a": ("aac", "ipod"),
    "ogg": ("libvorbis", "ogg"),
    "opus": ("libopus", "opus"),
    "aac": ("aac", "adts"),
    "pcm": ("pcm_s16le", "s16le"),
}
"""Extension -> ffmpeg's encoder and container."""
# How long LAME searches, 0 (longest) to 9: speech at 48 kbit/s has as high a PESQ as with its default, 5, or
# up to .3 higher, in half of the time.
FAST_LAME = "7"
RAW_RATE_HZ = 24_000  # of `pcm`, whose listeners are told nothing: OpenAI's own


def encode(
    source: Path, target: Path, kind: str, duration_s: float, progress: Progress, kbit_s: int | None = None
) -> None:
    """Write `source`, a file of ours of `duration_s`, as one of ENCODERS; the lossy ones at a constant rate.

    kbit_s: that rate, for speech; by default one for music. progress: 0..1; what it raises ends the work.
    """
    import soundfile

    rate = kbit_s or _KBIT_S.get(soundfile.info(source).channels, _KBIT_S[2])
    encoder, container = ENCODERS[kind]
    with atomic_write(target) as part:
        outcome = ffmpeg.run(
            source,
            [
                *("-map", "0:a:0", "-vn", "-map_metadata", "-1", "-c:a", encoder, "-b:a", f"{rate}k"),
                *(("-ar", str(RAW_RATE_HZ)) if kind == "pcm" else ()),
                *(("-compression_level", FAST_LAME) if kind == "mp3" and kbit_s else ()),
                *("-f", container, "-y", f"file:{part.resolve()}"),
            ],
            timeout_s=max(60.0, duration_s),
            on_tick=lambda tick: progress(min(1.0, tick.decoded_s / duration_s if duration_s else 1.0)),
            max_output_bytes=2**20 + round(duration_s * 4 * 48_000),
        )
        if outcome.code != 0:
            raise EngineFailed(
                N_("The sound could not be written as %(kind)s. Is the disk full? Try again."), kind=kind
            )
    progress(1.0)


@contextmanager
def written_flac(target: Path, sample_rate: int, channels: int) -> Iterator[Callable[[Waveform], None]]:
    """Give a function that adds sound to `target`, 16-bit FLAC, which appears whole or not at all."""
    import soundfile

    with (
        atomic_write(target) as part,
        soundfile.SoundFile(part, "w", sample_rate, channels, "PCM_16", format="FLAC") as file,
    ):

        def write(piece: Waveform) -> None:
            samples = piece.mono()[None] if channels == 1 else piece.samples
            file.write(samples.T)

        yield write
