import resource
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.wav import WavFile, write_wav
from app.audio.waveform import Waveform
from tests.making import syllables


def test_what_is_written_is_read_back_within_16_bits(tmp_path: Path) -> None:
    sound = syllables(1.0)
    write_wav(tmp_path / "a.wav", sound)
    file = WavFile(tmp_path / "a.wav")
    assert (file.sample_rate, file.duration_s) == (16_000, 1.0)
    np.testing.assert_allclose(file.cut(0, 1).samples, sound.samples, atol=1 / 32_000)


def test_stereo_keeps_its_channels_apart(tmp_path: Path) -> None:
    sound = Waveform(np.array([[0.5] * 10, [-0.25] * 10], np.float32), 8000)
    write_wav(tmp_path / "a.wav", sound)
    np.testing.assert_allclose(WavFile(tmp_path / "a.wav").cut(0, 1).samples, sound.samples, atol=1e-4)


@pytest.mark.parametrize(
    ("start_s", "end_s", "n"), [(-5, 0.5, 50), (0.9, 99, 10), (50, 60, 0), (0.3, 0.3, 0), (0.5, 0.2, 0)]
)
def test_a_cut_is_clipped_to_what_is_there(tmp_path: Path, start_s: float, end_s: float, n: int) -> None:
    write_wav(tmp_path / "a.wav", Waveform(np.zeros((1, 100), np.float32), 100))
    assert WavFile(tmp_path / "a.wav").cut(start_s, end_s).samples.shape == (1, n)


def test_a_cut_is_the_same_as_of_the_waveform(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", syllables(3.0))
    file = WavFile(tmp_path / "a.wav")
    whole = file.cut(0, file.duration_s)
    for start_s, end_s in [(0, 0.1), (0.33333, 1.77777), (2.9, 5)]:
        np.testing.assert_array_equal(file.cut(start_s, end_s).samples, whole.cut(start_s, end_s).samples)


def test_many_threads_read_one_file(tmp_path: Path) -> None:
    n = 64_000
    write_wav(tmp_path / "a.wav", Waveform((np.arange(n, dtype=np.float32) / n)[None], 1000))
    file, wrong = WavFile(tmp_path / "a.wav"), []

    def read(offset: int) -> None:
        for second in range(offset, 64, 4):
            first = file.cut(second, second + 1).samples[0, 0]
            if abs(first - second * 1000 / n) > 1e-3:
                wrong.append((second, first))

    threads = [threading.Thread(target=read, args=(offset,)) for offset in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_recording_of_four_hours_is_read_piece_by_piece(tmp_path: Path) -> None:
    n_bytes = 4 * 3600 * 16_000 * 2
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + n_bytes) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHHI", 16, 1, 1, 16_000, 32_000, 2, 16, 0)[:-4])
        file.write(b"data" + struct.pack("<I", n_bytes))
        file.truncate(44 + n_bytes)  # sparse: it takes no room
    sound = WavFile(path)
    assert sound.duration_s == 4 * 3600
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for start_s in range(0, 4 * 3600, 30):
        assert sound.cut(start_s, start_s + 30).samples.shape == (1, 480_000)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024
    assert grown_mb < 50


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", syllables(0.5))
    with pytest.raises(soundfile.LibsndfileError):
        write_wav(tmp_path / "a.wav", Waveform(np.zeros((2000, 1), np.float32), 16_000))
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert WavFile(tmp_path / "a.wav").duration_s == 0.5
