"""Small models: what they are asked, and what of their answers gets through."""

import json
from collections.abc import Callable

import pytest

from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript
from app.summarization import line_by_line, self_check, writing
from app.summarization.extraction import extract_minutes
from app.summarization.json_text import UnusableError
from app.summarization.line_prompt import Judged, line_prompt, read_judged
from app.summarization.prompt import Prompt
from tests.summarization.obedient import Obedient

LINES = (
    ("Ольга", "Первый вопрос у нас склад в Твери, он переполнен."),
    ("Марина", "Соседний ангар стоит девяносто тысяч в месяц."),
    ("Ольга", "Хорошо, соседний ангар берём с июля."),
    ("Ольга", "Марина, договор с хозяином ангара с тебя до среды."),
    ("Марина", "Да, я подготовлю договор."),
    ("Руслан", "А я закажу новые стеллажи на этой неделе."),
    ("Руслан", "Надо бы вообще склад в Твери закрыть."),
)
TRANSCRIPT = Transcript(
    tuple(Segment(5.0 * n, 5.0 * n + 4, text, who) for n, (who, text) in enumerate(LINES)), "ru", "test", 35.0
)
NONE = json.dumps({"kind": "none"})


def item(kind: str, text: str, who: str | None = None, when: str | None = None) -> str:
    return json.dumps({"kind": kind, "who": who, "text": text, "when": when}, ensure_ascii=False)


def judging(answers: dict[str, str], otherwise: str = NONE, n_parameters: int = 1_500_000_000) -> Obedient:
    """Answer by the line in question, and title every topic alike."""

    def answer(prompt: Prompt) -> str:
        if ">>>" not in prompt.user:
            return json.dumps({"title": "Склад в Твери"}, ensure_ascii=False)
        line = prompt.user.split(">>> ")[-1]
        return next((said for words, said in answers.items() if words in line), otherwise)

    chat = Obedient(answer)
    chat.n_parameters = n_parameters
    return chat


def minutes_of(chat: Obedient, **options: bool) -> Minutes:
    return line_by_line.write_minutes(chat, TRANSCRIPT, lambda fraction: None, **options)


def test_what_the_model_accepts_is_taken_in_its_words_with_the_time_of_its_line() -> None:
    minutes = minutes_of(judging({"берём с июля": item("decision", "Взять соседний ангар с июля.")}))
    [decision] = minutes.decisions
    assert (decision.text, decision.start) == ("Взять соседний ангар с июля.", 10.0)
    assert minutes.action_items == ()
    assert minutes.engine == "Obedient"


def test_what_the_model_refuses_is_left_out_though_rules_propose_it() -> None:
    minutes = minutes_of(judging({}))
    assert minutes.decisions == minutes.action_items == ()
    assert minutes.topics


def test_who_promises_does_it_and_who_is_asked_by_the_asker_is_not_the_asker() -> None:
    chat = judging(
        {
            "закажу": item("assignment", "Заказать новые стеллажи.", "Ольга", "на этой неделе"),
            "с тебя до среды": item(
                "assignment", "Подготовить договор с хозяином ангара.", "Ольга", "до среды"
            ),
        }
    )
    found = {one.start: one for one in minutes_of(chat).action_items}
    assert found[25.0].who == "Руслан"
    assert found[25.0].by_when == "на этой неделе"
    assert found[15.0].who == "Марина"
    assert found[15.0].by_when == "до среды"


def test_words_that_nobody_said_give_way_to_the_line_itself() -> None:
    chat = judging({"закажу": item("assignment", "Купить яхту за 5 миллионов.", "Остап", "завтра")})
    [task] = minutes_of(chat).action_items
    assert "стеллажи" in task.text
    assert "Остап" not in str(task)
    assert task.by_when != "завтра"


def test_the_last_line_of_a_recording_may_hold_an_item() -> None:
    minutes = minutes_of(judging({"склад в Твери закрыть": item("decision", "Закрыть склад в Твери.")}))
    assert [one.text for one in minutes.decisions if one.start == 30.0] == ["Закрыть склад в Твери."]


@pytest.mark.parametrize("who", ["Договор", "Стеллажи"])
def test_a_word_that_nobody_is_called_by_is_not_who_does_it(who: str) -> None:
    minutes = minutes_of(
        judging({"склад в Твери закрыть": item("assignment", "Закрыть склад в Твери.", who)})
    )
    assert [one.who for one in minutes.action_items if one.start == 30.0] == [None]


def test_an_unusable_answer_leaves_what_rules_found_and_is_counted() -> None:
    minutes = minutes_of(judging({}, otherwise="Не знаю."))
    extracted = extract_minutes(TRANSCRIPT, lambda fraction: None)
    assert {one.start for one in minutes.action_items} == {one.start for one in extracted.action_items}
    assert line_by_line.UNJUDGED in [remark.message for remark in minutes.remarks]


def test_a_title_of_words_that_were_said_is_taken_and_another_is_not() -> None:
    assert minutes_of(judging({})).topics[0].title == "Склад в Твери"
    chat = Obedient(lambda prompt: json.dumps({"title": "Покупка яхты"}))
    assert "яхт" not in minutes_of(chat).topics[0].title


def test_a_model_that_may_not_judge_titles_only_and_that_is_said() -> None:
    chat = judging({"закажу": item("assignment", "Заказать стеллажи.")}, n_parameters=500_000_000)
    minutes = writing.write_minutes(chat, TRANSCRIPT, lambda fraction: None)
    extracted = extract_minutes(TRANSCRIPT, lambda fraction: None)
    assert minutes.action_items == extracted.action_items
    assert minutes.engine == "Obedient, extractive"
    assert [remark.message for remark in minutes.remarks] == [line_by_line.TITLED]
    assert not any(">>>" in prompt.user for prompt in chat.asked)


@pytest.mark.parametrize(
    ("right", "judges"),
    [(lambda true: true, True), (lambda true: True, False), (lambda true: not true, False)],
)
def test_a_small_model_that_nobody_chose_judges_only_if_it_does_so_better_than_rules(
    right: Callable[[bool], bool], judges: bool
) -> None:
    known = {line: true for _, line, true in self_check.LINES["ru"]}

    def answer(prompt: Prompt) -> str:
        line = prompt.user.split(">>> ")[-1]
        return item("assignment", "Сделать.") if line in known and right(known[line]) else NONE

    chat, verdicts = Obedient(answer), dict[str, bool]()
    chat.n_parameters = 1_500_000_000
    minutes = [writing.write_minutes(chat, TRANSCRIPT, lambda fraction: None, verdicts) for _ in range(2)]
    assert verdicts == {"ru": judges}
    assert (minutes[0].engine == "Obedient") is judges
    checks = [prompt for prompt in chat.asked if prompt.user.split(">>> ")[-1] in known]
    assert len(checks) == len(known), "it is checked once"


def test_examples_and_check_share_no_line_with_each_other() -> None:
    for language in ("ru", "en"):
        prompt = line_prompt([], "?", language)
        examples = " ".join(asked for asked, _ in prompt.examples)
        assert not any(line in examples for _, line, _ in self_check.LINES[language])
        for _, answered in prompt.examples:
            read_judged(answered)


def test_an_answer_is_none_an_item_or_unusable() -> None:
    assert read_judged(NONE) is None
    assert read_judged(item("decision", "Да.", "нет")) == Judged("decision", "Да.")
    for text in ("", "{}", '{"kind": "decision", "text": ""}', '{"kind": "?", "text": "x"}'):
        with pytest.raises(UnusableError):
            read_judged(text)
