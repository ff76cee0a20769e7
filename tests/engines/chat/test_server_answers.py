"""Answers as servers and models really give them: what they say is kept, or it is said that it is not."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript
from app.engines.base import SummarizeOptions
from app.engines.chat.openai_server import OpenAIServer
from app.summarization.map_reduce import CUT, UNANSWERED
from tests.engines.chat.scripted_server import Behaviour, Handler, Server, listening

LINES = (
    "Коллеги, склад в Твери переполнен, места осталось на две недели.",
    "Аренда соседнего ангара стоит девяносто тысяч в месяц.",
    "Берём соседний ангар с первого июля.",
    "Каталог печатать в этом году перестаём совсем.",
    "Мне смету по ангару нужно видеть до четверга, это на Олеге.",
    "А Ирина пусть обзвонит поставщиков бумаги на следующей неделе.",
    "Погода сегодня хорошая, окна можно открыть.",
)
TRANSCRIPT = Transcript(
    tuple(Segment(4.0 * n, 4.0 * n + 3.5, text) for n, text in enumerate(LINES)), "ru", "test", 28.0
)
WHOLE: dict[str, Any] = {
    "topics": [
        {
            "title": "Склад в Твери",
            "points": [
                {"text": "Склад в Твери переполнен, места на две недели.", "source": [0]},
                {"text": "Аренда ангара стоит девяносто тысяч в месяц.", "source": [1]},
            ],
        }
    ],
    "decisions": [
        {"text": "Взять соседний ангар с первого июля.", "source": [2]},
        {"text": "Каталог в этом году не печатать.", "source": [3]},
    ],
    "action_items": [
        {"who": "Олег", "what": "Показать смету по ангару", "by_when": "до четверга", "source": [4]},
        {"who": "Ирина", "what": "Обзвонить поставщиков бумаги", "by_when": None, "source": [5]},
    ],
}
ITEMS = ("места на две недели", "девяносто тысяч", "соседний ангар", "Каталог", "смету", "поставщиков")
GOOD = json.dumps(WHOLE, ensure_ascii=False)
NEVER = "(этого нет в расшифровке)"


def answers(content: object, finish: str = "stop", **message: object) -> Behaviour:
    choice = {"message": {"role": "assistant", "content": content, **message}, "finish_reason": finish}
    return lambda handler: handler.json(200, {"choices": [choice]})


def limited(least: int, then: Behaviour, before: Behaviour) -> Behaviour:
    """Answer well where `least` tokens may be written, or any number."""

    def behave(handler: Handler) -> None:
        (then if handler.body.get("max_tokens", 10**6) >= least else before)(handler)

    return behave


def in_parts(handler: Handler) -> None:
    """Answer about what is asked, and break off where that is more than four lines."""
    asked = handler.body["messages"][1]["content"]
    numbers = [number for number in range(len(LINES)) if f"[{number}] " in asked]

    def part(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [point for point in points if point["source"][0] in numbers]

    topics = [{"title": "Склад", "points": part(WHOLE["topics"][0]["points"])}]
    text = json.dumps({key: part(WHOLE[key]) for key in ("decisions", "action_items")} | {"topics": topics})
    answers(text[: len(text) // 2] if len(numbers) > 4 else text, "length" if len(numbers) > 4 else "stop")(
        handler
    )


def changed(**lists: object) -> str:
    return json.dumps({**WHOLE, **lists}, ensure_ascii=False)


def keys(change: Callable[[str], str]) -> str:
    """Write the answer with other names for its lists and fields."""

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {change(key): renamed(one) for key, one in value.items()}
        return [renamed(one) for one in value] if isinstance(value, list) else value

    return json.dumps(renamed(WHOLE), ensure_ascii=False)


def camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.title() for word in rest)


RUSSIAN = {
    "topics": "Темы", "title": "Название", "points": "Пункты", "text": "Текст", "source": "Источник",
    "decisions": "Решения", "action_items": "Поручения", "who": "Кто", "what": "Что", "by_when": "Срок",
}  # fmt: skip
HARMONY = (
    '<|channel|>analysis<|message|>The user wants {minutes}. Draft: {"topics": []}<|end|>'
    "<|start|>assistant<|channel|>final <|constrain|>json<|message|>" + GOOD + "<|return|>"
)
EMPTY = json.dumps({"topics": [], "decisions": [], "action_items": []})
THOUGHT = f"Так, {{посмотрим}}. Черновик: {EMPTY}. Нет, не так."
CALL = {"id": "1", "type": "function", "function": {"name": "minutes", "arguments": GOOD}}

# What comes, and all six items of it are to be in the minutes
KEPT: dict[str, Behaviour] = {
    "plain": answers(GOOD),
    "fenced": answers(f"```json\n{GOOD}\n```"),
    "fenced without a name": answers(f"```\n{GOOD}\n```"),
    "among other words": answers(f"Конечно! Вот {{протокол}}:\n{GOOD}\nЧем ещё помочь?"),
    "in parts": answers([{"type": "text", "text": GOOD[:90]}, {"type": "text", "text": GOOD[90:]}]),
    "parts with thoughts": answers([{"type": "thinking", "text": THOUGHT}, {"type": "text", "text": GOOD}]),
    "in the form of completions": lambda handler: handler.json(200, {"choices": [{"text": GOOD}]}),
    "as arguments of a tool": answers(None, "tool_calls", tool_calls=[CALL]),
    "as arguments of a function": answers(None, "function_call", function_call={"arguments": GOOD}),
    "wrapped": answers(json.dumps({"minutes": WHOLE}, ensure_ascii=False)),
    "wrapped twice": answers(json.dumps({"result": {"data": WHOLE}}, ensure_ascii=False)),
    "wrapped in a list": answers(json.dumps([WHOLE], ensure_ascii=False)),
    "wrapped in a string": answers(json.dumps({"output": GOOD}, ensure_ascii=False)),
    "one object a list": answers("\n".join(json.dumps({key: value}) for key, value in WHOLE.items())),
    "twice": answers(GOOD + "\n" + GOOD),
    "camelCase": answers(keys(camel)),
    "Title Case": answers(keys(lambda key: key.replace("_", " ").title())),
    "names in Russian": answers(keys(lambda key: RUSSIAN[key])),
    "with comments": answers(GOOD.replace('"decisions"', '// решения\n"decisions"')),
    "with single quotes": answers(repr(WHOLE)),
    "with commas too many": answers(GOOD.replace("]}", "],}").replace('"}', '",}')),
    "with quotes within words": answers(GOOD.replace("Показать смету", 'Показать "смету"')),
    "with line breaks in words": answers(GOOD.replace("соседний ангар", "соседний\nангар")),
    "who is a list": answers(
        changed(action_items=[{**item, "who": [item["who"]]} for item in WHOLE["action_items"]])
    ),
    "who is an object": answers(
        changed(action_items=[{**item, "who": {"name": item["who"]}} for item in WHOLE["action_items"]])
    ),
    "assignments by name": answers(
        changed(action_items={item["who"]: item["what"] for item in WHOLE["action_items"]})
    ),
    "decisions as words": answers(changed(decisions=[item["text"] for item in WHOLE["decisions"]])),
    "a topic without a list": answers(
        changed(
            topics=[{"name": "Склад", "summary": point["text"]} for point in WHOLE["topics"][0]["points"]]
        )
    ),
    "think": answers(f"<think>{THOUGHT}</think>\n{GOOD}"),
    "think without a beginning": answers(f"{THOUGHT}\n</think>\n{GOOD}"),
    "reasoning": answers(f"<reasoning>{THOUGHT}</reasoning>{GOOD}"),
    "Mistral's thoughts": answers(f"[THINK]{THOUGHT}[/THINK]{GOOD}"),
    "Kimi's thoughts": answers(f"◁think▷{THOUGHT}◁/think▷{GOOD}"),
    "Cohere's thoughts": answers(f"<|START_THINKING|>{THOUGHT}<|END_THINKING|>{GOOD}"),
    "Harmony": answers(HARMONY),
    "Harmony without its tokens": answers(f"analysisThe user wants minutes.assistantfinal{GOOD}"),
    "thoughts apart": answers(GOOD, reasoning_content=THOUGHT),
    "all of it taken for thoughts": answers("", reasoning_content=GOOD),
    "thoughts that fill the first budget": limited(
        8000, answers(GOOD), answers("", "length", reasoning_content=THOUGHT)
    ),
    "null until the third budget": limited(32_000, answers(GOOD), answers(None, "length")),
    "think that does not end in the first budget": limited(
        8000, answers(f"<think>{THOUGHT}</think>{GOOD}"), answers(f"<think>{THOUGHT}", "length")
    ),
    "cut in the first budget": limited(8000, answers(GOOD), answers(GOOD[:-60], "length")),
    "cut unless less is asked": in_parts,
}
# What comes, and is lost in part or in whole, which must be said
SAID: dict[str, Behaviour] = {
    "cut at half": answers(GOOD[: len(GOOD) // 2], "length"),
    "cut at nine tenths": answers(GOOD[: len(GOOD) * 9 // 10], "length"),
    "cut at the end": answers(GOOD[:-60], "length"),
    "cut, and called whole": answers(GOOD[:-60], "stop"),
    "cut in its thoughts": answers(f"<think>{THOUGHT}", "length"),
    "stopped by a filter": answers(GOOD[:-60], "content_filter"),
    "filtered away": answers("", "content_filter"),
    "refused in a field": answers(None, refusal="I cannot help with that."),
    "refused in words": answers("Извините, я не могу помочь с этим."),
    "empty": answers(""),
    "null": answers(None),
    "a list is missing": answers(json.dumps({"topics": WHOLE["topics"], "decisions": WHOLE["decisions"]})),
    "items that are none": answers(changed(action_items=[{"note": "Обзвонить поставщиков"}, 5, ["смету"]])),
    "in another language": answers(
        json.dumps({**WHOLE, "decisions": [{"text": "Rent the next hangar from July.", "source": [2]}]})
    ),
    "a loop": answers(changed(decisions=[WHOLE["decisions"][0]] * 300, action_items=[])),
    "invented": answers(changed(decisions=[{"text": f"Купить яхту {NEVER}.", "source": [2]}])),
    "only thoughts": answers("Пользователь хочет протокол, подумаем."),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with listening() as listens:
        yield listens


def minutes_of(server: Server, behaviour: Behaviour) -> Minutes:
    server.script = [behaviour]
    engine = OpenAIServer(f"http://127.0.0.1:{server.server_address[1]}/v1", "m", None, 20, wait_s=0.01)
    return engine.summarize(TRANSCRIPT, SummarizeOptions(), lambda fraction: None)


def missing(minutes: Minutes) -> list[str]:
    points = [point for topic in minutes.topics for point in topic.points]
    texts = [point.text for point in (*points, *minutes.decisions, *minutes.action_items)]
    return [item for item in ITEMS if not any(item in text for text in texts)]


@pytest.mark.parametrize("form", KEPT)
def test_what_an_answer_says_is_kept_whatever_form_it_has(server: Server, form: str) -> None:
    minutes = minutes_of(server, KEPT[form])
    assert missing(minutes) == []
    assert minutes.engine == "m (127.0.0.1)"
    assert "посмотрим" not in str(minutes)


@pytest.mark.parametrize("form", SAID)
def test_what_is_lost_is_said(server: Server, form: str) -> None:
    minutes = minutes_of(server, SAID[form])
    assert not missing(minutes) or minutes.remarks or minutes.dropped
    assert minutes.remarks or minutes.dropped, "the reader is told that something went wrong"
    assert NEVER not in str(minutes)


def test_names_and_dates_survive_other_forms(server: Server) -> None:
    for form in ("who is a list", "who is an object", "camelCase", "names in Russian"):
        [oleg, irina] = minutes_of(server, KEPT[form]).action_items
        assert (oleg.who, irina.who) == ("Олег", "Ирина"), form
    assert minutes_of(server, KEPT["camelCase"]).action_items[0].by_when == "до четверга"


def test_the_budget_that_was_enough_is_the_first_for_the_next_recording(server: Server) -> None:
    server.script = [KEPT["null until the third budget"]]
    engine = OpenAIServer(f"http://127.0.0.1:{server.server_address[1]}/v1", "m", None, 20, wait_s=0.01)
    for _ in range(2):
        engine.summarize(TRANSCRIPT, SummarizeOptions(), lambda fraction: None)
    assert [body["max_tokens"] for body in server.bodies] == [2000, 8000, 32_000, 32_000]


def test_a_context_that_is_too_short_is_asked_about_smaller_parts(server: Server) -> None:
    def short(handler: Handler) -> None:
        asked = handler.body["messages"][1]["content"]
        if asked.count("\n[") > 4:
            handler.json(400, {"error": {"code": "context_length_exceeded"}})
        else:
            in_parts(handler)

    minutes = minutes_of(server, short)
    assert missing(minutes) == []
    assert "response_format" in server.bodies[-1], "the form of the question was not at fault"


def test_remarks_are_what_went_wrong(server: Server) -> None:
    assert [remark.message for remark in minutes_of(server, SAID["refused in words"]).remarks] == [UNANSWERED]
    assert CUT in [remark.message for remark in minutes_of(server, SAID["cut at nine tenths"]).remarks]
