"""Pitch by autocorrelation and the best path through its candidates (Boersma 1993; Praat's settings).

It judges repaired speech, so it must not take residual noise for voice, as WORLD's own estimator often does;
and the vocoder takes it from here, since it also finds the voice in creaking and robotic speech.
"""

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

HOP = 160  # 10 ms
LOW_HZ, HIGH_HZ = 60.0, 500.0
_SILENCE, _VOICING = 0.03, 0.45
_OCTAVE_COST, _OCTAVE_JUMP, _VOICED_UNVOICED = 0.01, 0.35, 0.14
_CANDIDATES = 8
_WINDOW = int(3 * SPEECH_RATE_HZ / LOW_HZ)  # three of the longest periods

Contour = npt.NDArray[np.float64]


def pitch(samples: Samples, hop: int = HOP) -> Contour:
    """Return F0 in Hz every `hop` samples between 60 and 500 Hz; 0 where nothing is voiced."""
    n = max(1, 1 + (len(samples) - 1) // hop)
    padded = np.pad(samples.astype(np.float64), (_WINDOW // 2, _WINDOW + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::hop][:n]
    frames = frames - frames.mean(axis=1, keepdims=True)
    loudest = float(np.abs(samples - samples.mean()).max()) if len(samples) else 0.0
    if loudest == 0:
        return np.zeros(n)
    peaks = np.abs(frames[:, _WINDOW // 2 - HOP : _WINDOW // 2 + HOP]).max(axis=1) / loudest
    hz, strength = _candidates(frames)
    unvoiced = _VOICING + np.maximum(0, 2 - peaks / (_SILENCE / (1 + _VOICING)))
    return _best_path(
        np.concatenate([np.zeros((n, 1)), hz], axis=1),
        np.concatenate([unvoiced[:, None], strength], axis=1),
        HOP / hop,  # a change costs as much per second, however fine the steps
    )


def _candidates(frames: Contour) -> tuple[Contour, Contour]:
    """Return the best periods of each frame as (frames, candidates) Hz, and their strengths."""
    window = np.hanning(_WINDOW)
    size = 1 << (2 * _WINDOW).bit_length()
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, size)) ** 2)
    spectrum = np.abs(np.fft.rfft(frames * window, size, axis=1)) ** 2
    shortest, longest = int(SPEECH_RATE_HZ / HIGH_HZ) - 1, int(SPEECH_RATE_HZ / LOW_HZ) + 2
    own = np.fft.irfft(spectrum, axis=1)[:, : longest + 1]
    own = own / (own[:, :1] + 1e-12) / (of_window[: longest + 1] / of_window[0])
    here, before, after = own[:, shortest:-1], own[:, shortest - 1 : -2], own[:, shortest + 1 :]
    bend = np.minimum(before - 2 * here + after, -1e-9)
    offset = np.clip((before - after) / (2 * bend), -1, 1)  # a parabola through three points
    height = here - (before - after) * offset / 4
    lag = np.arange(shortest, longest) + offset
    hz = SPEECH_RATE_HZ / lag
    summit = (here > before) & (here >= after) & (hz >= LOW_HZ) & (hz <= HIGH_HZ)
    strength = np.where(summit, np.minimum(height, 1) + _OCTAVE_COST * np.log2(hz / LOW_HZ), -np.inf)
    best = np.argsort(-strength, axis=1)[:, :_CANDIDATES]
    return np.take_along_axis(hz, best, axis=1), np.take_along_axis(strength, best, axis=1)


def _best_path(hz: Contour, strength: Contour, cost: float) -> Contour:
    """Choose a candidate for each frame: most strength, fewest jumps. The first stands for no voice."""
    voiced = np.ones(hz.shape[1], dtype=bool)
    voiced[0] = False
    changes = cost * _VOICED_UNVOICED * (voiced[:, None] != voiced[None, :])
    octaves = np.log2(np.maximum(hz, 1.0))
    total, came_from = strength[0], np.zeros(hz.shape, dtype=np.int64)
    for i in range(1, len(hz)):
        jumps = cost * _OCTAVE_JUMP * np.abs(octaves[i - 1][:, None] - octaves[i][None, :])
        jumps[0, :] = jumps[:, 0] = 0
        reached = total[:, None] - changes - jumps
        came_from[i] = reached.argmax(axis=0)
        total = strength[i] + reached.max(axis=0)
    chosen = np.zeros(len(hz), dtype=np.int64)
    chosen[-1] = total.argmax()
    for i in range(len(hz) - 1, 0, -1):
        chosen[i - 1] = came_from[i, chosen[i]]
    return hz[np.arange(len(hz)), chosen]
