"""Finds assignments: who is to do what by when, said in a sentence, or asked in one and taken in the next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.summarization.cues import assignments_en, assignments_ru
from app.summarization.cues.answers import Answer
from app.summarization.cues.context import Context
from app.summarization.cues.deadlines import by_when, due
from app.summarization.cues.requests import addressed, owed, requested
from app.summarization.cues.speakers import Speakers
from app.summarization.sentences import Sentence
from app.summarization.words import content

_LANGUAGES = {"ru": assignments_ru, "en": assignments_en}
_CLAUSE = {
    "ru": re.compile(r"(?:[,;]\s*|\s+)(?:а\s+также|а|и|но)\s+|;\s*|,\s+(?=[А-ЯЁ])"),
    "en": re.compile(r"(?:[,;]\s*|\s+)(?:and|but|while)\s+|;\s*|,\s+(?=[A-Z][a-z]+\s+will)"),
}
_SOON = 3  # sentences in which a request is answered
_THIN = 2  # content words beside the deadline; with fewer, a promise only answers
_TOLD = (
    2  # content words of a promise without a date; with fewer, it is of this minute: "I'll get it for you"
)
_MOST_ADDED = 5  # content words of a sentence that only adds a deadline


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody is to do something.

    number: of the sentence, in the order of the transcript; sure: False for a request that nobody took,
    and for what was only offered; asked: it was asked for, so that a promise after it is its answer.
    """

    sentence: Sentence
    text: str
    who: str | None
    by_when: str | None
    number: int = 0
    sure: bool = True
    asked: bool = False


def assignments(sentences: Sequence[Sentence], language: str) -> list[Assignment]:
    """Return who is to do what by when, in order: `sure` where it was given, promised, or taken."""
    if language not in _LANGUAGES:
        return []
    return _Reading(sentences, language).assignments()


def known_people(sentences: Sequence[Sentence], language: str) -> frozenset[str]:
    """Return the names known in a meeting, in lower case: of speakers, and (English) by their capitals."""
    names: frozenset[str] = _LANGUAGES[language].names([one.text for one in sentences])
    return names | Speakers(sentences, language).people


def promises(text: str, language: str) -> bool:
    """Tell whether somebody says what he himself is going to do."""
    return language in _LANGUAGES and _LANGUAGES[language].assignee(text, frozenset()) == "I"


