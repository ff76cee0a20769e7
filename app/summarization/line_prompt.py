"""The question about one line, with worked examples, and what its answer says; for `line_by_line`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.summarization.answer_fields import plain
from app.summarization.json_text import UnusableError, read_json
from app.summarization.prompt import Prompt, prompt_text

_WORDS_OR_NULL = {"type": ["string", "null"]}
LINE: dict[str, Any] = {
    "anyOf": [
        {
            "type": "object",
            "properties": {"kind": {"const": "none"}},
            "required": ["kind"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {
                "kind": {"enum": ["decision", "assignment"]},
                "who": _WORDS_OR_NULL,
                "text": {"type": "string", "maxLength": 200},
                "when": _WORDS_OR_NULL,
            },
            "required": ["kind", "who", "text", "when"],
            "additionalProperties": False,
        },
    ]
}
TITLE: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string", "maxLength": 80}},
    "required": ["title"],
    "additionalProperties": False,
}
_BUDGET = 120  # tokens: a sentence of 200 letters in Russian, and what stands around it
_TITLE_BUDGET = 40
# A line with what stands before it, and its answer. Written for this; no meeting of the tests is in it.
_EXAMPLES: dict[str, tuple[tuple[Sequence[str], str, dict[str, Any]], ...]] = {
    "ru": (
        (
            ("Вера: По залу два варианта, большой дороже.", "Глеб: Большой удобнее, там есть экран."),
            "Вера: Ладно, тогда берём большой.",
            {"kind": "decision", "who": None, "text": "Взять большой зал.", "when": None},
        ),
        (
            ("Глеб: Программу ещё никто не видел.",),
            "Вера: Тимур, пришли её всем до пятницы.",
            {"kind": "assignment", "who": "Тимур", "text": "Прислать всем программу.", "when": "до пятницы"},
        ),
        (
            ("Вера: А кто встретит докладчика?", "Глеб: Он прилетает в девять."),
            "Тимур: Я съезжу, мне по дороге.",
            {"kind": "assignment", "who": "Тимур", "text": "Встретить докладчика.", "when": None},
        ),
        (
            ("Тимур: Афиша готова.",),
            "Глеб: Может, перенести на осень? Людей было бы больше.",
            {"kind": "none"},
        ),
        (("Глеб: Предлагаю буфет не заказывать.", "Вера: Возражений нет?"), "Тимур: Нет. Так и решили.",
         {"kind": "decision", "who": None, "text": "Буфет не заказывать.", "when": None}),
        (
            ("Вера: Сколько билетов продано?",),
            "Глеб: В прошлый раз мы их печатали сами, и часть потерялась.",
            {"kind": "none"},
        ),
    ),
    "en": (
        (
            ("Vera: There are two halls, and the large one costs more.", "Glenn: It has a screen, though."),
            "Vera: Okay, then we take the large one.",
            {"kind": "decision", "who": None, "text": "Take the large hall.", "when": None},
        ),
        (
            ("Glenn: Nobody has seen the programme yet.",),
            "Vera: Tim, please send it to everybody by Friday.",
            {"kind": "assignment", "who": "Tim", "text": "Send the programme.", "when": "by Friday"},
        ),
        (
            ("Vera: Who meets the speaker?", "Glenn: She lands at nine."),
            "Tim: I'll pick her up, it's on my way.",
            {"kind": "assignment", "who": "Tim", "text": "Pick up the speaker.", "when": None},
        ),
        (
            ("Tim: The poster is ready.",),
            "Glenn: Maybe we should move it to autumn, more people would come.",
            {"kind": "none"},
        ),
        (("Glenn: I suggest we have no catering.", "Vera: Any objections?"), "Tim: No. Agreed then.",
         {"kind": "decision", "who": None, "text": "Have no catering.", "when": None}),
        (
            ("Vera: How many tickets are sold?",),
            "Glenn: Last time we printed them ourselves and lost some.",
            {"kind": "none"},
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model says of a line. kind: "decision" or "assignment"."""

    kind: str
    text: str
    who: str | None = None
    when: str | None = None


def line_prompt(before: Sequence[str], line: str, language: str) -> Prompt:
    """Ask what a line is. before: the lines before it, oldest first."""
    examples = tuple(
        (_asked(told, said), json.dumps(answer, ensure_ascii=False))
        for told, said, answer in _EXAMPLES["ru" if language == "ru" else "en"]
    )
    return Prompt(prompt_text("line", language), _asked(before, line), LINE, examples, _BUDGET)


def title_prompt(sentences: Sequence[str], language: str) -> Prompt:
    """Ask what a part of a meeting is about."""
    return Prompt(prompt_text("title", language), "\n".join(sentences), TITLE, (), _TITLE_BUDGET)


def read_judged(text: str) -> Judged | None:
    """Return what an answer says of its line; None where it says that there is nothing.

    Raises UnusableError where it says neither.
    """
    said = read_json(text).objects[0]
    kind, words = said.get("kind"), plain(said.get("text"))
    if kind == "none":
        return None
    if kind not in ("decision", "assignment") or words is None:
        raise UnusableError("the answer has no kind or no text")
    return Judged(kind, words, plain(said.get("who")), plain(said.get("when")))


def read_title(text: str) -> str:
    """Return a title, "" where there is none."""
    try:
        return plain(read_json(text).objects[0].get("title")) or ""
    except UnusableError:
        return ""


def _asked(before: Sequence[str], line: str) -> str:
    return "\n".join(before) + "\n>>> " + line
