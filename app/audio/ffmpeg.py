"""The one hardened way to run ffmpeg on a file that somebody sent.

What is defended, and how (each line has a test in tests/audio/test_ffmpeg.py and tests/hostile):

- the file names other files or addresses (ffconcat, HLS, DASH, SDP): the input is the opened file on
  stdin, no protocol but `fd` may be opened, and only containers on the whitelist are read;
- its name is an option or an address: no name reaches the command line, and there is no shell between;
- it makes the decoder eat memory, time or disk: RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, a wall clock;
- our process dies or the job is cancelled: the child goes too.
"""

import functools
import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import N_, BadInput, EngineUnavailable

FORMATS = (
    "wav,w64,aiff,caf,au,flac,wv,tta,ape,mp3,aac,ac3,eac3,ogg,amr,amrnb,amrwb,"  # sound
    "mov,matroska,webm,asf,avi,flv,mpeg,mpegts,mxf,dv,rm"  # sound and picture
)
PROTOCOLS = "fd,pipe"
STOPPED = -1  # the code of a run that was stopped for what it said

_MEMORY_KIB = 2 * 2**20  # of addresses: so threads and malloc arenas, which grow with the cores, are few
_TICK_S = 0.2
_TIME = re.compile(rb"out_time_us=(\d+)")
# The limits are set by the shell that then becomes ffmpeg. A preexec_fn would run Python between fork and
# exec, which can deadlock in a process with threads, and would keep subprocess from using vfork.
_LIMITER = 'ulimit -c 0; ulimit -v "$1" 2>/dev/null; ulimit -t "$2"; ulimit -f "$3"; shift 3; exec "$@"'


@dataclass(frozen=True, slots=True)
class Tick:
    """How far a run is. decoded_s: seconds written; read: 0..1 of the source's bytes."""

    decoded_s: float
    read: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. code: 0 where ffmpeg was content; log: what it said, its beginning and its end."""

    code: int
    log: str


def run(
    source: Path,
    output: Sequence[str],
    *,
    timeout_s: float,
    before: Sequence[str] = (),
    on_tick: Callable[[Tick], None] | None = None,
    log_level: str = "error",
    max_output_bytes: int = 0,
    stop_at: str = "",
) -> Outcome:
    """Run ffmpeg on an untrusted file.

    before, output: the options before and after the input.
    on_tick: called about five times a second; what it raises stops ffmpeg and is raised again.
    stop_at: words of the log at which it is stopped.

    Raises:
        BadInput: it took longer than `timeout_s`.
    """
    with source.open("rb", buffering=0) as opened:
        size = os.fstat(opened.fileno()).st_size
        process = subprocess.Popen(
            [*_limiter(timeout_s, max_output_bytes), executable(), *_input(log_level, before), *output],
            stdin=opened,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "AV_LOG_FORCE_NOCOLOR": "1", "MALLOC_ARENA_MAX": "2"},
            process_group=0,
        )
        try:
            log = _Log(stop_at)
            deadline = time.monotonic() + timeout_s
            for decoded_s in _listen(process, log):
                if log.says_stop:
                    break
                if time.monotonic() > deadline:
                    raise BadInput(N_("Reading this file takes too long. Convert it to MP3 and send that."))
                if on_tick:
                    # The child shares our file offset, so it shows how far the child has read.
                    read = os.lseek(opened.fileno(), 0, os.SEEK_CUR) / size if size else 1.0
                    on_tick(Tick(decoded_s, min(1.0, read)))
            return Outcome(STOPPED if log.says_stop else process.wait(), log.text())
        finally:
            _end(process)


@functools.cache
def executable() -> str:
    """Return the path of the ffmpeg in use: imageio-ffmpeg's own, or IMAGEIO_FFMPEG_EXE."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise EngineUnavailable(
            N_("ffmpeg is missing on this server. Install it with: pip install imageio-ffmpeg")
        ) from error


def _input(log_level: str, before: Sequence[str]) -> list[str]:
    return [
        *("-hide_banner", "-nostats", "-v", log_level, "-progress", "pipe:1", "-stats_period", str(_TICK_S)),
        *("-filter_threads", "1", "-protocol_whitelist", PROTOCOLS, "-format_whitelist", FORMATS),
        *(*before, "-fd", "0", "-i", "fd:"),
    ]


_WRAPPERS = (
    # Kill the child when we die: when the thread ends that started it, and that thread waits for it.
    ("setpriv", "--pdeathsig", "KILL"),
    # SCHED_BATCH: ffmpeg hands each frame from thread to thread, and is a quarter faster when a thread that
    # wakes does not interrupt the one that computes. `nice`: requests of pages get the processor before it.
    ("chrt", "--batch", "0"),
    ("nice", "-n", "5"),
)


@functools.cache
def _wrappers() -> list[str]:
    """Return those of the wrapping commands that work on this system."""
    words: list[str] = []
    for wrapper in _WRAPPERS:
        if (found := shutil.which(wrapper[0])) and subprocess.run(
            [found, *wrapper[1:], "true"], capture_output=True, check=False
        ).returncode == 0:
            words += [found, *wrapper[1:]]
    return words


def _limiter(timeout_s: float, max_output_bytes: int) -> list[str]:
    if os.name != "posix":
        return []
    cpu_s, blocks = 4 * round(timeout_s) + 1, max_output_bytes // 512 + 1
    return ["/bin/sh", "-c", _LIMITER, "sh", str(_MEMORY_KIB), str(cpu_s), str(blocks), *_wrappers()]


def _listen(process: subprocess.Popen[bytes], log: "_Log") -> Iterator[float]:
    """Read both pipes to their ends; yield the seconds written so far, every `_TICK_S`."""
    assert process.stdout
    assert process.stderr
    progress, decoded_s, due = b"", 0.0, 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(_TICK_S):
                data = os.read(key.fd, 1 << 16)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    log.add(data)
                else:
                    *lines, progress = (progress + data).split(b"\n")
                    times = [int(found[1]) for line in lines if (found := _TIME.fullmatch(line))]
                    decoded_s = times[-1] / 1e6 if times else decoded_s
            if time.monotonic() >= due:
                yield decoded_s
                due = time.monotonic() + _TICK_S
    yield decoded_s


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


class _Log:
    """What ffmpeg said, bounded: a hostile file can make it say gigabytes."""

    def __init__(self, stop_at: str = "", head_bytes: int = 1 << 16, tail_bytes: int = 1 << 13) -> None:
        self.says_stop, self._stop_at = False, stop_at.encode()
        self._room, self._tail_bytes = head_bytes, tail_bytes
        self._head, self._tail = bytearray(), bytearray()

    def add(self, data: bytes) -> None:
        seam = bytes(self._tail or self._head)[-len(self._stop_at) :]
        self.says_stop = self.says_stop or bool(self._stop_at and self._stop_at in seam + data)
        kept = data[: max(0, self._room - len(self._head))]
        self._head += kept
        self._tail += data[len(kept) :]
        del self._tail[: -self._tail_bytes]

    def text(self) -> str:
        return (self._head + self._tail).decode(errors="replace")
