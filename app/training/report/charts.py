"""What the charts of repair and of synthesis share. matplotlib is the lab's alone: imported when drawing."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.audio.pitch import pitch
from app.audio.waveform import Samples
from app.training.scores.features import loudness
from app.training.scores.metrics import cosine

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2")


def figure(width: float = 9, height: float = 4) -> "Figure":
    """Return an empty figure; sizes in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", dpi=110)


def png(drawn: "Figure") -> bytes:
    """Return a figure as PNG."""
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png")
    return buffer.getvalue()


def contours(reference: Samples, sounds: dict[str, Samples], called: str = "clean") -> bytes:
    """F0 and loudness laid over those of the reference, with their cosines."""
    drawn = figure(10, 6)
    for axes, measure, unit in zip(drawn.subplots(2, 1), (pitch, loudness), ("F0, Hz", "RMS"), strict=True):
        truth = measure(reference)
        axes.plot(np.arange(len(truth)) / 100, truth, color="black", linewidth=2, alpha=0.4, label=called)
        for colour, (name, samples) in zip(COLOURS, sounds.items(), strict=False):
            contour = measure(samples)
            label = f"{name}: {cosine(truth, contour):.3f}"
            axes.plot(np.arange(len(contour)) / 100, contour, color=colour, linewidth=1, label=label)
        axes.set_ylabel(unit)
        axes.legend(loc="upper right", fontsize=8)
    drawn.axes[-1].set_xlabel("s")
    return png(drawn)


def curves(folders: dict[str, Path]) -> bytes | None:
    """Draw the losses that trainings left in `curve.csv`; None where there is none."""
    found = {
        name: folder / "curve.csv" for name, folder in folders.items() if (folder / "curve.csv").exists()
    }
    if not found:
        return None
    drawn = figure(5 * len(found), 4)
    for axes, (name, path) in zip(np.atleast_1d(drawn.subplots(1, len(found))), found.items(), strict=True):
        table: Any = np.genfromtxt(path, delimiter=",", names=True)
        for column in ("train", "valid"):
            axes.plot(table["step"], table[column], label=column)
        axes.set(title=name, xlabel="step", ylabel="loss")
        axes.legend()
    return png(drawn)
