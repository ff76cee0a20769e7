import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.summarization.answer import Said, parse, parse_groups
from app.summarization.json_text import UnusableError, complete, read_json

WHOLE = {
    "topics": [{"title": "Бюджет", "points": [{"text": "Перерасход 200 тысяч.", "source": [3, 4]}]}],
    "decisions": [{"text": "Сократить рекламу.", "source": [5]}],
    "action_items": [{"who": "Иван", "what": "Подготовить смету", "by_when": "до пятницы", "source": [6]}],
}
TEXT = json.dumps(WHOLE, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"Конечно! Вот протокол:\n{TEXT}\nЧем ещё помочь?",
        f"<think>Так, {{посмотрим}}…</think>{TEXT}",
        TEXT.replace("]}", "],}").replace('"}', '",}'),
        json.dumps(WHOLE, ensure_ascii=False, indent=2),
        TEXT + TEXT,
    ],
)
def test_the_answer_is_read_whatever_stands_around_it(text: str) -> None:
    answer = parse(text)
    assert answer.topics == (("Бюджет", (Said("Перерасход 200 тысяч.", (3, 4)),)),)
    assert answer.decisions == (Said("Сократить рекламу.", (5,)),)
    assert answer.action_items == (Said("Подготовить смету", (6,), "Иван", "до пятницы"),)


def test_of_an_answer_that_was_cut_off_all_whole_points_are_kept() -> None:
    cut = TEXT[: TEXT.index("Сократить") + 4]
    assert parse(cut).topics[0][1] == (Said("Перерасход 200 тысяч.", (3, 4)),)
    kept = [parse(TEXT[:n]).n_items for n in range(TEXT.index("3, 4]}") + 6, len(TEXT) + 1)]
    assert kept == sorted(kept)
    assert set(kept) == {1, 2, 3}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Не могу помочь с этим.",
        "[]",
        "{}",
        '{"minutes": []}',
        '{"topics": "нет"}',
        "{" * 5000,
        '{"a": "b',
    ],
)
def test_what_is_no_answer_is_unusable(text: str) -> None:
    with pytest.raises(UnusableError):
        parse(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ([1, 2], (1, 2)),
        (7, (7,)),
        ("7", (7,)),
        ("[7]", (7,)),
        (["[7]", "8"], (7, 8)),
        (None, ()),
        ("нет", ()),
        ([True], ()),
    ],
)
def test_sources_are_read_in_every_form_that_models_write(source: object, expected: tuple[int, ...]) -> None:
    answer = parse(json.dumps({"decisions": [{"text": "Да", "source": source}]}))
    assert answer.decisions == (Said("Да", expected),)


def test_nobody_and_no_date_are_none_and_not_words() -> None:
    text = json.dumps(
        {"action_items": [{"who": "null", "what": "Сделать", "by_when": "не указано", "source": 1}]}
    )
    assert parse(text).action_items == (Said("Сделать", (1,), None, None),)


def test_a_point_that_is_no_point_is_left_out() -> None:
    text = json.dumps(
        {"topics": [{"title": None, "points": [5, {"source": [1]}, "Строка", {"text": ""}]}, 3]}
    )
    assert parse(text).topics == (("", (Said("Строка"),)),)


def test_a_looping_answer_is_cut() -> None:
    text = json.dumps({"decisions": [{"text": "Да", "source": [1]}] * 1000})
    answer = parse(text)
    assert len(answer.decisions) == 1
    assert answer.repeated == 999
    distinct = json.dumps({"decisions": [{"text": f"Да {n}", "source": [1]} for n in range(1000)]})
    answer = parse(distinct)
    assert len(answer.decisions) + answer.unreadable == 1000


def test_groups_are_numbers_only() -> None:
    assert parse_groups('{"topics": [{"title": "Итоги", "items": [1, "3", "x"]}]}') == [("Итоги", [1, 3])]
    with pytest.raises(UnusableError):
        parse_groups('{"topics": [{"title": "Итоги", "items": []}]}')


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(UnusableError):
        assert read_json(text).objects


@given(st.integers(0, len(TEXT)), st.text(alphabet='{}[]",:\\ab', max_size=20))
def test_no_damage_breaks_the_reader(at: int, noise: str) -> None:
    with suppress(UnusableError):
        parse(TEXT[:at] + noise + TEXT[at:])


def test_an_answer_is_complete_when_its_object_is_closed() -> None:
    assert complete(TEXT)
    assert complete(f"```json\n{TEXT}\n```")
    assert not any(complete(TEXT[:n]) for n in range(len(TEXT)))
