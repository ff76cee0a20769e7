"""Tells what stands at a place of a Russian sentence: a person or department, a verb that promises work."""

from collections.abc import Sequence

from app.summarization import russian
from app.summarization.phrases import word_list


def who(words: Sequence[str], i: int, case: str | None = None) -> str | None:
    """Return the person or department that stands at `i`, with surname or genitive: «Отдел продаж»."""
    word = words[i]
    if not word[0].isalpha() or len(word) < 2:
        return None
    found = russian.person(word, case)
    if found:
        after = words[i + 1] if i + 1 < len(words) else ""
        second = russian.person(after, case) if after[:1].isupper() else None
        return f"{found} {second}" if second else found
    if russian.department(word, case):
        after = words[i + 1] if i + 1 < len(words) else ""
        tail = (
            f" {after.lower()}"
            if after.isalpha() and russian.has(after, "NOUN", "gent", least=0.4) and not russian.person(after)
            else ""
        )
        kind = words[i - 1] if i and russian.has(words[i - 1], "ADJF", case or "nomn", least=0.1) else ""
        if kind and not russian.has(kind, "Apro"):
            return f"{russian.nominative(kind).capitalize()} {russian.nominative(word)}{tail}"
        return russian.nominative(word).capitalize() + tail
    return None


def promises(words: Sequence[str], i: int, *grammemes: str, firm: bool = False) -> bool:
    """Tell whether the word at `i` promises work: «подготовит», «будет готовить», and not «не подготовит»."""
    if i and words[i - 1].lower() == "не":
        return False
    if words[i].lower() in ("будет", "будут", "буду", "будем"):
        person = {"1per": ("буду", "будем"), "3per": ("будет", "будут")}
        fits = next((words[i].lower() in forms for p, forms in person.items() if p in grammemes), False)
        return fits and any(
            russian.has(word, "INFN", least=0.5) and russian.lemma(word) not in word_list("no_work.ru")
            for word in words[i + 1 : i + 4]
        )
    return _works(words[i], "futr", *grammemes) or (firm and _works(words[i], "pres", *grammemes))


def infinitive(words: Sequence[str], i: int) -> bool:
    """Tell whether work is named near `i`: «подготовить»."""
    around = words[max(0, i - 4) : min(len(words), i + 8)]
    return any(
        russian.has(word, "INFN", least=0.5) and russian.lemma(word) not in word_list("no_work.ru")
        for word in around
    )


def _works(word: str, *grammemes: str) -> bool:
    """Tell whether a word is a verb of doing in this form."""
    return any(
        p.score >= 0.2
        and p.tag.POS == "VERB"
        and all(g in p.tag for g in grammemes)
        and p.normal_form not in word_list("no_work.ru")
        for p in russian.parses(word)
    )
