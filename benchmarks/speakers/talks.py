"""Talks of several voices whose turns are known: pauses, people who talk at once, rooms and noise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.documents.diarization import Turn
from benchmarks.speakers.voices import Voice

RATE = SPEECH_RATE_HZ
PAUSE_S, OVERLAP_S = (0.1, 0.9), (0.3, 1.5)
OVERLAPS = 0.2  # of the changes of speaker
GAP_S = 0.25  # of silence within a turn that its reference does not count as a pause
_QUIET_DB, _FRAME_S = -35.0, 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Talk:
    """A recording and who speaks when in it. far: from the microphone, in a noisy room."""

    name: str
    samples: Samples
    turns: tuple[Turn, ...]
    far: bool

    @property
    def n_speakers(self) -> int:
        return len({turn.speaker for turn in self.turns})


def compose(voices: Mapping[Voice, Sequence[Samples]], n: int, length_s: float, far: bool, seed: int) -> Talk:
    """Let `n` of the voices talk, mostly recorded ones, for as long as they have something to say."""
    rng = np.random.default_rng([seed, n, far])
    recorded = [voice for voice in voices if voice.recorded]
    spoken = [voice for voice in voices if not voice.recorded]
    n_recorded = min(len(recorded), max(n - len(spoken), round(0.7 * n)))
    chosen = [*rng.permutation(len(recorded))[:n_recorded]]  # type: ignore[list-item]
    cast = [recorded[int(index)] for index in chosen]
    cast += [spoken[int(index)] for index in rng.permutation(len(spoken))[: n - n_recorded]]
    rooms = [_room(rng, far) for _ in cast]
    gains = 10 ** (rng.uniform(-5, 3, len(cast)) / 20)
    left = {voice: [voices[voice][int(i)] for i in rng.permutation(len(voices[voice]))] for voice in cast}
    sound = np.zeros(round((length_s + 60) * RATE), np.float32)
    turns: list[Turn] = []
    at, before = 0.5, -1
    while at < length_s and any(left.values()):
        able = [index for index, voice in enumerate(cast) if left[voice] and index != before]
        index = int(rng.choice(able)) if able else before
        for _ in range(int(rng.integers(1, 4))):
            if not left[cast[index]] or at >= length_s:
                break
            said = left[cast[index]].pop()
            heard = fftconvolve(said, rooms[index])[: len(said) + RATE // 4].astype(np.float32)
            first = round(at * RATE)
            sound[first : first + len(heard)] += gains[index] * heard[: len(sound) - first]
            turns += [Turn(at + start, at + end, cast[index].name) for start, end in spoken_spans(said)]
            at += len(said) / RATE + float(rng.uniform(*PAUSE_S))
        if rng.random() < OVERLAPS:
            at = max(0.5, at - float(rng.uniform(*PAUSE_S)) - float(rng.uniform(*OVERLAP_S)))
        before = index
    sound = sound[: round((max(turn.end for turn in turns) + 0.5) * RATE)]
    snr_db = float(rng.uniform(12, 22) if far else rng.uniform(25, 40))
    noise = _pink(rng, len(sound)) * np.sqrt(np.square(sound).mean()) * 10 ** (-snr_db / 20)
    mixed = (sound + noise).astype(np.float32)
    name = f"{n} voices{', far' if far else ''}, seed {seed}"
    return Talk(name, mixed / max(1.0, float(np.abs(mixed).max()) / 0.9), tuple(turns), far)


def recorded_clips(folder: Path, names: Sequence[str]) -> list[Talk]:
    """Return clips of real meetings that lie beside an RTTM with their turns."""
    clips = []
    rows = [line.split() for path in sorted(folder.glob("*.rttm")) for line in path.read_text().splitlines()]
    for name in names:
        samples, _ = soundfile.read(folder / f"{name}.flac", dtype="float32")
        turns = [Turn(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows if row[1] == name]
        clips.append(Talk(f"AMI {name}", samples, tuple(turns), far=True))
    return clips


def spoken_spans(samples: Samples) -> list[tuple[float, float]]:
    """Return where a clean utterance is loud, in seconds, short silences included."""
    frame = round(_FRAME_S * RATE)
    energy = np.square(samples[: len(samples) // frame * frame].reshape(-1, frame)).mean(axis=1)
    loud = np.flatnonzero(10 * np.log10(energy / energy.max() + 1e-12) > _QUIET_DB)
    breaks = np.flatnonzero(np.diff(loud) * _FRAME_S > GAP_S)
    firsts, lasts = loud[[0, *(breaks + 1)]], loud[[*breaks, -1]]
    return [(float(a) * _FRAME_S, float(b + 1) * _FRAME_S) for a, b in zip(firsts, lasts, strict=True)]


def _room(rng: np.random.Generator, far: bool) -> Samples:
    """Return an impulse response: the direct sound, a few early reflections and a decaying tail."""
    rt60_s = float(rng.uniform(0.35, 0.7) if far else rng.uniform(0.1, 0.25))
    direct_db = float(rng.uniform(-2, 5) if far else rng.uniform(10, 18))  # over all that is reflected
    times = np.arange(round(rt60_s * RATE)) / RATE
    tail = rng.standard_normal(len(times)) * 10 ** (-3 * times / rt60_s)
    for at_s in rng.uniform(0.003, 0.03, 6):
        tail[round(at_s * RATE)] += float(rng.normal()) * 4
    tail[: round(0.002 * RATE)] = 0
    tail *= 10 ** (-direct_db / 20) / np.sqrt(np.square(tail).sum())
    tail[0] = 1.0
    response: Samples = tail.astype(np.float32)
    return response


def _pink(rng: np.random.Generator, n: int) -> Samples:
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20 * n / RATE))
    noise = np.fft.irfft(spectrum, n)
    pink: Samples = (noise / np.sqrt(np.square(noise).mean())).astype(np.float32)
    return pink
