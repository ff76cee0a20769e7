import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.limits import Limits
from app.errors import StorageFull, TooLarge
from app.live.wav_writer import WavWriter, length_s, write_length

LIMITS = Limits(disk_reserve_bytes=0)
RNG = np.random.default_rng(5)


def noise(seconds: float) -> np.ndarray:
    return RNG.uniform(-1, 1, round(16_000 * seconds)).astype(np.float32)


def test_what_was_added_is_read_back_to_the_bit(tmp_path: Path) -> None:
    samples = RNG.integers(-32768, 32768, 50_000).astype(np.int16)
    writer = WavWriter(tmp_path / "sound.wav", LIMITS)
    for packet in np.array_split(samples, 60):
        writer.add(packet.astype(np.float32) / 32768)
    writer.close()
    read, rate = soundfile.read(tmp_path / "sound.wav", dtype="int16")
    assert rate == 16_000
    assert np.array_equal(read, samples)


def test_it_is_a_whole_wav_at_every_moment_and_lacks_less_than_a_second(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    writer = WavWriter(path, LIMITS)
    for i in range(1, 60):
        writer.add(noise(0.0625))
        read = soundfile.info(io.BytesIO(path.read_bytes())).frames / 16_000
        assert i * 0.0625 - 1 < read <= i * 0.0625
    writer.flush()
    assert length_s(path) == soundfile.info(path).duration == pytest.approx(59 * 0.0625)
    writer.close()


def test_a_kill_leaves_what_was_flushed_readable(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    program = """
import sys, numpy as np, pathlib
from app.audio.limits import Limits
from app.live.wav_writer import WavWriter
writer = WavWriter(pathlib.Path(sys.argv[1]), Limits(disk_reserve_bytes=0))
writer.add(np.full(40_000, .25, np.float32)); writer.flush(); writer.add(np.zeros(10, np.float32))
print("flushed", flush=True); sys.stdin.read()
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"flushed\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    read, _ = soundfile.read(path)
    assert len(read) == 40_000
    assert np.all(read == 0.25)


def test_a_header_that_a_kill_left_behind_is_written(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    writer = WavWriter(path, LIMITS)
    writer.add(noise(2))
    writer.close()
    with path.open("ab") as file:
        file.write(b"\1" * 32_001)  # what came after the last header, and half a sample
    assert soundfile.info(path).duration == 2
    write_length(path)
    assert soundfile.info(path).duration == length_s(path) == 3


@pytest.mark.parametrize("from_s", [1.0, 5.0])
def test_it_goes_on_where_it_is_told(tmp_path: Path, from_s: float) -> None:
    path, first, second = tmp_path / "sound.wav", noise(3), noise(1)
    for start, samples in ((0.0, first), (from_s, second)):
        writer = WavWriter(path, LIMITS, start)
        writer.add(samples)
        writer.close()
    read, _ = soundfile.read(path, dtype="float32")
    place = round(from_s * 16_000)
    kept = first[:place]
    assert len(read) == place + len(second)
    assert np.allclose(read[: len(kept)], kept, atol=1e-4)
    assert not read[len(kept) : place].any()
    assert np.allclose(read[place:], second, atol=1e-4)


def test_the_disk_reserve_and_the_longest_recording_are_respected(tmp_path: Path) -> None:
    with pytest.raises(StorageFull):
        WavWriter(tmp_path / "none.wav", Limits(disk_reserve_bytes=2**60))
    writer = WavWriter(tmp_path / "sound.wav", Limits(max_duration_s=2, disk_reserve_bytes=0))
    writer.add(noise(1.5))
    with pytest.raises(TooLarge):
        writer.add(noise(1))
    writer.close()
    assert soundfile.info(tmp_path / "sound.wav").duration == 1.5
    writer.add(noise(1))  # nothing
    assert length_s(tmp_path / "sound.wav") == 1.5
