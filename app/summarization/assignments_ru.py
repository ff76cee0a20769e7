"""What Russian speakers say when they assign something to somebody."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.deadlines import by_when
from app.summarization.decisions import remembered
from app.summarization.phrases import phrase, word_list
from app.summarization.words_ru import infinitive, promises, who

_MUST = phrase("нужно|надо|необходимо|следует|требуется|придется|придётся|стоит")
_OBLIGED = phrase("должен|должна|должны|обязан[аы]?")
_ORDER = phrase(
    "поруч(?:ить|аем|аю|или|ено|им)|прошу|просим|попросим|попрошу|назнач(?:ить|аем|им|или)|закреп(?:ить"
    "|ляем|им)"
)
_FIXED = phrase(r"закреп\w+|ответственн\w+|исполнител\w+")
_HEADING = phrase(
    r"^\W*(?:задача|поручение|экшен[- ]?айтем|action item|туду|todo)\b[^:—–-]{0,30}[:—–-](?=\s)"
)
_OWNER = phrase(
    "ответственн(?:ый|ая|ые|ым|ой)|исполнител[ьи]|отвечает|отвечать|отвечают|возьм[её]тся|займ[её]тся"
    "|займутся"
)
_MINE = phrase(
    "(?:беру|берём|возьму) (?:это )?на себя|(?:это )?за мной(?! (?:идут|следуйте|повторяйте))",
    r"с меня \w+|я (?:этим )?займусь|я возьмусь",
)
_FIRM = phrase("до|к|ко|не позднее|не позже|срок")
_IF = phrase(r"(?:если|когда|вдруг|чтобы|пока)\s*$")
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
    if not _OWNER.search(text) or len(_WORD.findall(text)) > 9:
        return None
    words = _WORD.findall(text)
    if any(
        russian.has(word, "INFN", least=0.5)
        or (russian.has(word, "VERB", "futr", "perf", least=0.6) and not _OWNER.fullmatch(word))
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
    named = _asked(words, bool(when)) or (None if question else _named(words, text))
    if named:
        return named
    if question:
        return None
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


def _clause_end(words: Sequence[str], start: int) -> int:
    return next((j for j in range(start, len(words)) if words[j] in ".;:!?…"), len(words))


def _named(words: Sequence[str], text: str) -> str | None:
    """Find «Иван подготовит», «Ивану нужно подготовить», «поручить Ивану», «отвечает Пётр»."""
    dated = by_when(text, "ru") is not None
    for i in range(len(words)):
        name = who(words, i)
        if not name or _IF.search(" ".join(words[max(0, i - 1) : i])):
            continue
        before = " ".join(words[max(0, i - 6) : i])
        ordered = bool(_ORDER.search(before))
        if who(words, i, "nomn") and _acts(words, i, before, firm=_FIRM.search(text) is not None and dated):
            return name
        if who(words, i, "datv") and (ordered or (infinitive(words, i) and (dated or _MUST.search(text)))):
            return name
        if ordered and (infinitive(words, i) or _FIXED.search(text)):
            return name
        opens = i == 1 or (i > 1 and words[i - 2] in ".,;:—–")
        if opens and dated and words[i - 1].lower() in ("за", "с", "со", "на"):
            return name
    return None


def _acts(words: Sequence[str], i: int, before: str, *, firm: bool) -> bool:
    """Tell whether who stands at `i` promises work, must do it, or answers for it.

    firm: there is a deadline, so that «готовит» means «подготовит».
    """
    near = range(i + 1, min(i + 8, _clause_end(words, i + 1)))
    if any(promises(words, j, "3per", firm=firm) and not _other_subject(words, i, j) for j in near):
        return True
    if any(_OBLIGED.fullmatch(words[j]) for j in near) and infinitive(words, i):
        return True
    if any(promises(words, j, "3per", firm=firm) for j in range(max(0, i - 3), i)) and not _subject_before(
        words, i
    ):
        return True
    if russian.person(words[i]) and _OWNER.search(before):
        return True
    return bool(_OWNER.search(" ".join(words[i + 1 : i + 4]))) and _infinitive_or_noun(words, i)


def _subject_before(words: Sequence[str], i: int) -> bool:
    return any(who(words, j, "nomn") for j in range(max(0, i - 5), i))


def _other_subject(words: Sequence[str], i: int, j: int) -> bool:
    """Tell whether a new clause with its own subject begins between the name and the verb."""
    inner = words[i + 1 : j]
    return any(
        word.lower() in ("я", "мы", "он", "она", "они", "что", "который", "которая") for word in inner
    ) or any(who(words, k, "nomn") for k in range(i + 2, j))


def _infinitive_or_noun(words: Sequence[str], i: int) -> bool:
    return any(
        russian.has(word, "NOUN", least=0.4) or russian.has(word, "INFN", least=0.5)
        for word in words[i + 2 :]
    )


def _asked(words: Sequence[str], dated: bool) -> str | None:
    """Find «Ольга, подготовь», «Ольга, тебе нужно подготовить», «Ольга, ты подготовишь до пятницы?»."""
    silent = word_list("asked_to_talk.ru") if dated else word_list("talk.ru") | word_list("asked_to_talk.ru")
    for i in range(len(words)):
        name = who(words, i, "nomn")
        if not name or not any(kind in p.tag for p in russian.parses(words[i]) for kind in ("Name", "Surn")):
            continue
        for j in range(max(0, i - 2), min(len(words), i + 7)):
            if j == i or words[j - 1 if j else 0].lower() == "не" or russian.lemma(words[j]) in silent:
                continue
            if russian.has(words[j], "impr", "excl", least=0.3) and words[j].lower() not in (
                "давай",
                "давайте",
                "смотри",
                "смотрите",
                "извини",
                "извините",
            ):
                return name
            if j > i and promises(words, j, "2per"):
                return name
            if (
                words[j].lower() in ("тебе", "вам")
                and infinitive(words, j)
                and any(_MUST.fullmatch(w) for w in words)
            ):
                return name
    return None


def _first_person(words: Sequence[str], dated: bool) -> str | None:
    """Find «я подготовлю»; of «мы сделаем» and talk about the talk, only what has a date."""
    for i, word in enumerate(words):
        if _IF.search(" ".join(words[max(0, i - 2) : i])):
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
    return work and bool(
        _MUST.search(text) or _ORDER.search(text) or any(_OBLIGED.fullmatch(w) for w in words)
    )
