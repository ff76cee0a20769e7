"""Wrong words are counted by sentence, whatever the order, and told with how sure they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import orders
from benchmarks.sentences import BEFORE, n_words, shuffled, wrong_words


def test_wrong_words_are_counted_where_they_stand() -> None:
    said = ["Please call Stella.", "Six spoons of snow-peas", "to the store"]
    assert wrong_words(said, "please call stella 6 spoons of snow peas to the store") == [0, 0, 0]
    assert wrong_words(said, "please Stella. Six spoons of new peas to the old store now") == [1, 1, 2]
    assert wrong_words(said, "") == [3, 5, 3]


def test_an_order_has_each_sentence_once_and_half_of_them_noisy() -> None:
    one, two = shuffled(1), shuffled(2)
    assert one != two
    assert {text for _, text in one} == {text for _, text in two} == {text for _, text in BEFORE}
    assert len(one) == len(BEFORE)
    assert sum("noisy" in name for name, _ in one) == 3


def test_what_is_wrong_is_summed_over_the_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "joined", lambda names: np.zeros(160, np.float32))
    asked: dict[str, int] = dict.fromkeys(orders.COMPARED, 0)
    stella = "Please call Stella."

    def hear(name: str, sounds: Sequence[Path]) -> list[dict[str, Any]]:
        heard = []
        for sound in sounds:
            asked[name] += 1
            said = [text for _, text in shuffled(int(sound.stem) + 1)]
            if name == "balanced" and sound.stem != "0":  # ours misses a sentence in two of three orders
                said.remove(stella)
            if name == "whisper command":
                said = said[1:]
            heard.append({"heard": [(0.0, 1.0, text) for text in said]})
        return heard

    told = {figure.what: figure.value for figure in orders.measure(3, hear)}
    assert asked == dict.fromkeys(orders.COMPARED, 3)
    n = told["3 orders: words"]
    assert n == 3 * sum(n_words(text) for _, text in BEFORE)
    assert told["3 orders, balanced: word error rate"] == pytest.approx(2 * 3 / n)
    assert told["3 orders, faster-whisper: word error rate"] == 0
    above = "3 orders: word error rate above the best of them, faster-whisper"
    assert told[above] == pytest.approx(6 / n)
    assert 0 == told[f"{above}, 95 % from"] < told[above] < told[f"{above}, 95 % to"]
