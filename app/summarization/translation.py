"""Minutes in another language than was spoken: a chat model translates each statement, which is checked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from babel import Locale, UnknownLocaleError

from app.audio.media import Remark
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.errors import N_
from app.progress import Progress
from app.summarization.answer_fields import plain
from app.summarization.chat import Chat
from app.summarization.json_text import UnusableError, read_json
from app.summarization.numerals import numbers, stated
from app.summarization.prompt import TRANSLATION, Prompt, harmless, prompt_text
from app.summarization.words import script_language
from app.summarization.writing import LEAST_WHOLE

TRANSLATED = N_(
    "Translated by the language model %(name)s, statement by statement:"
    " compare what matters with the recording."
)
AS_SAID = N_("Statements whose translation could not be relied on stand as they were said: %(n)s.")
UNTRANSLATED = N_(
    "There is no language model here that translates: headings and dates are in the language that was"
    " asked for, what was said stands as it was said."
)

_BUDGET = 300  # tokens: a long sentence of Russian
_LONGER, _SPARE = 4, 20  # a translation has at most so many times the letters, and so many more
_WORD = re.compile(r"[^\W\d_]+")
_LETTER = {"ru": re.compile(r"[а-яё]+", re.IGNORECASE), "en": re.compile(r"[a-z]+", re.IGNORECASE)}


def can_translate(chat: Chat) -> bool:
    """Tell whether a model is large enough.

    Measured on Qwen2.5 coder of 1.5 billion parameters: of six statements three became good Russian.
    """
    return chat.n_parameters is None or chat.n_parameters >= LEAST_WHOLE


def untranslated(minutes: Minutes, to: str) -> Minutes:
    """Give minutes the form of another language, and say that their words are those of the speakers."""
    return replace(minutes, written_in=to, remarks=(*minutes.remarks, Remark(UNTRANSLATED)))


def translated(chat: Chat, minutes: Minutes, to: str, progress: Progress) -> Minutes:
    """Translate minutes; what fails its check stays as it was said, and is counted."""
    texts = tuple(dict.fromkeys(text for text in _texts(minutes) if not _is_in(text, to)))
    spoken = script_language(texts, minutes.language)
    prompts = [_prompt(harmless(text, chat.special), to) for text in texts]
    replies = chat.ask(prompts, progress) if prompts else []
    known: dict[str, str] = {}
    for text, reply in zip(texts, replies, strict=True):
        found = _read(reply.text)
        if found and fits(text, found, spoken, to):
            known[text] = found
    progress(1.0)
    remarks = [*minutes.remarks, Remark(TRANSLATED, {"name": chat.name})]
    if lost := len(texts) - len(known):
        remarks.append(Remark(AS_SAID, {"n": lost}))
    made = _mapped(minutes, lambda text: known.get(text, text))
    return replace(made, language=to, written_in=to, remarks=tuple(remarks))


def fits(text: str, found: str, spoken: str, to: str) -> bool:
    """Tell whether a translation can be one: in its language, of fair length, with the same numbers."""
    foreign = [word for word in _WORD.findall(found) if not _LETTER[to].fullmatch(word)]
    if not all(_is_name(word, text, spoken) for word in foreign):
        return False
    own = [word for word in _WORD.findall(found) if word not in foreign]
    if not own or len(found) > _LONGER * len(text) + _SPARE:
        return False
    here, there = numbers(text, spoken), numbers(found, to)
    return all(there & readings for readings in stated(text, spoken)) and all(
        here & readings for readings in stated(found, to)
    )


def _is_name(word: str, text: str, spoken: str) -> bool:
    """Tell whether a word is kept because it is a name in a text: no month, and not only its beginning."""
    if word[0].islower() or word not in _WORD.findall(text)[1:]:
        return False
    try:
        calendar = Locale(spoken)
    except UnknownLocaleError:
        return True
    named = (*calendar.months["format"]["wide"].values(), *calendar.days["format"]["wide"].values())
    return word.lower() not in {one.lower() for one in named}


def _is_in(text: str, language: str) -> bool:
    words = _WORD.findall(text)
    return all(_LETTER[language].fullmatch(word) for word in words)


def _prompt(text: str, to: str) -> Prompt:
    return Prompt(prompt_text("translate", to), text, TRANSLATION, (), _BUDGET)


def _read(text: str) -> str:
    try:
        return plain(read_json(text).objects[0].get("translation")) or ""
    except UnusableError:
        return ""


def _texts(minutes: Minutes) -> Sequence[str]:
    seen: list[str] = []

    def note(text: str) -> str:
        seen.append(text)
        return text

    _mapped(minutes, note)
    return [text for text in seen if text]


def _mapped(minutes: Minutes, to: Callable[[str], str]) -> Minutes:
    """Return minutes with each text of a statement put through `to`; names of people stay."""

    def point(one: Point) -> Point:
        return replace(one, text=to(one.text), context=to(one.context))

    def item(one: ActionItem) -> ActionItem:
        when = to(one.by_when) if one.by_when else one.by_when
        return replace(one, text=to(one.text), by_when=when, context=to(one.context))

    def topic(one: Topic) -> Topic:
        return replace(one, title=to(one.title), points=tuple(map(point, one.points)))

    return replace(
        minutes,
        summary=tuple(map(point, minutes.summary)),
        decisions=tuple(map(point, minutes.decisions)),
        action_items=tuple(map(item, minutes.action_items)),
        topics=tuple(map(topic, minutes.topics)),
    )
