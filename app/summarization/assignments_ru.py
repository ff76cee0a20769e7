"""Finds assignments in Russian sentences, by the phrases and word forms that give them; for `cues`."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.assignees_ru import IF, MUST, OBLIGED, ORDER, OWNER, asked, named
from app.summarization.deadlines import by_when
from app.summarization.decisions import remembered
from app.summarization.phrases import phrase, word_list
from app.summarization.words_ru import promises, who

_HEADING = phrase(
    r"^\W*(?:задача|поручение|экшен[- ]?айтем|action item|туду|todo)\b[^:—–-]{0,30}[:—–-](?=\s)"
)
_MINE = phrase(
    "(?:беру|берём|возьму) (?:это )?на себя|(?:это )?за мной(?! (?:идут|следуйте|повторяйте))",
    r"с меня \w+|я (?:этим )?займусь|я возьмусь",
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[.,;:!?…—–]")


def names(texts: Sequence[str]) -> frozenset[str]:
    """Russian names are known by the dictionary; nothing is learned from the transcript."""
    return frozenset()


def begins(clause: str, known: frozenset[str]) -> bool:
    """Tell whether a clause opens with somebody who gets something to do: «Мария отправит письмо»."""
    words = _WORD.findall(clause)
    opens = bool(words) and bool(who(words, 0) or words[0].lower() in ("я", "мне"))
    return opens and assignee(clause, known) is not None


def owner_only(text: str) -> str | None:
    """Return the name where a sentence says only who is responsible: «Ответственная Мария, срок среда»."""
    if not OWNER.search(text) or len(_WORD.findall(text)) > 9:
        return None
    words = _WORD.findall(text)
    if any(
        russian.has(word, "INFN", least=0.5)
        or (russian.has(word, "VERB", "futr", "perf", least=0.6) and not OWNER.fullmatch(word))
        for word in words
    ):
        return None
    return next((name for i in range(len(words)) if (name := who(words, i))), None)


def assignee(text: str, known: frozenset[str]) -> str | None:
    """Return who gets something to do: a name, "I" for the speaker, "" for nobody named, None for no work."""
    if remembered(text, "ru"):
        return None
    words = _WORD.findall(text)
    question = text.rstrip('"»)”’ ').endswith("?")
    when = by_when(text, "ru")
    person = asked(words, bool(when)) or (None if question else named(words, text))
    if person or question:
        return person
    if _MINE.search(text):
        return "I"
    first = _first_person(words, bool(when))
    if first:
        return first
    if _HEADING.search(text) and len(words) > 4:
        return ""
    if when and _impersonal(words, text):
        return ""
    return None


def _first_person(words: Sequence[str], dated: bool) -> str | None:
    """Find «я подготовлю»; of «мы сделаем» and talk about the talk, only what has a date."""
    for i, word in enumerate(words):
        if IF.search(" ".join(words[max(0, i - 2) : i])):
            continue
        lemma = russian.lemma(word)
        if promises(words, i, "1per", "sing") and (dated or lemma not in word_list("talk.ru")):
            pronoun = any(w.lower() == "я" for w in words[max(0, i - 5) : i])
            if pronoun or dated or not i:
                return "I"
        if dated and promises(words, i, "1per", "plur") and lemma not in word_list("talk.ru"):
            return ""
    return None


def _impersonal(words: Sequence[str], text: str) -> bool:
    work = any(
        russian.has(word, "INFN", least=0.5)
        and russian.lemma(word) not in word_list("no_work.ru") | word_list("talk.ru")
        for word in words
    )
    return work and bool(MUST.search(text) or ORDER.search(text) or any(OBLIGED.fullmatch(w) for w in words))
