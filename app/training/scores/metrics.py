"""Measures of repaired or synthetic speech against a reference: Q and its terms, SI-SDR, PESQ, STOI.

Q = 0.5 · MSE + 0.3 · (1 - cos_pitch) + 0.2 · (1 - cos_loudness); 0 is perfect.

MSE: of the waveforms, both divided by the reference's peak, after the optimal scalar gain.
cos_pitch: cosine of F0 per 10 ms, 0 where unvoiced, 60 to 500 Hz, by autocorrelation.
cos_loudness: cosine of linear RMS, 40 ms every 10 ms.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.audio.pitch import pitch
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.scores.features import log_mel, loudness

WEIGHTS = (0.5, 0.3, 0.2)


@dataclass(frozen=True, slots=True)
class Quality:
    """The three terms of Q, and Q itself."""

    mse: float
    cos_pitch: float
    cos_loudness: float

    @property
    def parts(self) -> tuple[float, float, float]:
        """The weighted shares of MSE, pitch and loudness in Q."""
        terms = (self.mse, 1 - self.cos_pitch, 1 - self.cos_loudness)
        mse, tone, level = (weight * term for weight, term in zip(WEIGHTS, terms, strict=True))
        return mse, tone, level

    @property
    def q(self) -> float:
        return sum(self.parts)


def quality(reference: Samples, estimate: Samples) -> Quality:
    """Measure (n,) samples at 16 kHz against the reference; the longer is cut."""
    n = min(len(reference), len(estimate))
    reference, estimate = reference[:n], estimate[:n]
    return Quality(
        waveform_mse(reference, estimate),
        cosine(pitch(reference), pitch(estimate)),
        cosine(loudness(reference), loudness(estimate)),
    )


def waveform_mse(reference: Samples, estimate: Samples) -> float:
    peak = float(np.abs(reference).max()) + 1e-12
    truth, guess = reference.astype(np.float64) / peak, estimate.astype(np.float64) / peak
    gain = float(truth @ guess) / (float(guess @ guess) + 1e-12)
    return float(np.mean((truth - gain * guess) ** 2))


def mel_mse(reference: Samples, estimate: Samples) -> float:
    """Return the error of log-mel spectrograms mapped to [0, 1] over the 80 dB below the reference's peak."""
    n = min(len(reference), len(estimate))
    truth, guess = log_mel(reference[:n]), log_mel(estimate[:n])
    top = float(truth.max())
    scaled = [np.clip((mel - top + 80) / 80, 0, 1) for mel in (truth, guess)]
    return float(np.mean((scaled[0] - scaled[1]) ** 2))


def cosine(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Return the cosine; two contours that are all zero agree."""
    n = min(len(one), len(other))
    one, other = one[:n], other[:n]
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    if size == 0:
        return float(not one.any() and not other.any())
    return min(1.0, float(one @ other) / size)  # rounding may leave a little more


def si_sdr(reference: Samples, estimate: Samples) -> float:
    """Return the scale-invariant signal-to-distortion ratio in dB (Le Roux et al. 2019), at most 100."""
    n = min(len(reference), len(estimate))
    truth = reference[:n].astype(np.float64) - reference[:n].mean()
    guess = estimate[:n].astype(np.float64) - estimate[:n].mean()
    wanted = (truth @ guess) / (truth @ truth + 1e-12) * truth
    error = guess - wanted
    return float(min(100.0, 10 * np.log10((wanted @ wanted + 1e-12) / (error @ error + 1e-12))))


def pesq_wb(reference: Samples, estimate: Samples) -> float:
    """Return wideband PESQ (ITU-T P.862.2), 1.04 to 4.64; NaN where no utterance is found."""
    from pesq import NoUtterancesError, pesq

    try:
        return float(pesq(SPEECH_RATE_HZ, reference, estimate, "wb"))
    except NoUtterancesError:
        return float("nan")


def stoi(reference: Samples, estimate: Samples) -> float:
    """Return short-time objective intelligibility (Taal et al. 2011), 0 to 1."""
    from pystoi import stoi as measure

    return float(measure(reference, estimate, SPEECH_RATE_HZ))
