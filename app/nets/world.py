"""The WORLD vocoder: speech to frames of pitch, envelope and breathiness, and back (Morise et al. 2016).

A frame is 5 ms: 60 coefficients of the envelope, 1 of aperiodicity, log F0 (bridged where unvoiced), voicing.
"""

import numpy as np
import numpy.typing as npt

from app.audio.pitch import pitch
from app.audio.waveform import SPEECH_RATE_HZ, Samples

VERSION = 2  # of what `analyse` finds; results that are kept belong to it
FRAME_MS = 5.0
FRAMES_PER_S = 200
N_ENVELOPE = 60
N_FEATURES = N_ENVELOPE + 3
LOW_HZ, HIGH_HZ = 60.0, 500.0
_FFT = 1024  # cheaptrick's size at 16 kHz with a floor of 60 Hz

Frames = npt.NDArray[np.float32]


def analyse(samples: Samples) -> Frames:
    """Return (frames, N_FEATURES) of (n,) samples at 16 kHz.

    F0 is not taken from WORLD's own estimators: copies of ten voices have a cos_pitch of .90 with dio, .93
    with harvest, .96 with ours. D4C's second opinion on voicing is switched off for the same reason.
    """
    import pyworld

    sound = samples.astype(np.float64)
    hz = pitch(samples, SPEECH_RATE_HZ // FRAMES_PER_S)
    times = np.arange(len(hz)) * FRAME_MS / 1000
    envelope = pyworld.cheaptrick(sound, hz, times, SPEECH_RATE_HZ, f0_floor=LOW_HZ, fft_size=_FFT)
    breath = pyworld.d4c(sound, hz, times, SPEECH_RATE_HZ, threshold=0.0, fft_size=_FFT)
    coded = pyworld.code_spectral_envelope(np.maximum(envelope, 1e-12), SPEECH_RATE_HZ, N_ENVELOPE)
    coded_breath = pyworld.code_aperiodicity(breath, SPEECH_RATE_HZ)[:, :1]
    voiced = hz > 0
    bridged = np.full(len(hz), np.log(120.0))
    if voiced.any():
        bridged = np.interp(np.arange(len(hz)), np.flatnonzero(voiced), np.log(hz[voiced]))
    return np.concatenate([coded, coded_breath, bridged[:, None], voiced[:, None]], axis=1).astype(np.float32)


def synthesize(frames: Frames) -> Samples:
    """Return (n,) samples at 16 kHz of (frames, N_FEATURES)."""
    import pyworld

    wide = frames.astype(np.float64)
    coded, breath = np.ascontiguousarray(wide[:, :N_ENVELOPE]), wide[:, N_ENVELOPE : N_ENVELOPE + 1]
    hz = np.where(wide[:, -1] > 0.5, np.clip(np.exp(wide[:, -2]), LOW_HZ, HIGH_HZ), 0.0)
    envelope = pyworld.decode_spectral_envelope(coded, SPEECH_RATE_HZ, _FFT)
    aperiodicity = pyworld.decode_aperiodicity(
        np.ascontiguousarray(np.minimum(breath, 0)), SPEECH_RATE_HZ, _FFT
    )
    sound = pyworld.synthesize(hz, envelope, aperiodicity, SPEECH_RATE_HZ, FRAME_MS)
    return np.asarray(np.clip(sound, -1, 1), np.float32)
