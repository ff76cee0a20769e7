"""Write sound in the forms that people listen to: MP3 by ffmpeg, FLAC piece by piece."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.audio import ffmpeg
from app.audio.waveform import Waveform
from app.audio.whole import written_whole
from app.errors import N_, EngineFailed

_KBIT_S = {1: 96, 2: 160}  # constant, so that a player jumps to the same moment in two files


def encode_mp3(source: Path, target: Path, duration_s: float, progress: Callable[[float], None]) -> None:
    """Write `source`, a file of ours of `duration_s`, as an MP3 of constant bit rate.

    progress: 0..1; what it raises ends the work.
    """
    import soundfile

    rate = _KBIT_S.get(soundfile.info(source).channels, _KBIT_S[2])
    with written_whole(target) as part:
        outcome = ffmpeg.run(
            source,
            [
                *("-map", "0:a:0", "-vn", "-map_metadata", "-1", "-c:a", "libmp3lame", "-b:a", f"{rate}k"),
                *("-f", "mp3", "-y", f"file:{part.resolve()}"),
            ],
            timeout_s=max(60.0, duration_s),
            on_tick=lambda tick: progress(min(1.0, tick.decoded_s / duration_s if duration_s else 1.0)),
            max_output_bytes=round((duration_s + 60) * rate * 125 * 1.1),
        )
        if outcome.code != 0:
            raise EngineFailed(N_("The sound could not be written as MP3. Is the disk full? Try again."))
    progress(1.0)


@contextmanager
def written_flac(target: Path, sample_rate: int, channels: int) -> Iterator[Callable[[Waveform], None]]:
    """Give a function that adds sound to `target`, 16-bit FLAC, which appears whole or not at all."""
    import soundfile

    with (
        written_whole(target) as part,
        soundfile.SoundFile(part, "w", sample_rate, channels, "PCM_16", format="FLAC") as file,
    ):

        def write(piece: Waveform) -> None:
            samples = piece.mono()[None] if channels == 1 else piece.samples
            file.write(samples.T)

        yield write
