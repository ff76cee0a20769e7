from pathlib import Path

import numpy as np
import pytest

from app.audio.media import Media, Track
from app.audio.wav import write_wav
from app.audio.waveform import Waveform
from app.pipeline.channel_sounds import channel_sounds
from app.pipeline.recording import Recording
from tests.making import syllables


def recording(folder: Path, n_channels: int) -> Recording:
    speech = syllables(2.0)
    rows = [speech.mono() * (channel + 1) / 2 for channel in range(n_channels)]
    write_wav(folder / "source", Waveform(np.stack(rows).astype(np.float32), speech.sample_rate))
    media = Media(2.0, "wav", "pcm_s16le", speech.sample_rate, n_channels, tracks=(Track(0, n_channels),))
    return Recording("a.wav", folder / "source", folder, media=media)


def test_two_channels_are_two_sounds_and_no_file_is_left(tmp_path: Path) -> None:
    with channel_sounds(recording(tmp_path, 2), lambda _: None) as sounds:
        assert [sound.sample_rate for sound in sounds] == [16_000, 16_000]
        first, second = (sound.cut(0, 2).mono() for sound in sounds)
        assert first.std() == pytest.approx(second.std() / 2, rel=0.05)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_one_channel_has_nothing_to_tell(tmp_path: Path) -> None:
    with channel_sounds(recording(tmp_path, 1), lambda _: None) as sounds:
        assert sounds == ()


def test_what_cannot_be_decoded_has_no_channels(tmp_path: Path) -> None:
    broken = recording(tmp_path, 2)
    broken.source.write_bytes(b"no sound")
    with channel_sounds(broken, lambda _: None) as sounds:
        assert list(sounds) == []
