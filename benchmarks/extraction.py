"""Extraction of a 10-minute 720p video: ours, bare ffmpeg, and moviepy's `write_audiofile`.

Each run is a process of its own, so that its memory is its own; the three take turns, and imports are not
counted. Ours includes the probe, the limits, the fsync and the rename.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from app.audio import ffmpeg
from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.wav import write_wav
from benchmarks import rounds
from benchmarks.figure import Figure
from tests.making import make_media, syllables

MINUTES = 10
TAKES_MIN = 3
ROUNDS = rounds.of(3, 7)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        video = make_video(Path(folder))
        runs = {name: [] for name in WAYS}
        for name in WAYS:
            _in_a_process(name, video)  # fills the disk cache
        for _ in range(ROUNDS):
            for name in WAYS:
                runs[name].append(_in_a_process(name, video))
    for name, those in runs.items():
        yield Figure(
            f"{MINUTES} min of 720p, {name}", statistics.median(run["seconds"] for run in those), " s"
        )
    yield Figure("of bare ffmpeg's time", _ratio(runs["ours"], runs["ffmpeg"]), "x", at_most=1.15)
    yield Figure("of bare ffmpeg's processor time", _ratio(runs["ours"], runs["ffmpeg"], "cpu_seconds"), "x")
    for name in ("moviepy", "moviepy at 16 kHz mono"):
        promise = 3 if name == "moviepy" else None
        yield Figure(f"faster than {name}", _ratio(runs[name], runs["ours"]), "x", at_least=promise)
    for name, those in runs.items():
        yield Figure(f"memory for it, {name}", max(run["mb"] for run in those), " MB")


def _ratio(these: list[dict[str, float]], those: list[dict[str, float]], what: str = "seconds") -> float:
    """Compare round by round: what else runs on this machine then slows both."""
    return statistics.median(a[what] / b[what] for a, b in zip(these, those, strict=True))


def make_video(folder: Path) -> Path:
    """Make a meeting: ten minutes of picture, and sound with the rhythm of speech, in H.264 and AAC."""
    write_wav(folder / "speech.wav", syllables(60, 48_000))
    picture = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=1280x720:r=25:d=10",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    )
    make_media(folder / "picture.mp4", *picture, "-pix_fmt", "yuv420p")
    repeated = [
        *("-stream_loop", "-1", "-i", str(folder / "picture.mp4")),
        *("-stream_loop", "-1", "-i", str(folder / "speech.wav")),
    ]
    codecs = ("-c:v", "copy", "-c:a", "aac", "-b:a", "128k", "-ac", "2")
    return make_media(folder / "meeting.mp4", *repeated, *codecs, "-t", str(MINUTES * 60))


def ours(video: Path, target: Path) -> None:
    limits = Limits(disk_reserve_bytes=0)
    decode_speech(video, target, limits=limits, progress=lambda fraction: None)


def bare(video: Path, target: Path) -> None:
    command = [ffmpeg.executable(), "-v", "error", "-nostdin", "-i", str(video)]
    subprocess.run([*command, "-vn", "-ac", "1", "-ar", "16000", "-y", str(target)], check=True)


def moviepy(video: Path, target: Path) -> None:
    from moviepy import VideoFileClip

    with VideoFileClip(str(video)) as clip:
        clip.audio.write_audiofile(str(target), logger=None)


def moviepy_16_khz(video: Path, target: Path) -> None:
    from moviepy import VideoFileClip

    with VideoFileClip(str(video)) as clip:
        clip.audio.write_audiofile(str(target), fps=16_000, ffmpeg_params=["-ac", "1"], logger=None)


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "ours": ours,
    "ffmpeg": bare,
    "moviepy": moviepy,
    "moviepy at 16 kHz mono": moviepy_16_khz,
}


def _in_a_process(name: str, video: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.extraction", name, str(video)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _run(name: str, video: Path) -> None:
    if name.startswith("moviepy"):
        import moviepy  # noqa: F401  its import is not what is measured
    ffmpeg.executable()
    if name != "ours":
        os.nice(5)  # as ours runs it, so that other work on this machine slows all alike
    target = video.with_name("out.wav")
    idle = resource.getrusage(resource.RUSAGE_SELF)
    idle_cpu_s = idle.ru_utime + idle.ru_stime
    started = time.perf_counter()
    WAYS[name](video, target)
    seconds = time.perf_counter() - started
    target.unlink()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(usage.ru_utime + usage.ru_stime for usage in used) - idle_cpu_s
    mb = (sum(usage.ru_maxrss for usage in used) - idle.ru_maxrss) / 1024
    json.dump({"seconds": seconds, "cpu_seconds": cpu_s, "mb": mb}, sys.stdout)


if __name__ == "__main__":
    _run(sys.argv[1], Path(sys.argv[2]))
