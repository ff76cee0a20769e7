"""Writes the prompts for a chat model. No text of the transcript can end the block that it stands in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.documents.transcript import Segment

_SOURCE: dict[str, Any] = {"type": "array", "items": {"type": "integer"}}
_POINT: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "source": _SOURCE},
    "required": ["text", "source"],
    "additionalProperties": False,
}
_WORDS_OR_NULL = {"type": ["string", "null"]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "topics": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"title": {"type": "string"}, "points": {"type": "array", "items": _POINT}},
                "required": ["title", "points"],
                "additionalProperties": False,
            },
        },
        "decisions": {"type": "array", "items": _POINT},
        "action_items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "who": _WORDS_OR_NULL,
                    "what": {"type": "string"},
                    "by_when": _WORDS_OR_NULL,
                    "source": _SOURCE,
                },
                "required": ["who", "what", "by_when", "source"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["topics", "decisions", "action_items"],
    "additionalProperties": False,
}

GROUPS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "topics": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"title": {"type": "string"}, "items": _SOURCE},
                "required": ["title", "items"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["topics"],
    "additionalProperties": False,
}

TRANSLATION: dict[str, Any] = {
    "type": "object",
    "properties": {"translation": {"type": "string"}},
    "required": ["translation"],
    "additionalProperties": False,
}

_FOLDER = Path(__file__).with_name("prompts")
_LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "uk": "Ukrainian", "pl": "Polish", "tr": "Turkish", "kk": "Kazakh", "be": "Belarusian", "zh": "Chinese",
    "ja": "Japanese", "nl": "Dutch", "sv": "Swedish", "cs": "Czech", "ar": "Arabic", "hi": "Hindi",
}  # fmt: skip
_MARKUP = re.compile(
    r"<\|[^<>|]{0,60}\|>|<\s*/?\s*(?:s|think|transcript|system|user|assistant|start_of_turn|end_of_turn|bos|eos|pad|unk)\s*>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]|<</?SYS>>|<｜[^<>｜]{0,60}｜>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked of a chat model.

    system: the task; user: the transcript in its block; schema: JSON Schema of the answer; examples: what was
    asked before, with good answers; budget: tokens of the answer, None: as many as the model has room for.
    """

    system: str
    user: str
    schema: Mapping[str, Any] = field(default_factory=lambda: SCHEMA)
    examples: tuple[tuple[str, str], ...] = ()
    budget: int | None = None

    @property
    def messages(self) -> list[dict[str, str]]:
        """Return the messages of a chat, in OpenAI's form."""
        told = [{"role": "system", "content": self.system}]
        for asked, answered in self.examples:
            told += [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]
        return [*told, {"role": "user", "content": self.user}]


def harmless(text: str, special: Sequence[str] = ()) -> str:
    """Take out of a transcript all that a chat template or our block could read as a border.

    special: more such tokens, as the tokenizer of the model names them.
    """
    while True:  # what is left may join into a new token
        cleaned = _MARKUP.sub(" ", text)
        for token in special:
            cleaned = cleaned.replace(token, " ")
        if cleaned == text:
            return " ".join(text.split())
        text = cleaned


def line(number: int, segment: Segment, special: Sequence[str] = ()) -> str:
    """Return a segment as the model reads it: its number, who speaks, what is said."""
    speaker = f"{harmless(segment.speaker, special)}: " if segment.speaker else ""
    return f"[{number}] {speaker}{harmless(segment.text, special)}"


def minutes_prompt(lines: Sequence[str], language: str, *, again: bool = False) -> Prompt:
    """Ask for the minutes of a part of a meeting. again: the first answer was no use."""
    user = "<transcript>\n" + "\n".join(lines) + "\n</transcript>"
    return Prompt(
        prompt_text("minutes", language), f"{user}\n{prompt_text('again', language)}" if again else user
    )


def own_prompt(lines: Sequence[str], wanted: str, language: str) -> Prompt:
    """Ask for what a reader wants to have of a part of a talk, in the form of minutes."""
    user = "<transcript>\n" + "\n".join(lines) + f"\n</transcript>\n{wanted}"
    return Prompt(prompt_text("own", language), user)


def group_prompt(points: Sequence[str], language: str) -> Prompt:
    """Ask how to group the points of all parts by topic; the answer only refers to them by number."""
    lines = (f"{number}. {harmless(text)}" for number, text in enumerate(points, 1))
    return Prompt(prompt_text("group", language), "\n".join(lines), GROUPS)


@cache
def prompt_text(name: str, language: str) -> str:
    """Read a prompt: in Russian for a Russian meeting, else in English with the language to write in."""
    text = (_FOLDER / f"{name}.{'ru' if language == 'ru' else 'en'}.txt").read_text("utf-8").strip()
    return text.replace(
        "%(language)s", _LANGUAGES.get(language, f"the language of the transcript ({language})")
    )
