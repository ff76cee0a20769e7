"""Turn whatever was recorded into a form that engines take: 16-bit wav, for speech 16 kHz mono."""

import shutil
from dataclasses import replace
from pathlib import Path

from app.audio import ffmpeg
from app.audio.atomic import atomic_write
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.probe import broken, probe, too_long
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ
from app.errors import N_, StorageFull
from app.progress import Progress


def decode_speech(source: Path, target: Path, *, limits: Limits, progress: Progress) -> Media:
    """Decode to 16 kHz mono; see `decode`."""
    return decode(source, target, SPEECH_RATE_HZ, 1, limits=limits, progress=progress)


def decode(
    source: Path,
    target: Path,
    sample_rate_hz: int,
    channels: int,
    *,
    limits: Limits,
    progress: Progress,
) -> Media:
    """Decode the sound of `source` to `target`, which appears whole or not at all.

    progress: 0..1 by decoded time, or by bytes read where the container does not know its duration.
    Returns what is in the source, with its duration as decoded.

    Raises:
        BadInput: there is nothing in the file that can be decoded.
        TooLarge: it is longer than the limit, whatever its header says.
        StorageFull: the disk reserve would be touched.
    """
    media = probe(source, limits=limits, on_tick=lambda _: progress(0.0))
    bytes_per_s = 2 * sample_rate_hz * channels
    keep_reserve(target.parent, limits, more_bytes=round((media.duration_s or 0) * bytes_per_s))

    def on_tick(tick: ffmpeg.Tick) -> None:
        if tick.decoded_s > limits.max_duration_s:
            raise too_long(limits)
        keep_reserve(target.parent, limits)
        progress(min(1.0, tick.decoded_s / media.duration_s if media.duration_s else tick.read))

    with atomic_write(target) as part:
        outcome = ffmpeg.run(
            source,
            _output(part, media, sample_rate_hz, channels, limits),
            timeout_s=max(60.0, 2 * (media.duration_s or limits.max_duration_s)),
            on_tick=on_tick,
            max_output_bytes=round((limits.max_duration_s + 2) * bytes_per_s),
        )
        if "No space left on device" in outcome.log:
            raise _disk_full()
        duration_s = WavFile(part).duration_s if part.exists() and part.stat().st_size else 0.0
        if duration_s > limits.max_duration_s:
            raise too_long(limits)
        if duration_s == 0 or outcome.code != 0:
            raise broken()
    progress(1.0)
    return replace(media, duration_s=duration_s)


def _output(part: Path, media: Media, sample_rate_hz: int, channels: int, limits: Limits) -> list[str]:
    # Gaps in the timestamps (a paused browser recording, lost packets, a picture that starts first) become
    # silence, so that a time in the transcript is the time that a player shows.
    rate = str(sample_rate_hz)
    keep_time = f"aresample={rate}:async=1:first_pts=0"
    # ffmpeg hands each frame of 20 ms from thread to thread; a second at once takes a fifth less time.
    seconds = f"asetnsamples=n={rate}:p=0"
    return [
        *(
            "-map",
            f"0:a:{media.audio_stream}",
            "-vn",
            "-sn",
            "-dn",
            "-map_metadata",
            "-1",
            "-map_chapters",
            "-1",
        ),
        *("-af", f"{keep_time},{seconds}", "-ac", str(channels), "-ar", rate, "-c:a", "pcm_s16le"),
        *("-t", str(limits.max_duration_s + 1), "-fflags", "+bitexact", "-rf64", "auto"),
        *("-f", "wav", "-y", f"file:{part.resolve()}"),
    ]


def keep_reserve(folder: Path, limits: Limits, more_bytes: int = 0) -> None:
    """Raise StorageFull where less than the reserve would stay free."""
    if shutil.disk_usage(folder).free - more_bytes < limits.disk_reserve_bytes:
        raise _disk_full()


def _disk_full() -> StorageFull:
    return StorageFull(N_("The disk of this server is almost full. Delete old recordings and try again."))
