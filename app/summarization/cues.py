"""Decisions and assignments, found by what people say when they make one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.summarization import assignments_en, assignments_ru
from app.summarization.deadlines import by_when, due
from app.summarization.decisions import decided
from app.summarization.sentences import Sentence
from app.summarization.words import content

_LANGUAGES = {"ru": assignments_ru, "en": assignments_en}
_CLAUSE = {
    "ru": re.compile(r"(?:[,;]\s*|\s+)(?:а\s+также|а|и|но)\s+|;\s*|,\s+(?=[А-ЯЁ])"),
    "en": re.compile(r"(?:[,;]\s*|\s+)(?:and|but|while)\s+|;\s*|,\s+(?=[A-Z][a-z]+\s+will)"),
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody is to do something."""

    sentence: Sentence
    text: str
    who: str | None
    by_when: str | None


def decisions(sentences: Sequence[Sentence], language: str) -> list[Sentence]:
    """Return the sentences in which something is decided, not those that ask, deny or remember it."""
    if language not in _LANGUAGES:
        return []
    found = []
    for number, sentence in enumerate(sentences):
        what = None if sentence.question else decided(sentence.text, language)
        if what is None:
            continue
        if not content(what, language):  # «Решили.» says nothing: what was decided stands before it
            before = sentences[number - 1] if number else None
            if before is None or before.question or len(content(before.text, language)) < 3:
                continue
            sentence = replace(before, text=f"{before.text.rstrip()} {sentence.text}")
        found.append(sentence)
    return found


def assignments(sentences: Sequence[Sentence], language: str) -> list[Assignment]:
    """Return who is to do what by when; a sentence may hold several, and the next may add the deadline."""
    rules = _LANGUAGES.get(language)
    if rules is None:
        return []
    known = rules.names([sentence.text for sentence in sentences])
    found: list[Assignment] = []
    last = -2
    for number, sentence in enumerate(sentences):
        here = [
            Assignment(sentence, clause, _who(found_who, sentence), by_when(clause, language))
            for clause in _clauses(sentence.text, language, known)
            if (found_who := rules.assignee(clause, known)) is not None
        ]
        if len(content(sentence.text, language)) < 2:  # «Поправлю.» repeats what was asked for
            here = []
        if len(here) == 1:
            here = [replace(here[0], text=sentence.text, by_when=by_when(sentence.text, language))]
        if number - last == 1 and found:
            here = _added(found, here, sentence, language)
        if here:
            found += here
        if here or (number - last == 1 and found and found[-1].sentence.segment == sentence.segment):
            last = number
    return found


def _added(
    found: list[Assignment], here: list[Assignment], sentence: Sentence, language: str
) -> list[Assignment]:
    """Let «Срок — пятница» or «Ответственная Мария» complete the assignment before it."""
    rules = _LANGUAGES[language]
    owner = rules.owner_only(sentence.text)
    if owner or (not here and due(sentence.text, language) and len(content(sentence.text, language)) <= 5):
        was = found[-1]
        if (owner is None or was.who is None) and (was.by_when is None or owner):
            found[-1] = replace(
                was, who=was.who or owner, by_when=was.by_when or by_when(sentence.text, language)
            )
            return []
    return here


def _who(found: str, sentence: Sentence) -> str | None:
    return sentence.speaker if found == "I" else found or None


def _clauses(text: str, language: str, known: frozenset[str]) -> list[str]:
    """Cut a sentence where its next clause gives somebody something to do."""
    rules = _LANGUAGES[language]
    clauses, start = [], 0
    for cut in _CLAUSE[language].finditer(text):
        left, right = text[start : cut.start()], text[cut.end() :]
        if rules.assignee(left, known) is not None and rules.begins(right, known):
            clauses.append(left)
            start = cut.end()
    return [*clauses, text[start:]]
