from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio.encode import ENCODERS, RAW_RATE_HZ, encode, written_flac
from app.audio.probe import probe
from app.audio.waveform import Waveform
from app.errors import EngineFailed
from tests.making import syllables

CODECS = {
    "mp3": "mp3",
    "wav": "pcm_s16le",
    "flac": "flac",
    "m4a": "aac",
    "ogg": "vorbis",
    "opus": "opus",
    "aac": "aac",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.wav"
    soundfile.write(path, syllables(2.0).samples.T, 16_000)
    return path


@pytest.mark.parametrize("kind", ENCODERS)
def test_sound_is_written_in_each_form_and_as_long_as_it_was(tmp_path: Path, source: Path, kind: str) -> None:
    told: list[float] = []
    target = tmp_path / f"sound.{kind}"
    encode(source, target, kind, 2.0, told.append)
    if kind == "pcm":  # bare samples: no file says what they are
        assert target.stat().st_size == pytest.approx(2.0 * RAW_RATE_HZ * 2, rel=0.05)
    else:
        media = probe(target)
        assert media.audio_codec == CODECS[kind]
        estimated = kind == "aac"  # its container tells no length: ffmpeg reckons it from the bit rate
        assert media.duration_s == pytest.approx(2.0, abs=0.2 if estimated else 0.1)
    assert told[-1] == 1.0
    assert all(0 <= fraction <= 1 for fraction in told)


def test_what_cannot_be_written_is_one_sentence_and_leaves_nothing(tmp_path: Path, source: Path) -> None:
    target = tmp_path / "no such folder" / "sound.mp3"
    with pytest.raises(EngineFailed, match="could not be written as mp3"):
        encode(source, target, "mp3", 2.0, lambda _: None)
    assert not target.exists()


@pytest.mark.parametrize("channels", [1, 2])
def test_flac_written_in_pieces_is_the_sound_in_16_bits(tmp_path: Path, channels: int) -> None:
    sound = Waveform(np.repeat(syllables(1.0).samples, channels, axis=0), 16_000)
    target = tmp_path / "sound.flac"
    with written_flac(target, 16_000, channels) as write:
        for start in (0, 7_000):
            write(Waveform(sound.samples[:, start : start + 7_000], 16_000))
        assert not target.exists()
    read, rate = soundfile.read(target, always_2d=True)
    assert rate == 16_000
    assert read.shape == (14_000, channels)
    assert np.allclose(read, sound.samples.T[:14_000], atol=2**-15)
