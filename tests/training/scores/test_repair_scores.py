import math

import numpy as np
import pytest

from app.training.scores.repair_scores import DAMAGED, FINAL, RepairScore, judge, real_time_factor, summarize
from app.training.scores.testset import Case
from tests.training.conftest import noisy, speak_like


def score(system: str, name: str, si_sdr: float, pesq: float = 2.0) -> RepairScore:
    return RepairScore(
        "noise", "rain 5 dB", "a", name, system, si_sdr, pesq, 0.8, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1
    )


def test_a_summary_has_means_gains_over_the_damaged_sound_and_their_standard_error() -> None:
    scores = [score(DAMAGED, "1", 5), score(DAMAGED, "2", 7), score(FINAL, "1", 9), score(FINAL, "2", 13)]
    damaged, final = summarize(scores)
    assert (damaged.system, damaged.n, damaged.si_sdr, damaged.gain_si_sdr) == (DAMAGED, 2, 6.0, 0.0)
    assert (final.system, final.si_sdr, final.gain_si_sdr) == (FINAL, 11.0, 5.0)
    assert final.error_si_sdr == pytest.approx(math.sqrt(2) / math.sqrt(2))


def test_a_sentence_without_pesq_does_not_spoil_the_mean() -> None:
    scores = [score(DAMAGED, "1", 5), score(DAMAGED, "2", 5, math.nan)]
    assert summarize(scores)[0].pesq == 2.0


def test_the_clean_sound_is_the_best_estimate_of_a_case() -> None:
    clean = speak_like(1, 1.0)
    case = Case("noise", "white", "a", "1", clean, noisy(clean, 5))
    best, worst = judge(case, "clean", clean), judge(case, DAMAGED, case.damaged)
    assert best.q == pytest.approx(0, abs=1e-6)
    assert best.si_sdr > worst.si_sdr
    assert best.pesq > worst.pesq
    assert best.stoi > worst.stoi
    assert best.q < worst.q


def test_the_real_time_factor_is_per_second_of_sound() -> None:
    given: list[int] = []

    def system(samples: np.ndarray) -> np.ndarray:
        given.append(len(samples))
        return np.fft.irfft(np.fft.rfft(samples)).astype(np.float32)

    assert 0 < real_time_factor(system, seconds=1.0) < 1
    assert given == [16_000] * 4
