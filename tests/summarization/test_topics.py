import numpy as np
import pytest

from app.summarization.rank import tf_idf
from app.summarization.topics import announces, borders
from app.summarization.words import content


def words(*texts: str, language: str = "ru") -> list[list[str]]:
    return [content(text, language) for text in texts]


ROOF = [
    "Крыша школы течёт.",
    "Ремонт крыши стоит миллион.",
    "Кровельщики починят крышу летом.",
    "Крышу красили давно.",
]
FOOD = [
    "Обеды в столовой остывают.",
    "Повар столовой уволился.",
    "Меню столовой скучное.",
    "Столовая просит посуду.",
]


def test_a_border_lies_where_people_begin_to_talk_of_something_else() -> None:
    texts = (ROOF * 4) + (FOOD * 4)
    rows, _ = tf_idf(words(*texts))
    assert borders(rows, texts) == [0, 16]


def test_a_border_lies_where_somebody_announces_it() -> None:
    texts = [*ROOF, "Второй вопрос, столовая.", *FOOD]
    rows, _ = tf_idf(words(*texts))
    assert borders(rows, texts) == [0, 4]


def test_no_topic_is_so_long_that_ranking_it_takes_much_memory() -> None:
    texts = [f"{ROOF[i % 4]} {i}" for i in range(6000)]
    rows, _ = tf_idf(words(*texts))
    starts = [*borders(rows, texts), 6000]
    assert max(np.diff(starts)) <= 250


@pytest.mark.parametrize(
    "text",
    [
        "Второй вопрос, хостинг.",
        "Так, теперь бюджет.",
        "По ремонту школы.",
        "Переходим к отпускам.",
        "Next item, parking.",
        "Okay, let's move on to the budget.",
        "Secondly, the library.",
        "Right, the last thing is the roof.",
    ],
)
def test_an_announcement_is_known_by_its_words(text: str) -> None:
    assert announces(text)


@pytest.mark.parametrize(
    "text", ["Крыша течёт.", "По словам завхоза, крыша течёт давно.", "The next day it rained."]
)
def test_other_sentences_announce_nothing(text: str) -> None:
    assert not announces(text)
