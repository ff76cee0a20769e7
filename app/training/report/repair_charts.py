"""The charts of repair. Each draws one figure and returns it as PNG."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.damage.damage import DamageEvent
from app.training.report.charts import COLOURS, figure, png
from app.training.scores import testset
from app.training.scores.metrics import WEIGHTS
from app.training.scores.repair_scores import RepairScore, Summary

# What the users published before this program, by the same formula; their recordings are not ours.
PUBLISHED = {"baseline": 0.065, "improved": 0.0375, "multispeaker": 0.0265, "final": 0.017}


def models(scores: Sequence[RepairScore], block: str = testset.NOISE) -> bytes:
    """Bars of Q, stacked by its weighted terms, beside the published rows."""
    drawn = figure()
    axes = drawn.subplots()
    names = list(dict.fromkeys(score.system for score in scores))
    bottoms = np.zeros(len(names))
    for colour, weight, label, field in zip(
        COLOURS, WEIGHTS, ("MSE", "pitch", "loudness"), ("mse", "cos_pitch", "cos_loudness"), strict=False
    ):
        values = []
        for name in names:
            mine = [getattr(s, field) for s in scores if s.system == name and s.block == block]
            values.append(weight * float(np.mean(mine if field == "mse" else 1 - np.array(mine))))
        axes.bar(names, values, bottom=bottoms, color=colour, label=label)
        bottoms += values
    axes.bar(
        [f"published:\n{name}" for name in PUBLISHED],
        list(PUBLISHED.values()),
        color="#bbbbbb",
        label="published",
    )
    axes.set(
        ylabel="Q (lower is better)",
        title=f"Q on {block}, held out; the published rows are of other recordings",
    )
    axes.tick_params(axis="x", labelrotation=20)
    axes.legend()
    return png(drawn)


def shares(
    scores: Sequence[RepairScore], system: str, events: Sequence[DamageEvent], block: str = testset.NOISE
) -> bytes:
    """Pies: the terms of Q for a system, and the kinds of damage in the test set."""
    drawn = figure(9, 4)
    left, right = drawn.subplots(1, 2)
    mine = [s for s in scores if s.system == system and s.block == block]
    terms = [
        WEIGHTS[0] * np.mean([s.mse for s in mine]),
        WEIGHTS[1] * np.mean([1 - s.cos_pitch for s in mine]),
        WEIGHTS[2] * np.mean([1 - s.cos_loudness for s in mine]),
    ]
    left.pie(np.maximum(terms, 1e-9), labels=("MSE", "pitch", "loudness"), autopct="%.0f %%", colors=COLOURS)
    left.set_title(f"Terms of Q: {system}")
    counts = Counter(event.kind for event in events)
    right.pie(list(counts.values()), labels=list(counts), autopct="%.0f %%")
    right.set_title("Damage in the test set")
    return png(drawn)


def damages(by_kind: Sequence[Summary], names: Sequence[str]) -> bytes:
    """Bars of the gain for each kind of damage, with standard errors: what is below 0 is harm."""
    drawn = figure(10, 9)
    for axes, metric, unit in zip(
        drawn.subplots(3, 1, sharex=True),
        ("si_sdr", "pesq", "stoi"),
        ("SI-SDR, dB", "PESQ", "STOI"),
        strict=True,
    ):
        for i, name in enumerate(names):
            mine = [s for s in by_kind if s.system == name and s.block != "clean"]
            places = np.arange(len(mine)) + (i - len(names) / 2 + 0.5) * 0.8 / len(names)
            axes.bar(
                places, [getattr(s, f"gain_{metric}") for s in mine], 0.8 / len(names),
                yerr=[getattr(s, f"error_{metric}") for s in mine], color=COLOURS[i], label=name, capsize=2,
            )  # fmt: skip
            axes.set_xticks(np.arange(len(mine)), [s.block for s in mine], rotation=40, ha="right")
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set_ylabel(f"gain in {unit}")
    drawn.axes[0].legend()
    return png(drawn)


def speakers(by_speaker: dict[str, list[float]]) -> bytes:
    """Boxes of the SI-SDR gain for each held-out speaker."""
    drawn = figure(7, 4)
    axes = drawn.subplots()
    axes.boxplot(list(by_speaker.values()), tick_labels=list(by_speaker))
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel("SI-SDR gain on noise, dB")
    return png(drawn)


def spectrograms(sounds: dict[str, Samples], events: Sequence[DamageEvent] = ()) -> bytes:
    """Spectrograms one below the other, with short events marked."""
    drawn = figure(10, 2.4 * len(sounds))
    for axes, (name, samples) in zip(
        np.atleast_1d(drawn.subplots(len(sounds), 1)), sounds.items(), strict=True
    ):
        axes.specgram(
            samples + 1e-9, NFFT=512, Fs=SPEECH_RATE_HZ, noverlap=384, vmin=-140, vmax=-30, cmap="magma"
        )
        axes.set(title=name, ylabel="Hz")
        for event in events:
            if event.kind in ("dropout", "click"):
                axes.axvspan(event.start, event.end, ymin=0.94, color="cyan")
    drawn.axes[-1].set_xlabel("s")
    return png(drawn)