class _Reading(Context):
    """A meeting, read sentence by sentence; `found` grows, and what follows completes what stands in it."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        super().__init__(sentences, language)
        self.rules = _LANGUAGES[language]
        self.speakers = Speakers(sentences, language)
        self.known = known_people(sentences, language)
        self.found: list[Assignment] = []

    def assignments(self) -> list[Assignment]:
        last = -2  # the sentence that belongs to the last assignment
        for number, sentence in enumerate(self.sentences):
            here = self._given(number)
            if self.found and self._answers(number, here):
                last = number
                continue
            if number - last == 1 and self.found:
                here = self._added(here, sentence)
            if here:
                self._say_again(here[0])
                self.found += here
            if here or (number - last == 1 and self.found[-1:] and self._follows(sentence)):
                last = number
        return [self._named_in_thanks(one) for one in self.found]

    def _given(self, number: int) -> list[Assignment]:
        """Return what a sentence gives, promises or asks for."""
        sentence = self.sentences[number]
        if self.withdrawn(number):
            return []
        clauses = self._clauses(sentence.text)
        here = [
            self._assignment(number, clause, found)
            for clause in clauses
            if (found := self.rules.assignee(clause, self.known)) is not None
        ]
        if len(here) == 1:
            when = by_when(sentence.text, self.language)
            bare = clauses and self.rules.assignee(clauses[0], self.known) == "I" and when is None
            sure = not bare or len(self.stems[number]) >= _TOLD
            here = [replace(here[0], text=sentence.text, by_when=when, sure=sure)]
        if here:
            return here
        if requested(sentence.text, self.language) and self.stems[number]:
            asked = self._request(number)
            return (
                asked
                if len(self.stems[number]) >= _THIN or addressed(sentence.text, self.language, self.known)
                else []
            )
        offered = self.rules.offers(sentence.text)
        if offered and self.stems[number]:
            taken = self._taken_by(number) is not None or self._thanked(number)
            return [replace(self._assignment(number, sentence.text, "I"), sure=taken)]
        return []

    def _assignment(self, number: int, text: str, found: str) -> Assignment:
        sentence = self.sentences[number]
        who = sentence.speaker if found == "I" else self.speakers.named(found) if found else None
        asked = found not in ("", "I") and addressed(text, self.language, self.known) is not None
        return Assignment(sentence, text, who, by_when(text, self.language), number, asked=asked)

    def _request(self, number: int) -> list[Assignment]:
        """Return what a sentence asks somebody for; sure if he is named or takes it."""
        sentence = self.sentences[number]
        called = addressed(sentence.text, self.language, self.known)
        if (
            called is None
            and number
            and self.answers[number - 1] is None
            and len(self.stems[number - 1]) <= _THIN
        ):
            called = addressed(self.sentences[number - 1].text, self.language, self.known)
        taker = self._taken_by(number)
        who = self.speakers.named(called) if called else None
        if taker and (who is None or not self.speakers.known(who)):
            who = self.sentences[taker].speaker or who
        sure = taker is not None or called is not None or owed(sentence.text, self.language)
        when = by_when(sentence.text, self.language)
        return [Assignment(sentence, sentence.text, who, when, number, sure=sure, asked=True)]

    def _taken_by(self, number: int) -> int | None:
        """Return the sentence in which somebody else takes what this one asks for or offers."""
        for n in range(number + 1, min(len(self.sentences), number + 1 + _SOON)):
            if not self.by_another(number, n):
                continue
            said = self.answers[n]
            if said in (Answer.TAKEN, Answer.NODDED):
                return n
            promises = self.rules.assignee(self.sentences[n].text, self.known) == "I"
            return n if promises and said is None else None
        return None

    def _thanked(self, number: int) -> bool:
        return number + 1 < len(self.sentences) and self.answers[number + 1] is Answer.NODDED

    def _named_in_thanks(self, one: Assignment) -> Assignment:
        """Say who promised something where nothing but the thanks tells it: "Thanks, Petra"."""
        n = one.number + 1
        if one.who is not None or n >= len(self.sentences) or self.answers[n] is not Answer.NODDED:
            return one
        called = addressed(self.sentences[n].text, self.language, self.known)
        return replace(one, who=self.speakers.named(called)) if called else one

    def _answers(self, number: int, here: Sequence[Assignment]) -> bool:
        """Let a promise that answers the last request complete it: who, and by when."""
        was = self.found[-1]
        sentence = self.sentences[number]
        if not was.asked or number - was.number > _SOON or not self.by_another(was.number, number):
            return False
        if sentence.question or self.answers[number] is Answer.REFUSED or any(one.asked for one in here):
            return False
        when = by_when(sentence.text, self.language)
        own = set(content(sentence.text.replace(when or "", ""), self.language))
        promised = bool(here) or self.answers[number] in (Answer.TAKEN, Answer.NODDED)
        shared = own & set(self.stems[was.number])
        promised = promised or bool(when and shared)  # «Бумажку завтра»
        if not promised and not (when and len(own) < _THIN):
            return False
        if here and not shared and len(own) > _THIN:
            return False
        by_himself = bool(here) and here[0].who is not None and here[0].who == sentence.speaker
        who = was.who or (sentence.speaker if promised else None)
        if by_himself and was.who and not self.speakers.same(was.who, sentence.speaker):
            return False
        self.found[-1] = replace(was, who=who, by_when=was.by_when or when, sure=was.sure or promised)
        return True

    def _added(self, here: list[Assignment], sentence: Sentence) -> list[Assignment]:
        """Let «Срок — пятница» or «Ответственная Мария» complete the assignment before it."""
        was = self.found[-1]
        owner = self.rules.owner_only(sentence.text)
        n_stems = len(content(sentence.text, self.language))
        dated = due(sentence.text, self.language) and n_stems <= _MOST_ADDED
        when = by_when(sentence.text, self.language)
        asks_when = (
            sentence.question and when and n_stems <= _THIN and was.sentence.speaker == sentence.speaker
        )
        adds = owner or (not here and (dated or asks_when))
        if adds and (owner is None or was.who is None) and (was.by_when is None or owner):
            self.found[-1] = replace(was, who=was.who or owner, by_when=was.by_when or when)
            return []
        return here

    def _say_again(self, one: Assignment) -> None:
        """Drop an offer that is now given in more words: «я набросаю» before «Марина, с тебя текст»."""
        near = [was for was in self.found[-2:] if one.number - was.number <= _SOON + 1 and not was.asked]
        for was in near:
            if (
                one.asked
                and was.who is not None
                and was.who == one.who
                and len(self.stems[was.number]) <= _THIN
            ):
                self.found.remove(was)

    def _follows(self, sentence: Sentence) -> bool:
        last = self.found[-1].sentence
        return last.segment == sentence.segment or (
            last.speaker is not None and last.speaker == sentence.speaker
        )

    def _clauses(self, text: str) -> list[str]:
        """Cut a sentence where its next clause gives somebody something to do."""
        clauses, start = [], 0
        for cut in _CLAUSE[self.language].finditer(text):
            left, right = text[start : cut.start()], text[cut.end() :]
            if self.rules.assignee(left, self.known) is not None and self.rules.begins(right, self.known):
                clauses.append(left)
                start = cut.end()
        return [*clauses, text[start:]]
