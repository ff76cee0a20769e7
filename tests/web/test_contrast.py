"""Text can be read: WCAG 2.2, 1.4.3, level AA, in both colour schemes."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "static" / "konspekt.css").read_text(encoding="utf-8")
PAIRS = (
    *(("ink", ground) for ground in ("desk", "paper", "green-soft")),
    *(("soft-ink", ground) for ground in ("desk", "paper")),
    *(("green", ground) for ground in ("desk", "paper")),
    ("green-strong", "green-soft"),
    *(("on-green", ground) for ground in ("green", "green-strong")),
    *(("red", ground) for ground in ("paper", "red-soft")),
    ("paper", "red"),
    ("amber", "amber-soft"),
)


def colours(scheme: str) -> dict[str, str]:
    block = re.search(rf'\[data-bs-theme="{scheme}"\] \{{(.*?)\}}', CSS, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    palette = colours(scheme)
    darker, lighter = sorted((luminance(palette[text]), luminance(palette[ground])))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
