"""The charts of the experiment. Each draws one figure and returns it as PNG."""

from collections.abc import Sequence

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.experiment.results import Means, Result
from app.training.report.charts import COLOURS, figure, png
from app.training.scores.metrics import Quality

TERMS = ("MSE", "pitch", "loudness")


def bars(rows: Sequence[Result]) -> bytes:
    """Bars of Q on the one voice, stacked by its weighted terms, each beside the published figure."""
    drawn = figure(10, 4.5)
    axes = drawn.subplots()
    places = np.arange(len(rows))
    bottoms = np.zeros(len(rows))
    for colour, label, values in zip(
        COLOURS, TERMS, np.transpose([_terms(r.single) for r in rows]), strict=False
    ):
        axes.bar(places - 0.2, values, 0.38, bottom=bottoms, color=colour, label=label)
        bottoms += values
    axes.errorbar(
        places - 0.2, bottoms, [r.single.error for r in rows], fmt="none", ecolor="black", capsize=3
    )
    published = [(r.published or {}).get("q") or 0.0 for r in rows]
    axes.bar(places + 0.2, published, 0.38, color="#bbbbbb", label="published, other recordings")
    axes.set_xticks(places, [row.name for row in rows])
    axes.set(ylabel="Q (lower is better)")
    axes.legend()
    return png(drawn)


def shares(result: Result) -> bytes:
    """A pie of what Q is made of, over all voices."""
    drawn = figure(5.5, 4)
    axes = drawn.subplots()
    axes.pie(
        _terms(result.all_voices or result.single), labels=list(TERMS), autopct="%.0f %%", colors=COLOURS
    )
    axes.set_title(f"Terms of Q: {result.name}")
    return png(drawn)


def spectrograms(sounds: dict[str, Samples]) -> bytes:
    """Spectrograms side by side, two in a row."""
    height = (len(sounds) + 1) // 2
    drawn = figure(12, 2.5 * height)
    grid = drawn.subplots(height, 2, sharex=True, sharey=True, squeeze=False)
    for axes in grid.flat[len(sounds) :]:
        axes.set_axis_off()
    for axes, (name, samples) in zip(grid.flat, sounds.items(), strict=False):
        axes.specgram(
            samples + 1e-9, NFFT=512, Fs=SPEECH_RATE_HZ, noverlap=384, vmin=-140, vmax=-30, cmap="magma"
        )
        axes.set_title(name)
    for axes in grid[:, 0]:
        axes.set_ylabel("Hz")
    for axes in grid[-1]:
        axes.set_xlabel("s")
    return png(drawn)


def _terms(means: Means) -> tuple[float, float, float]:
    return Quality(means.mse, means.cos_pitch, means.cos_loudness).parts
