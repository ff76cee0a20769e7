"""Minutes in another language: what a model translates is checked, and what fails stays as it was said."""

import json

import pytest

from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.summarization.prompt import Prompt
from app.summarization.translation import AS_SAID, TRANSLATED, can_translate, fits, translated
from tests.summarization.obedient import Obedient

KNOWN = {
    "We rent the office from May.": "Мы снимаем офис с мая.",
    "Boris writes to the landlord.": "Борис пишет арендодателю.",
    "by Friday": "до пятницы",
    "Office": "Офис",
    "The rent is 80 thousand.": "Аренда стоит 90 тысяч.",
    "Nobody objects.": "Nobody objects at all.",
}
MINUTES = Minutes(
    "en",
    "extractive",
    topics=(Topic("Office", 1.0, (Point("The rent is 80 thousand.", 4.0), Point("Nobody objects.", 6.0))),),
    decisions=(Point("We rent the office from May.", 1.0),),
    action_items=(ActionItem("Boris writes to the landlord.", 9.0, "Boris", "by Friday"),),
)


def answer(prompt: Prompt) -> str:
    return json.dumps({"translation": KNOWN[prompt.user]}, ensure_ascii=False)


def test_what_is_translated_keeps_its_moments_and_names_and_what_fails_its_check_stays_as_said() -> None:
    chat = Obedient(answer)
    minutes = translated(chat, MINUTES, "ru", lambda done: None)
    assert (minutes.language, minutes.written_in) == ("ru", "ru")
    assert minutes.decisions == (Point("Мы снимаем офис с мая.", 1.0),)
    assert minutes.action_items == (ActionItem("Борис пишет арендодателю.", 9.0, "Boris", "до пятницы"),)
    assert minutes.topics[0].title == "Офис"
    assert [one.text for one in minutes.topics[0].points] == ["The rent is 80 thousand.", "Nobody objects."]
    assert [(one.message, one.params) for one in minutes.remarks] == [
        (TRANSLATED, {"name": "Obedient"}),
        (AS_SAID, {"n": 2}),
    ]
    assert len(chat.asked) == len(KNOWN), "each text is asked for once"


def test_what_is_in_the_language_already_is_not_asked_for() -> None:
    chat = Obedient(lambda prompt: None)
    assert translated(chat, MINUTES, "en", lambda done: None).decisions == MINUTES.decisions
    assert chat.asked == []


@pytest.mark.parametrize(
    ("text", "found", "good"),
    [
        ("We meet on May 15.", "Встречаемся 15 мая.", True),
        ("We meet on May 15.", "Встречаемся пятнадцатого мая.", True),
        ("We meet on May 15.", "Встречаемся в мае.", False),
        ("We meet in May.", "Встречаемся 15 мая.", False),
        ("We meet.", "We meet.", False),
        ("We meet.", "Встречаемся. " * 20, False),
        ("Nobody has seen it yet.", "Нobody видел это.", False),
        ("We postpone the release.", "Мы postpone выпуск.", False),
        ("It is due on May 15.", "Срок к May 15.", False),
        ("We use PostgreSQL and Redis.", "Мы используем PostgreSQL и Redis для данных.", True),
    ],
)
def test_a_translation_is_believed_in_its_own_letters_with_the_same_numbers(
    text: str, found: str, good: bool
) -> None:
    assert fits(text, found, "en", "ru") is good


def test_a_model_that_is_too_small_is_not_asked() -> None:
    small = Obedient(answer)
    assert can_translate(small), "of a server nobody knows how large it is"
    small.n_parameters = 1_500_000_000
    assert not can_translate(small)
