"""Cut stretches out of a recording: their sound as one wav, and a small video of each for MoviePy to compose.

The hardened ffmpeg reads the recording; what it writes has one size and pace, so that it can be joined.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from app.audio import ffmpeg
from app.audio.waveform import Span
from app.errors import N_, EngineFailed
from app.progress import Progress, part_of

RATE_HZ = 44_100
CHANNELS = 2
FPS = 25
MAX_WIDTH, MAX_HEIGHT = 1280, 720
NO_SOUND = N_("The sound of this stretch could not be read. Choose other lines.")
_FRAME_BYTES = 2 * CHANNELS
_SLOWEST = 20  # times as long as the stretch itself may reading it take, and a minute for the jump to it


def cut_sound(source: Path, stream: int, spans: Sequence[Span], target: Path, progress: Progress) -> None:
    """Write the sound of all spans, end to end and exactly as long as they are: 16 bit, stereo, 44.1 kHz.

    stream: which of the audio streams of `source`.
    """
    import soundfile

    piece = target.with_name(target.name + ".piece")
    try:
        with soundfile.SoundFile(target, "w", RATE_HZ, CHANNELS, "PCM_16", format="WAV") as joined:
            for number, span in enumerate(spans):
                _run(
                    source,
                    span,
                    [
                        *("-map", f"0:a:{stream}", "-vn", "-ac", str(CHANNELS), "-ar", str(RATE_HZ)),
                        *("-c:a", "pcm_s16le", "-f", "s16le", "-y", f"file:{piece.resolve()}"),
                    ],
                    part_of(progress, number / len(spans), (number + 1) / len(spans)),
                    2**20 + round(span.duration_s * RATE_HZ * _FRAME_BYTES),
                )
                joined.write(_exactly(piece, round(span.duration_s * RATE_HZ)))
    finally:
        piece.unlink(missing_ok=True)


def _exactly(piece: Path, n_frames: int) -> "np.typing.NDArray[np.int16]":
    """Return (frames, channels) of a piece, cut or filled with silence to its length."""
    if not piece.exists():
        raise EngineFailed(NO_SOUND)
    samples = np.fromfile(piece, np.int16)
    samples = samples[: len(samples) // CHANNELS * CHANNELS].reshape(-1, CHANNELS)[:n_frames]
    return np.pad(samples, ((0, n_frames - len(samples)), (0, 0)))


def cut_picture(source: Path, span: Span, target: Path, progress: Progress) -> None:
    """Write the picture of one span, without sound; where it has none, a file without frames, or none."""
    fit = f"scale=w='min({MAX_WIDTH},iw)':h='min({MAX_HEIGHT},ih)'"
    fit += ":force_original_aspect_ratio=decrease:force_divisible_by=2"
    square_pixels = "scale=w='max(2,trunc(iw*sar/2)*2)':h=ih,setsar=1"
    _run(
        source,
        span,
        [
            *("-map", "0:v:0", "-an", "-sn", "-dn", "-map_metadata", "-1"),
            *("-vf", f"{square_pixels},{fit},fps={FPS}", "-pix_fmt", "yuv420p"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-threads", "1"),
            *("-f", "matroska", "-y", f"file:{target.resolve()}"),
        ],
        progress,
        2**24 + round(span.duration_s * 4 * 2**20),
    )


def _run(source: Path, span: Span, output: list[str], progress: Progress, most_bytes: int) -> None:
    ffmpeg.run(
        source,
        ["-t", f"{span.duration_s:.3f}", *output],
        before=["-threads", "1", "-ss", f"{span.start:.3f}"],
        timeout_s=60 + _SLOWEST * span.duration_s,
        on_tick=lambda tick: progress(min(1.0, tick.decoded_s / max(span.duration_s, 0.1))),
        max_output_bytes=most_bytes,
    )
