"""Recordings whose rate or channels change in mid-file."""

from pathlib import Path

import numpy as np

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.wav import WavFile
from app.audio.waveform import SPEECH_RATE_HZ
from tests.making import make_media

EACH_S = 2.0
LIMITS = Limits(disk_reserve_bytes=0)
LOW_HZ, HIGH_HZ = 440, 880
# rate and channels, before and after
CHANGES = {
    "mono to stereo": ((44100, 1), (44100, 2)),
    "stereo to mono": ((48000, 2), (48000, 1)),
    "44.1 to 22.05 kHz": ((44100, 2), (22050, 2)),
    "48 to 16 kHz": ((48000, 1), (16000, 1)),
    "22.05 to 44.1 kHz in stereo": ((22050, 1), (44100, 2)),
}


def changing(
    folder: Path, codec: str, container: str, change: str, gap_s: float = 0.0, rounds: int = 1
) -> Path:
    """Make a low tone, and a high one in another form behind it.

    gap_s: of a TS, between the two; rounds: of others, how often both come.
    """
    parts = []
    for number, (tone_hz, (rate, channels)) in enumerate(
        zip((LOW_HZ, HIGH_HZ), CHANGES[change], strict=True)
    ):
        form = ("-ar", str(rate), "-ac", str(channels), "-output_ts_offset", str(number * (EACH_S + gap_s)))
        suffix = container if container == "ts" else codec
        tone = ("-f", "lavfi", "-i", f"sine=f={tone_hz}:d={EACH_S}")
        parts.append(make_media(folder / f"{number}.{suffix}", *tone, *_coded(codec), *form))
    made = folder / f"changing.{container}"
    if container == "ts":
        made.write_bytes(b"".join(part.read_bytes() for part in parts))
        return made
    (folder / "parts").write_text("".join(f"file {part.name}\n" for part in rounds * parts))
    return make_media(made, "-f", "concat", "-i", str(folder / "parts"), "-c", "copy")


def _coded(codec: str) -> tuple[str, str]:
    return "-c:a", {"mp3": "libmp3lame"}.get(codec, codec)


def heard(source: Path, limits: Limits = LIMITS) -> tuple[Media, float]:
    """Decode; return when the high tone begins, too."""
    target = source.with_name("speech.wav")
    media = decode_speech(source, target, limits=limits, progress=lambda _: None)
    samples = WavFile(target).cut(0, 60).samples[0]
    step = SPEECH_RATE_HZ // 10
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    tones_hz = np.abs(np.fft.rfft(blocks)).argmax(axis=1) * 10
    return media, float(np.flatnonzero(abs(tones_hz - HIGH_HZ) < 40)[0]) / 10
