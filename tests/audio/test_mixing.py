"""Channels and tracks that are mixed: nothing cancels, nothing is lost."""

from pathlib import Path

import numpy as np
import pytest

from app.audio import mixing
from app.audio.mixing import SPEECH_LEVEL_DB, leveling_gain_db, mix
from app.audio.wav import WavFile, write_wav
from app.audio.waveform import Samples, Span, Waveform
from tests.making import syllables

RATE = 16_000


def wav(path: Path, *channels: Samples) -> WavFile:
    write_wav(path, Waveform(np.stack(channels).astype(np.float32), RATE))
    return WavFile(path)


def mixed(path: Path, *sources: WavFile) -> Samples:
    mix(sources, [0.0] * len(sources), path, 1)
    samples: Samples = WavFile(path).cut(0, 1e9).samples[0]
    return samples


def level(samples: Samples) -> float:
    return float(np.sqrt(np.square(samples).mean()))


@pytest.fixture
def voice() -> Samples:
    return syllables(4.0).samples[0]


@pytest.mark.parametrize("part", [1.0, 0.7])
def test_the_opposite_phase_does_not_cancel(tmp_path: Path, voice: Samples, part: float) -> None:
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", voice, np.float32(-part) * voice))
    assert level(found) > 0.8 * level(voice)


def test_tracks_of_opposite_phase_do_not_cancel(tmp_path: Path, voice: Samples) -> None:
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", voice), wav(tmp_path / "b.wav", -voice))
    assert level(found) > 0.9 * level(voice)


def test_a_phase_that_changes_within_the_recording_is_followed(tmp_path: Path, voice: Samples) -> None:
    turned = np.concatenate([voice[: 2 * RATE], -voice[2 * RATE :]])
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", voice, turned))
    for second in range(4):
        here = slice(second * RATE, (second + 1) * RATE)
        assert level(found[here]) > 0.8 * level(voice[here])


def test_what_stands_in_one_channel_alone_is_there(tmp_path: Path, voice: Samples) -> None:
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", np.zeros_like(voice), voice))
    np.testing.assert_allclose(found, voice / 2, atol=1e-4)


def test_equal_channels_stay_what_they_are(tmp_path: Path, voice: Samples) -> None:
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", voice, voice))
    np.testing.assert_allclose(found, voice, atol=1e-4)


def test_the_longest_track_gives_the_length(tmp_path: Path, voice: Samples) -> None:
    found = mixed(tmp_path / "out.wav", wav(tmp_path / "a.wav", voice[:RATE]), wav(tmp_path / "b.wav", voice))
    assert len(found) == len(voice)
    np.testing.assert_allclose(found[RATE:], voice[RATE:], atol=1e-4)


def test_pieces_join_without_a_seam(tmp_path: Path, voice: Samples, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = wav(tmp_path / "a.wav", voice, -voice), wav(tmp_path / "b.wav", voice / 3)
    whole = mixed(tmp_path / "whole.wav", *sources)
    monkeypatch.setattr(mixing, "_PIECE_S", 1.0)
    np.testing.assert_allclose(mixed(tmp_path / "pieces.wav", *sources), whole, atol=1e-4)


def test_stereo_stays_stereo(tmp_path: Path, voice: Samples) -> None:
    mix([wav(tmp_path / "a.wav", voice, 0 * voice)] * 2, [0.0, -6.02], tmp_path / "out.wav", 2)
    found = WavFile(tmp_path / "out.wav").cut(0, 9).samples
    np.testing.assert_allclose(found, np.stack([np.clip(1.5 * voice, -1, 1), 0 * voice]), atol=1e-3)


@pytest.mark.parametrize("gain", [0.01, 1.0])
def test_speech_is_brought_to_one_level(voice: Samples, gain: float) -> None:
    sound = Waveform((gain * voice)[None], RATE)
    spans = [Span(0.0, 1.0), Span(1.5, 4.0)]
    factor = 10 ** (leveling_gain_db(sound, spans) / 20)
    spoken = np.concatenate([sound.cut(span.start, span.end).samples[0] for span in spans])
    assert 20 * np.log10(factor * level(spoken)) == pytest.approx(SPEECH_LEVEL_DB, abs=0.1)
