"""Levels of speech and noise in a recording, and its waveform: what pages show of a cleaned recording."""

from dataclasses import dataclass

import numpy as np

from app.audio.waveform import Samples, Sound
from app.progress import Progress

FRAME_S = 0.05
N_PEAKS = 600  # bars of a drawn waveform: about one for two pixels of a wide page
NOISE_PERCENTILE, SPEECH_PERCENTILE = 10, 95
SILENCE_DB = -96.0  # one step of 16-bit sound: the quietest level there is
_PIECE_S = 30.0


@dataclass(frozen=True, slots=True)
class Levels:
    """noise_db, speech_db: of the quiet and of the loud frames, in dB of full scale."""

    noise_db: float
    speech_db: float


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at a whole recording. peaks: N_PEAKS values 0..1, the loudest sample of each stretch."""

    levels: Levels
    peaks: tuple[float, ...]


def levels(energies: Samples) -> Levels:
    """Tell noise from speech by the energy of frames.

    Between words the frame energy falls to the noise floor, so a low percentile of it is the noise and a
    high one the speech.

    Args:
        energies: (n,) mean square of each frame.
    """
    if len(energies) == 0:
        return Levels(SILENCE_DB, SILENCE_DB)
    quiet, loud = np.percentile(energies, (NOISE_PERCENTILE, SPEECH_PERCENTILE))
    return Levels(_decibels(float(quiet)), _decibels(float(loud)))


def survey(sound: Sound, look: Progress = lambda done: None) -> Survey:
    """Read a recording once, piece by piece. look: called with 0..1; what it raises ends the reading."""
    duration_s = sound.duration_s
    frame = max(1, round(FRAME_S * sound.sample_rate))
    energies: list[Samples] = []
    peaks = np.zeros(N_PEAKS, np.float32)
    at = 0.0
    while at < duration_s:
        samples = sound.cut(at, at + _PIECE_S).mono()
        whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
        energies.append(np.square(whole).mean(axis=1, dtype=np.float32))
        first = round(at * sound.sample_rate)
        bars = (first + np.arange(len(samples))) * N_PEAKS // max(1, round(duration_s * sound.sample_rate))
        np.maximum.at(peaks, np.minimum(bars, N_PEAKS - 1), np.abs(samples))
        at += _PIECE_S
        look(min(1.0, at / duration_s))
    together = np.concatenate(energies) if energies else np.zeros(0, np.float32)
    return Survey(levels(together), tuple(round(min(1.0, float(peak)), 3) for peak in peaks))


def _decibels(energy: float) -> float:
    return round(max(SILENCE_DB, 10 * float(np.log10(energy + 1e-12))), 1)
