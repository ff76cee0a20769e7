import contextlib
import gc
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import imageio_ffmpeg
import psutil
import pytest

from app.audio import ffmpeg
from app.errors import BadInput, EngineUnavailable, JobCancelled
from tests.ffmpegs import ffmpegs_running
from tests.making import TONE, make_media
from tests.waiting import SOON_S, until

ENDLESS = ("-f", "lavfi", "-i", "anullsrc")
TO_NOWHERE = ["-f", "null", "-"]


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    return make_media(tmp_path / "a.wav", *TONE)


def test_it_says_how_it_ended(tone: Path) -> None:
    outcome = ffmpeg.run(tone, TO_NOWHERE, timeout_s=60)
    assert (outcome.code, outcome.log) == (0, "")


def test_what_ffmpeg_said_is_kept(tone: Path) -> None:
    tone.write_bytes(b"nothing")
    outcome = ffmpeg.run(tone, TO_NOWHERE, timeout_s=60)
    assert outcome.code != 0
    assert "Invalid data found" in outcome.log


def test_a_missing_ffmpeg_is_said_with_the_command_that_helps(
    monkeypatch: pytest.MonkeyPatch, tone: Path
) -> None:
    def nothing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", nothing)
    ffmpeg.executable.cache_clear()
    try:
        with pytest.raises(EngineUnavailable, match="pip install"):
            ffmpeg.run(tone, TO_NOWHERE, timeout_s=60)
    finally:
        ffmpeg.executable.cache_clear()


def test_ticks_tell_how_far_it_is(tone: Path) -> None:
    ticks: list[ffmpeg.Tick] = []
    ffmpeg.run(tone, TO_NOWHERE, timeout_s=60, on_tick=ticks.append)
    assert ticks[-1] == ffmpeg.Tick(pytest.approx(2, abs=0.01), 1.0)


def test_a_cancelled_run_is_gone_within_a_second(tone: Path) -> None:
    cancelled_at: list[float] = []

    def cancel(tick: ffmpeg.Tick) -> None:
        if tick.decoded_s > 10:
            assert ffmpegs_running()
            cancelled_at.append(time.monotonic())
            raise JobCancelled

    with pytest.raises(JobCancelled):
        ffmpeg.run(tone, [*ENDLESS, "-map", "1", *TO_NOWHERE], timeout_s=60, on_tick=cancel)
    assert time.monotonic() - cancelled_at[0] < SOON_S
    assert not ffmpegs_running()


def test_a_silent_run_is_ticked_too(tmp_path: Path) -> None:
    """A cancelled job ends even while ffmpeg has nothing to say: here it waits for a pipe."""
    waiting = make_media(tmp_path / "a.wav", *TONE)
    os.mkfifo(tmp_path / "never-written")
    more = ["-protocol_whitelist", "file", "-i", f"file:{tmp_path / 'never-written'}", "-map", "1"]
    ticks: list[ffmpeg.Tick] = []

    def cancel(tick: ffmpeg.Tick) -> None:
        ticks.append(tick)
        if len(ticks) == 5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        ffmpeg.run(waiting, [*more, *TO_NOWHERE], timeout_s=60, on_tick=cancel)
    assert not ffmpegs_running()


def test_a_run_that_takes_too_long_is_ended(tone: Path) -> None:
    with pytest.raises(BadInput, match="takes too long"):
        ffmpeg.run(tone, [*ENDLESS, "-map", "1", *TO_NOWHERE], timeout_s=0.5)
    assert not ffmpegs_running()


@pytest.mark.skipif(sys.platform != "linux", reason="reads what only Linux tells")
def test_the_child_is_limited_and_polite(tone: Path) -> None:
    seen: dict[str, object] = {}

    def look(tick: ffmpeg.Tick) -> None:
        for child in ffmpegs_running():
            seen.update(
                memory=child.rlimit(psutil.RLIMIT_AS)[0],
                core=child.rlimit(psutil.RLIMIT_CORE)[0],
                cpu_s=child.rlimit(psutil.RLIMIT_CPU)[0],
                file=child.rlimit(psutil.RLIMIT_FSIZE)[0],
                nice=child.nice() - psutil.Process().nice(),
                batch=os.sched_getscheduler(child.pid) == os.SCHED_BATCH,
                group=os.getpgid(child.pid) != os.getpgid(0),
                folder=child.cwd(),
                secrets=[name for name in child.environ() if name.startswith("KONSPEKT_")],
            )
            raise JobCancelled

    os.environ["KONSPEKT_LLM_KEY"] = "canary"
    try:
        with pytest.raises(JobCancelled):
            ffmpeg.run(
                tone,
                [*ENDLESS, "-map", "1", *TO_NOWHERE],
                timeout_s=60,
                on_tick=look,
                max_output_bytes=1 << 20,
            )
    finally:
        del os.environ["KONSPEKT_LLM_KEY"]
    assert seen == {
        "memory": 2 * 2**30,
        "core": 0,
        "cpu_s": 241,
        "file": (1 << 20) + 512,
        "nice": 5,
        "batch": True,
        "group": True,
        "folder": "/",
        "secrets": [],
    }


def test_it_cannot_write_more_than_it_may(tone: Path, tmp_path: Path) -> None:
    target = tmp_path / "big.wav"
    outcome = ffmpeg.run(
        tone,
        [*ENDLESS, "-map", "1", "-f", "wav", str(target)],
        timeout_s=60,
        max_output_bytes=1 << 20,
    )
    assert outcome.code != 0
    assert target.stat().st_size <= (1 << 20) + 512


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_the_child_dies_with_its_parent(tone: Path) -> None:
    endless = f"run(Path({str(tone)!r}), {[*ENDLESS, '-map', '1', *TO_NOWHERE]!r}, timeout_s=60)"
    code = f"from pathlib import Path; from app.audio.ffmpeg import run; {endless}"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        found: list[psutil.Process] = []

        def is_there() -> bool:
            for child in ffmpegs_running(parent.pid):
                with contextlib.suppress(psutil.NoSuchProcess):
                    # not the ffmpeg that is only asked for its version, to see that it works
                    if "fd:" in child.cmdline():
                        found.append(child)
            return bool(found)

        until(is_there)
        parent.kill()
    found[0].wait(timeout=60)


def test_a_flood_of_messages_is_kept_bounded() -> None:
    log = ffmpeg._Log(head_bytes=10, tail_bytes=5)
    for number in range(1000):
        log.add(b"%04d" % number)
    assert log.text() == "0000000100" + "80999"


def test_runs_at_once_do_not_disturb_each_other(tone: Path) -> None:
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda: codes.append(ffmpeg.run(tone, TO_NOWHERE, timeout_s=60).code))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * 8


def test_no_file_descriptor_is_left_open(tone: Path) -> None:
    def cancel(tick: ffmpeg.Tick) -> None:
        raise JobCancelled

    gc.collect()  # what tests before this one have left is closed now, not meanwhile
    before = psutil.Process().num_fds()
    for _ in range(5):
        ffmpeg.run(tone, TO_NOWHERE, timeout_s=60)
        with pytest.raises(JobCancelled):
            ffmpeg.run(tone, TO_NOWHERE, timeout_s=60, on_tick=cancel)
    assert psutil.Process().num_fds() <= before
