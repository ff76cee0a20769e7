import numpy as np
import pytest

from app.training.scores import speech_scores
from app.training.scores.speech_scores import centroids, cosine, word_errors
from tests.speech import english

TEXT = "The new office will open in September."


def test_a_clear_voice_is_understood_and_noise_is_not() -> None:
    samples = english(TEXT).mono()
    assert word_errors(TEXT, samples) < 0.3
    assert word_errors(TEXT, np.zeros(16_000, np.float32)) > 0.8


def test_the_rate_counts_what_is_missing_wrong_and_too_much() -> None:
    samples = english(TEXT).mono()
    heard = word_errors(TEXT, samples)
    assert word_errors(f"{TEXT} Nobody was ever told about this.", samples) > heard + 0.3
    assert word_errors("September.", samples) > 1


def test_without_the_speaker_encoder_no_likeness_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_scores, "speaker_encoder", lambda: None)
    assert centroids([("a", np.zeros(100, np.float32))]) == {}
    assert np.isnan(cosine({}, "a", np.zeros(100, np.float32)))


def test_likeness_is_the_cosine_to_the_mean_of_a_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_scores, "speaker_encoder", lambda: lambda sound: sound[:2])
    east, north = np.array([3, 0], np.float32), np.array([0, 1], np.float32)
    voices = centroids([("a", east), ("a", east), ("b", north)])
    assert voices["a"].tolist() == [3, 0]
    assert cosine(voices, "a", np.array([1, 1], np.float32)) == pytest.approx(0.5**0.5)
