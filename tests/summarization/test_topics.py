import numpy as np
import pytest

from app.summarization.rank import lexrank, mmr, tf_idf
from app.summarization.titles import opening, title, titles
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


def test_a_title_is_made_of_the_topics_own_nouns_in_the_nominative() -> None:
    assert titles([ROOF, FOOD], "ru") == ["Крыша", "Столовая"]
    [title] = titles([["Новую смету проекта согласуют завтра.", "В смете проекта ошибка."]], "ru")
    assert title == "Смета проекта"
    parking = [
        "Visitors keep parking on the fire lane.",
        "We repaint the fire lane.",
        "The fire lane is narrow.",
    ]
    assert titles([parking, ["Heating got dearer.", "Heating is off."]], "en")[0] == "Fire lane"


def test_what_says_nothing_has_no_title() -> None:
    assert titles([["Да.", "Ну вот."]], "ru") == [""]


def test_a_topic_where_nothing_stands_out_is_named_by_its_first_words() -> None:
    assert title(["Ну вот, и так далее, как всегда, вот."], "ru") == "Ну вот, и так далее, как…"
    assert opening("Да.") == "Да"


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
