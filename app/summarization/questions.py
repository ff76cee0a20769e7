"""Answers a question about a recording by a chat model, from its lines alone, or says that it was not said.

The model sees only lines that TF-IDF finds, and has to copy the words that answer. What it copied is looked
up in those lines, and what it says beside that has to stand there too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.documents.minutes import Point
from app.documents.transcript import Transcript
from app.errors import N_, EngineUnavailable
from app.progress import Progress, part_of
from app.summarization.answer_fields import plain
from app.summarization.chat import Chat
from app.summarization.json_text import UnusableError, read_json
from app.summarization.prompt import Prompt, harmless, line, prompt_text
from app.summarization.retrieval import relevant
from app.summarization.words import content, script_language, tokens

MAX_QUESTION_CHARS = 500
UNUSABLE = N_(
    "The language model %(name)s gave no usable answer. Ask in other words, or look it up by search."
)
ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "quotes": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {"line": {"type": "integer"}, "words": {"type": "string", "maxLength": 200}},
                "required": ["line", "words"],
                "additionalProperties": False,
            },
        },
        "answer": {"type": "string", "maxLength": 300},
    },
    "required": ["quotes", "answer"],
    "additionalProperties": False,
}
_LINES = 16  # that are shown; reading them takes a small model on two cores about fifteen seconds
_BUDGET = 350  # tokens: three quotes and two sentences in Russian
_QUOTED = 0.8  # of the words of a quote that its line must hold
_SUPPORTED = 0.5  # of the words of an answer that its quotes and the question must hold
_NUMBER = re.compile(r"\d+")
# A question with its lines, and its answer. Written for this; no meeting of the tests is in it.
_EXAMPLES: dict[str, tuple[tuple[Sequence[str], str, dict[str, Any]], ...]] = {
    "ru": (
        (
            ("[4] Вера: Большой зал стоит двенадцать тысяч.", "[5] Глеб: Зато там есть экран."),
            "Во сколько обойдётся зал?",
            {
                "quotes": [{"line": 4, "words": "Большой зал стоит двенадцать тысяч"}],
                "answer": "Большой зал стоит двенадцать тысяч.",
            },
        ),
        (
            ("[2] Тимур: Афиша готова.", "[3] Вера: Повесим её завтра."),
            "Кто ведёт концерт?",
            {"quotes": [], "answer": ""},
        ),
    ),
    "en": (
        (
            ("[4] Vera: The large hall costs twelve hundred.", "[5] Glenn: It has a screen, though."),
            "How much is the hall?",
            {
                "quotes": [{"line": 4, "words": "The large hall costs twelve hundred"}],
                "answer": "The large hall costs twelve hundred.",
            },
        ),
        (
            ("[2] Tim: The poster is ready.", "[3] Vera: We'll put it up tomorrow."),
            "Who presents the concert?",
            {"quotes": [], "answer": ""},
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a question. text: "" where only the moments answer, or nothing does.

    moments: lines that answer it, whole; none where it was not said; lines: their numbers. engine: what
    answered, for people.
    """

    question: str
    text: str
    moments: tuple[Point, ...]
    engine: str
    lines: tuple[int, ...] = ()

    @property
    def said(self) -> bool:
        return bool(self.moments)


def answer(chat: Chat, transcript: Transcript, question: str, progress: Progress) -> Answered:
    """Answer a question from a transcript.

    Raises:
        EngineUnavailable: the model gave no usable answer, twice.
    """
    segments = transcript.segments
    language = script_language((one.text for one in segments), transcript.language)
    question = harmless(question, chat.special)[:MAX_QUESTION_CHARS]
    numbers = _fitting(chat, transcript, relevant(segments, question, language, _LINES))
    if not numbers:
        progress(1.0)
        return Answered(question, "", (), chat.name)
    prompt = _prompt([line(n, segments[n], chat.special) for n in numbers], question, language)
    for begun in (0.0, 0.5):
        (reply,) = chat.ask([prompt], part_of(progress, begun, begun + 0.5))
        try:
            said = read_json(reply.text).objects[0]
        except (UnusableError, IndexError):
            continue
        progress(1.0)
        return _checked(said, transcript, numbers, question, language, chat.name)
    raise EngineUnavailable(UNUSABLE, name=chat.name)


def _prompt(lines: Sequence[str], question: str, language: str) -> Prompt:
    examples = tuple(
        (_asked(told, asked), json.dumps(said, ensure_ascii=False))
        for told, asked, said in reversed(
            _EXAMPLES["ru" if language == "ru" else "en"]
        )  # the last weighs most
    )
    return Prompt(prompt_text("question", language), _asked(lines, question), ANSWER, examples, _BUDGET)


def _asked(lines: Sequence[str], question: str) -> str:
    return "<transcript>\n" + "\n".join(lines) + f"\n</transcript>\n{question}"


def _fitting(chat: Chat, transcript: Transcript, numbers: Sequence[int]) -> list[int]:
    """Keep as many lines as the model has room for."""
    kept: list[int] = []
    room = chat.room
    for n in numbers:
        room -= chat.count(line(n, transcript.segments[n]))
        if room < 0:
            break
        kept.append(n)
    return kept


def _checked(
    said: Mapping[str, Any],
    transcript: Transcript,
    numbers: Sequence[int],
    question: str,
    language: str,
    name: str,
) -> Answered:
    """Keep what the lines really say: quotes by their words, the answer by its quotes."""
    quotes = said.get("quotes")
    found: set[int] = set()
    for quote in quotes if isinstance(quotes, list) else ():
        if isinstance(quote, Mapping):
            at = _line_of(plain(quote.get("words")) or "", quote.get("line"), transcript, numbers, language)
            found |= {at} if at is not None and _about(question, at, transcript, language) else set()
    lines = tuple(sorted(found))
    moments = tuple(Point(transcript.segments[n].text, transcript.segments[n].start) for n in lines)
    text = plain(said.get("answer")) or ""
    quoted = (f"{transcript.segments[n].speaker or ''} {transcript.segments[n].text}" for n in lines)
    if not lines or not _supported(text, " ".join((question, *quoted)), language):
        text = ""
    return Answered(question, text, moments, name, lines)


def _line_of(
    words: str, named: object, transcript: Transcript, numbers: Sequence[int], language: str
) -> int | None:
    """Return the line that holds the words: the named one, or another that was shown."""
    wanted = content(words, language)
    if not wanted:
        return None
    order = sorted(numbers, key=lambda n: n != named)
    for n in order:
        held = set(content(f"{transcript.segments[n].speaker or ''} {transcript.segments[n].text}", language))
        if sum(word in held for word in wanted) >= _QUOTED * len(wanted):
            return n
    return None


def _about(question: str, number: int, transcript: Transcript, language: str) -> bool:
    """Tell whether a line or one beside it shares a word with the question: small models quote anything."""
    wanted = set(content(question, language))
    near = transcript.segments[max(0, number - 1) : number + 2]
    held = {word for one in near for word in content(f"{one.speaker or ''} {one.text}", language)}
    return not wanted or bool(wanted & held)


def _supported(text: str, told: str, language: str) -> bool:
    """Tell whether an answer says no number, and not much else, that was not told."""
    if not set(_NUMBER.findall(text)) <= set(_NUMBER.findall(told)):
        return False
    own, held = content(text, language), set(content(told, language))
    negated = {"не", "нет", "no", "not", "never"}
    if negated & set(tokens(text)) and not negated & set(tokens(told)):
        return False
    return bool(own) and sum(word in held for word in own) >= _SUPPORTED * len(own)
