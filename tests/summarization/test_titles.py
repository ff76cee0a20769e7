import pytest

from app.summarization.titles import opening, title, titles

ROOF = ["Крыша школы течёт.", "Ремонт крыши стоит миллион.", "Крышу красили давно."]
FOOD = ["Обеды в столовой остывают.", "Повар столовой уволился.", "Столовая просит посуду."]


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


@pytest.mark.parametrize("noise", ["Aaa aaa aaa.", "Wait wait wait.", "Mmm."])
def test_noises_and_words_said_again_are_no_title(noise: str) -> None:
    said = [noise, "I think the remote remote control is what they hate.", "It has a remote control."]
    assert titles([said], "en") == ["Remote control"]


def test_what_people_do_is_no_title_and_a_thing_that_ends_so_is() -> None:
    said = ["They clipped the yellow wire.", "Then she clipped the yellow wire.", "He clipped it."]
    assert titles([said, ["The heating is off.", "Who is at the heating?"]], "en") == [
        "Yellow wire",
        "Heating",
    ]
