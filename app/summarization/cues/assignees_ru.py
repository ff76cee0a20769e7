"""Finds who is named to do something in a Russian sentence; for `assignments_ru`."""

from collections.abc import Sequence

from app.summarization import russian
from app.summarization.cues.deadlines import by_when
from app.summarization.cues.words_ru import infinitive, promises, who
from app.summarization.phrases import phrase, word_list

MUST = phrase("нужно|надо|необходимо|следует|требуется|придется|придётся|стоит")
OBLIGED = phrase("должен|должна|должны|обязан[аы]?")
ORDER = phrase(
    "поруч(?:ить|аем|аю|или|ено|им)|прошу|просим|попросим|попрошу|назнач(?:ить|аем|им|или)|закреп(?:ить"
    "|ляем|им)"
)
OWNER = phrase(
    "ответственн(?:ый|ая|ые|ым|ой)|исполнител[ьи]|отвечает|отвечать|отвечают|возьм[её]тся|займ[её]тся"
    "|займутся"
)
IF = phrase(r"(?:если|когда|вдруг|чтобы|пока)\s*$")
CONDITION = phrase("если|когда|чтобы|пока|раз уж")
_FIXED = phrase(r"закреп\w+|ответственн\w+|исполнител\w+")
_FIRM = phrase("до|к|ко|не позднее|не позже|срок")


def named(words: Sequence[str], text: str) -> str | None:
    """Find «Иван подготовит», «Ивану нужно подготовить», «поручить Ивану», «отвечает Пётр»."""
    dated = by_when(text, "ru") is not None
    for i in range(len(words)):
        name = who(words, i)
        if not name or IF.search(" ".join(words[max(0, i - 1) : i])):
            continue
        before = " ".join(words[max(0, i - 6) : i])
        ordered = bool(ORDER.search(before))
        if who(words, i, "nomn") and _acts(words, i, before, firm=_FIRM.search(text) is not None and dated):
            return name
        if who(words, i, "datv") and (ordered or (infinitive(words, i) and (dated or MUST.search(text)))):
            return name
        if who(words, i, "datv") and _orders(words, i, name):
            return name
        if ordered and (infinitive(words, i) or _FIXED.search(text)):
            return name
        opens = i == 1 or (i > 1 and words[i - 2] in ".,;:—–")
        if opens and dated and words[i - 1].lower() in ("за", "с", "со", "на"):
            return name
    return None


def asked(words: Sequence[str], dated: bool) -> str | None:
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
                and any(MUST.fullmatch(w) for w in words)
            ):
                return name
    return None


def _orders(words: Sequence[str], i: int, name: str) -> bool:
    """Find «Светлане Андреевне разослать график»: the dative opens the sentence, and no verb is finite."""
    after = words[i + len(name.split()) :]
    opens = all(not word[0].isalpha() for word in words[max(0, i - 1) : i])
    finite = any(russian.has(word, "VERB", least=0.5) or MUST.fullmatch(word) for word in words)
    return opens and not finite and bool(after) and infinitive(after, 0)


def _acts(words: Sequence[str], i: int, before: str, *, firm: bool) -> bool:
    """Tell whether who stands at `i` promises work, must do it, or answers for it.

    firm: there is a deadline, so that «готовит» means «подготовит».
    """
    near = range(i + 1, min(i + 8, _clause_end(words, i + 1)))
    if any(promises(words, j, "3per", firm=firm) and not _other_subject(words, i, j) for j in near):
        return True
    if any(OBLIGED.fullmatch(words[j]) for j in near) and infinitive(words, i):
        return True
    if any(promises(words, j, "3per", firm=firm) for j in range(max(0, i - 3), i)) and not _subject_before(
        words, i
    ):
        return True
    if russian.person(words[i]) and OWNER.search(before):
        return True
    return bool(OWNER.search(" ".join(words[i + 1 : i + 4]))) and _infinitive_or_noun(words, i)


def _clause_end(words: Sequence[str], start: int) -> int:
    return next((j for j in range(start, len(words)) if words[j] in ".;:!?…"), len(words))


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
