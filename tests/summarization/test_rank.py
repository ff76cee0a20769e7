import numpy as np
import pytest

from app.summarization.rank import lexrank, mmr, tf_idf
from app.summarization.words import content


def words(*texts: str) -> list[list[str]]:
    return [content(text, "ru") for text in texts]


def test_the_most_central_sentence_ranks_first_and_its_copy_is_not_chosen() -> None:
    texts = ["Крыша школы течёт в трёх кабинетах.", "Крыша школы течёт в трёх кабинетах.",
             "Ремонт крыши школы дорог.", "Погода хорошая."]  # fmt: skip
    rows, _ = tf_idf(words(*texts))
    scores = lexrank(rows, np.ones(4))
    assert scores.sum() == pytest.approx(1)
    assert scores.argmin() == 3
    assert mmr(rows, scores, 3) in ([0, 2, 3], [1, 2, 3])


def test_sentences_without_words_rank_without_error() -> None:
    rows, _ = tf_idf([[], []])
    assert lexrank(rows, np.ones(2)).tolist() == [0.5, 0.5]
