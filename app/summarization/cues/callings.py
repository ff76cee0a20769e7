"""Names by which somebody is spoken to in talk without speakers' labels: before a promise, or in its thanks.

`responsible` asks for them where nobody else is known to have promised.
"""

import re

from app.summarization import russian
from app.summarization.cues.requests import addressed
from app.summarization.phrases import phrase, word_list
from app.summarization.words import stop_words, tokens

_SHORT = 5  # words of a sentence that only thanks
_YOU = {
    "ru": frozenset(
        ("ты", "тебя", "тебе", "тобой", "вы", "вас", "вам", "вами", "твой", "твоя", "твоё", "ваш")
    ),
    "en": frozenset(("you", "your", "you've", "you're", "you'll", "that", "this", "the", "what", "any")),
}
_YOU_NEAR = 3  # words after a name in which "you" may stand
_THANKS = {
    "ru": re.compile(
        r"\b(?:спасибо|благодарю|молодец|умница|выручил\w*)\b,? (?P<name>[а-яё]+)", re.IGNORECASE
    ),
    "en": re.compile(
        r"^(?:\w+,? )?(?:thanks|thank you|cheers),? (?P<name>[a-z]+(?: [a-z]+)?)\W*$", re.IGNORECASE
    ),
}
_ASKED = re.compile(r"^(?P<name>[a-z]{3,}),? (?:have|can|could|would|will|did|do|are) you\b", re.IGNORECASE)
_NOBODY = phrase("everyone|everybody|all|both|mate|love|guys|folks|then|anyway|again|much|lot|lots|god|team")


def spoken_to(text: str, language: str, people: frozenset[str]) -> str | None:
    """Return who is spoken to before a promise: «гена, у тебя аппарат стоит», "sanjay have you the login"."""
    words = tokens(text)
    if not _YOU[language].isdisjoint(words) and (called := addressed(text, language, people)):
        return called
    if language == "en" and (asked := _ASKED.match(text)) and asked["name"].lower() not in _no_names():
        return str(asked["name"].title())
    for n, word in enumerate(words[:-1]):
        if not _YOU[language].isdisjoint(words[n + 1 : n + 1 + _YOU_NEAR]):
            if language == "ru" and (name := _russian(word, text)):
                return name
            if language == "en" and n == 0 and word in word_list("names.en") | people:
                return word.title()
    return None


def thanked(text: str, language: str, people: frozenset[str]) -> str | None:
    """Return who is thanked in a short sentence: «Вот спасибо, Коля», "thanks doctor shah"."""
    if len(tokens(text)) > _SHORT:
        return None
    found = _THANKS[language].search(text)
    if found is None:
        return addressed(text, language, people)
    if language == "ru":
        return _russian(found["name"], found["name"])
    name = found["name"]
    nobody = _NOBODY.search(name) or not stop_words("en").isdisjoint(tokens(name))
    return None if nobody else str(name.title())


def _no_names() -> frozenset[str]:
    return frozenset(stop_words("en")) | word_list("lead_in.en") | word_list("nobody.en")


def _russian(word: str, text: str) -> str | None:
    """Return a name in its full form; text: where it stands, with the capitals that were heard."""
    said = word.title() if word.title() in text else word
    return russian.person(said) if len(word) > 2 else None
