"""The charts of synthesis. Each draws one figure and returns it as PNG."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.audio.waveform import Samples
from app.nets.synthesis import STEPS_PER_S
from app.training.report.charts import COLOURS, figure, png
from app.training.scores.features import log_mel
from app.training.scores.metrics import WEIGHTS
from app.training.scores.synthesis_scores import SynthesisScore


def systems(scores: Sequence[SynthesisScore]) -> bytes:
    """Bars of Q, stacked by its weighted terms, and of the speaker's cosine."""
    drawn = figure(10, 4)
    left, right = drawn.subplots(1, 2)
    names = list(dict.fromkeys(s.system for s in scores))
    mine = [[s for s in scores if s.system == name] for name in names]
    pitch = [WEIGHTS[1] * float(np.mean([1 - s.cos_pitch for s in of])) for of in mine]
    level = [WEIGHTS[2] * float(np.mean([1 - s.cos_loudness for s in of])) for of in mine]
    whole = [float(np.mean([s.q for s in of])) for of in mine]
    wave = [q - a - b for q, a, b in zip(whole, pitch, level, strict=True)]
    bottoms = np.zeros(len(names))
    for colour, label, values in zip(
        COLOURS, ("MSE", "pitch", "loudness"), (wave, pitch, level), strict=False
    ):
        left.bar(names, np.maximum(values, 0), bottom=bottoms, color=colour, label=label)
        bottoms += np.maximum(values, 0)
    left.set(ylabel="Q (lower is better)")
    left.legend()
    right.bar(names, [float(np.mean([s.speaker_cosine for s in of])) for of in mine], color=COLOURS[3])
    right.set(ylabel="cosine to the speaker", ylim=(0.5, 1))
    for axes in (left, right):
        axes.tick_params(axis="x", labelrotation=20)
    return png(drawn)


def mels(sounds: dict[str, Samples]) -> bytes:
    """Log-mel spectrograms one below the other."""
    drawn = figure(10, 2.4 * len(sounds))
    for axes, (name, samples) in zip(
        np.atleast_1d(drawn.subplots(len(sounds), 1)), sounds.items(), strict=True
    ):
        mel = log_mel(samples).T
        axes.imshow(mel, origin="lower", aspect="auto", vmin=mel.max() - 80, vmax=mel.max(), cmap="magma")
        axes.set(title=name, ylabel="mel band")
    drawn.axes[-1].set_xlabel("10 ms")
    return png(drawn)


def durations(phones: Sequence[str], truth: Sequence[int], said: Sequence[int]) -> bytes:
    """Bars of how long each phone lasts, natural and as the net has it."""
    drawn = figure(12, 4)
    axes = drawn.subplots()
    places = np.arange(len(phones))
    for shift, colour, label, steps in (
        (-0.2, COLOURS[0], "natural", truth),
        (0.2, COLOURS[1], "net", said),
    ):
        axes.bar(places + shift, np.array(steps) * 1000 / STEPS_PER_S, 0.4, color=colour, label=label)
    axes.set_xticks(places, [phone or "·" for phone in phones])
    axes.set_ylabel("ms")
    axes.legend()
    return png(drawn)


def similarity(voices: Sequence[str], cosines: npt.NDArray[np.float64]) -> bytes:
    """The matrix of cosines: row, the natural speaker; column, what the net says in a voice."""
    drawn = figure(7, 6)
    axes = drawn.subplots()
    shown = axes.imshow(cosines, vmin=0.4, vmax=1, cmap="viridis")
    axes.set_xticks(range(len(voices)), voices, rotation=45, ha="right")
    axes.set_yticks(range(len(voices)), voices)
    axes.set(xlabel="net", ylabel="natural")
    drawn.colorbar(shown)
    return png(drawn)


def embeddings(voices: Sequence[str], vectors: npt.NDArray[np.float64]) -> bytes:
    """The net's own speaker embeddings on their two main axes."""
    centred = vectors - vectors.mean(axis=0)
    _, _, axes_of = np.linalg.svd(centred, full_matrices=False)
    flat = centred @ axes_of[:2].T
    drawn = figure(7, 5)
    axes = drawn.subplots()
    for voice, (x, y) in zip(voices, flat, strict=True):
        axes.scatter(x, y, color=COLOURS[0 if voice.startswith("en") else 1])
        axes.annotate(voice, (x, y), xytext=(4, 4), textcoords="offset points")
    axes.set(xlabel="first axis", ylabel="second axis")
    return png(drawn)
