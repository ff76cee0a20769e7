"""Finds assignments in Russian sentences, by the phrases and word forms that give them; for `cues`."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.cues.assignees_ru import CONDITION, IF, MUST, OBLIGED, ORDER, OWNER, asked, named
from app.summarization.cues.deadlines import by_when
from app.summarization.cues.decision_cues import remembered
from app.summarization.cues.words_ru import infinitive, promises, who
from app.summarization.phrases import phrase, word_list

_HEADING = phrase(
    r"^\W*(?:задача|поручение|экшен[- ]?айтем|action item|туду|todo)\b[^:—–-]{0,30}[:—–-](?=\s)"
)
_MINE = phrase(
    "(?:беру|берём|возьму) (?:это )?на себя|(?:это )?за мной(?! (?:идут|следуйте|повторяйте))",
    r"с меня \w+|я (?:этим )?займусь|я возьмусь",
)
_IRREAL = phrase("бы|хочу|хотел|хотела|надеюсь|боюсь|наверное|может быть|возможно|вряд ли|думаю")
_TELLS = frozenset(("сказать", "передать", "сообщить", "напомнить", "предупредить", "показать"))
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
    if _promised(words):
        return _promised(words)
    if _HEADING.search(text) and len(words) > 4:
        return ""
    if when and _impersonal(words, text):
        return ""
    return None


def offers(text: str) -> bool:
    """Tell whether the speaker offers work that somebody has yet to take: «могу съездить»."""
    if IF.search(text) or _IRREAL.search(text):
        return False
    words = _WORD.findall(text)
    lemmas = [russian.lemma(word) for word in words if russian.has(word, "INFN", least=0.5)]
    if text.rstrip('"»)”’ ').endswith("?") and words and words[0].lower() == "мне" and len(lemmas) == 1:
        return lemmas[0] not in word_list("no_work.ru") | word_list("talk.ru")  # «Мне заказать бумагу?»
    can = any(
        word.lower() in ("могу", "смогу", "готов", "готова", "попробую", "постараюсь") for word in words
    )
    return can and any(lemma not in word_list("no_work.ru") | word_list("talk.ru") for lemma in lemmas)


def _first_person(words: Sequence[str], dated: bool) -> str | None:
    """Find «(я) подготовлю», «я в четверг отправляю»; of «мы сделаем» and talk, only what has a date."""
    if _IRREAL.search(" ".join(words)):
        return None
    for i, word in enumerate(words):
        if not word[0].isalpha() or CONDITION.search(" ".join(words[:i])):
            continue
        lemma = russian.lemma(word)
        told = lemma in _TELLS and _recipient(words, i)
        if promises(words, i, "1per", "sing") and (dated or told or lemma not in word_list("talk.ru")):
            return "I"
        pronoun = any(w.lower() == "я" for w in words[max(0, i - 5) : i])
        if pronoun and dated and _now_but_dated(word):
            return "I"
        if dated and promises(words, i, "1per", "plur") and lemma not in word_list("talk.ru"):
            return ""
    return None


def _now_but_dated(word: str) -> bool:
    """Tell whether a verb in the present can be meant of a day to come: «я в четверг отправляю»."""
    return any(
        p.score >= 0.3
        and p.tag.POS == "VERB"
        and {"1per", "sing", "pres"} <= set(p.tag.grammemes)
        and p.normal_form not in word_list("no_work.ru") | word_list("talk.ru") | word_list("no_plan.ru")
        for p in russian.parses(word)
    )


def _recipient(words: Sequence[str], i: int) -> bool:
    """Tell whether somebody who is not here is to be told: «скажу Антону», «сообщу клиентам»."""
    return any(
        russian.has(word, "NOUN", "datv", "anim", least=0.2)
        for word in words[i + 1 : i + 4]
        if word[0].isalpha()
    )


def _promised(words: Sequence[str]) -> str | None:
    """Return who is said to have promised what is still to be done: «Светлана обещала вернуть завтра»."""
    for i, word in enumerate(words):
        if russian.lemma(word) in ("обещать", "пообещать", "согласиться", "вызваться") and infinitive(
            words, i
        ):
            return next((name for j in range(max(0, i - 3), i) if (name := who(words, j, "nomn"))), None)
    return None


def _impersonal(words: Sequence[str], text: str) -> bool:
    work = any(
        russian.has(word, "INFN", least=0.5)
        and russian.lemma(word) not in word_list("no_work.ru") | word_list("talk.ru")
        for word in words
    )
    return work and bool(MUST.search(text) or ORDER.search(text) or any(OBLIGED.fullmatch(w) for w in words))
