import re

import pytest

from app.summarization.cues.assignees_ru import asked, named


def words(text: str) -> list[str]:
    return re.findall(r"\w+|[.,;:!?]", text)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Иван подготовит смету до пятницы.", "Иван"),
        ("Ивану нужно подготовить смету.", "Иван"),
        ("Надо поручить Ивану подготовить смету.", "Иван"),
        ("За договор отвечает Пётр.", "Пётр"),
        ("Отдел продаж пришлёт список в понедельник.", "Отдел продаж"),
    ],
)
def test_who_is_to_do_something_is_named_in_the_nominative(text: str, who: str) -> None:
    assert named(words(text), text) == who


@pytest.mark.parametrize(
    "text",
    [
        "Если Иван подготовит расчёт, мы увидим экономию.",
        "Мы обсудили Ивана и его смету.",
        "Иван не подготовит смету.",
        "Ольга рассказала, что мы подготовим смету.",
    ],
)
def test_a_name_beside_a_condition_a_denial_or_anothers_work_is_no_assignee(text: str) -> None:
    assert named(words(text), text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Ольга, подготовь смету.",
        "Ольга, тебе нужно подготовить стенд.",
        "Ольга, ты подготовишь смету до пятницы?",
    ],
)
def test_who_is_addressed_and_asked_for_work_is_found(text: str) -> None:
    assert asked(words(text), dated=False) == "Ольга"


@pytest.mark.parametrize("text", ["Ольга, смотри.", "Ольга, расскажи про смету.", "Подготовь смету."])
def test_a_call_for_attention_or_for_talk_asks_nobody_for_work(text: str) -> None:
    assert asked(words(text), dated=False) is None
