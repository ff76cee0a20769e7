"""What an OpenAI-compatible server says in a reply, in every form that servers give it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.summarization.chat import End, Reply
from app.summarization.thoughts import without_thoughts

_CUT = frozenset(("length", "max_tokens", "model_length", "content_filter"))
_THOUGHT_PARTS = frozenset(("thinking", "reasoning", "redacted_thinking"))
_TOO_LONG = (
    "context_length",
    "context length",
    "context size",
    "context window",
    "too long",
    "maximum context",
)


class OtherKindError(ValueError):
    """The body is no chat completion."""


def read_completion(body: object) -> Reply:
    """Return what the model answers, without what it thinks aloud. Raises OtherKindError.

    An answer that a filter has stopped counts as cut: smaller parts may pass.
    """
    choice = _first_choice(body)
    message = choice.get("message")
    if not isinstance(message, Mapping):
        message = {"content": choice.get("text")}
    text = without_thoughts("".join(_texts(message.get("content")))) or _arguments(message)
    if choice.get("finish_reason") in _CUT:
        return Reply(text, End.CUT)
    if not text and message.get("refusal"):
        return Reply("", End.NONE)
    return Reply(text or _thought_answer(message))


def too_long(body: object) -> bool:
    """Tell whether an error says that the prompt is longer than the model's context."""
    said = json.dumps(body, ensure_ascii=False).lower()
    return any(words in said for words in _TOO_LONG)


def filtered(body: object) -> bool:
    """Tell whether an error says that the prompt did not pass a filter of contents."""
    return "content_filter" in json.dumps(body).lower()


def _first_choice(body: object) -> Mapping[str, Any]:
    choices = body.get("choices") if isinstance(body, Mapping) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, Mapping) or not ("message" in first or "text" in first):
        raise OtherKindError("an answer of another kind")
    return first


def _texts(content: object) -> Iterator[str]:
    """Yield the text of a content that is a string, or a list of parts."""
    if isinstance(content, str):
        yield content
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping) and part.get("type") not in _THOUGHT_PARTS:
            text = part.get("text")
            yield from _texts(text.get("value") if isinstance(text, Mapping) else text)


def _arguments(message: Mapping[str, Any]) -> str:
    """Return what a model hands to a function that nobody offered it: the answer, as JSON."""
    calls = message.get("tool_calls")
    functions = [call.get("function") for call in calls or () if isinstance(call, Mapping)]
    found = []
    for function in (*functions, message.get("function_call")):
        arguments = function.get("arguments") if isinstance(function, Mapping) else None
        if arguments:
            found.append(arguments if isinstance(arguments, str) else json.dumps(arguments))
    return "\n".join(found)


def _thought_answer(message: Mapping[str, Any]) -> str:
    """Return the answer of a model whose server takes all of it for thoughts."""
    for key in ("reasoning_content", "reasoning"):
        thought = message.get(key)
        if isinstance(thought, str) and "{" in thought:
            return without_thoughts(thought)
    return ""
