"""Finds decisions: said as such, voted on, or a plan that somebody takes up («Принято», "agreed")."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.summarization.cues import plans_en, plans_ru
from app.summarization.cues.answers import Answer, answered, asks_all, settles, settles_so
from app.summarization.cues.context import Context
from app.summarization.cues.decision_cues import decided, remembered
from app.summarization.cues.plan import Plan
from app.summarization.cues.votes import votes
from app.summarization.sentences import Sentence
from app.summarization.words import content, tokens

_PLANS = {"ru": plans_ru, "en": plans_en}
_BACK = 6  # sentences in which that stands what is agreed to
_SOON = 3  # sentences in which a plan is taken up
_ONE = 5  # sentences of one exchange: what shares a word there is one decision
_THIN = 3  # content words; what has fewer takes its neighbour in
_LONG, _NOD = 25, 14  # words of a plan that can be agreed to; that can be nodded at: the longer is a story
_WORDS = 4  # English words that may be all "we take that off" has


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided. sentence: its source; sure: False where only a plan was heard, and nobody took it up.

    number: of the sentence that settles it, in the order of the transcript; first: of its source; said: in
    words of deciding, and not only a plan that was taken up; echo: it takes up what was said just before.
    """

    sentence: Sentence
    text: str
    number: int
    first: int = 0
    sure: bool = True
    said: bool = True
    echo: bool = False


def decisions(sentences: Sequence[Sentence], language: str) -> list[Decision]:
    """Return what is decided or may be, in order: `sure` where it was said so, voted, or agreed to."""
    if language not in _PLANS:
        return []
    read = _Reading(sentences, language)
    found = [one for number in range(len(sentences)) if (one := read.decision(number)) is not None]
    return _joined(found, language)


def concludes(text: str, language: str) -> bool:
    """Tell whether a text decides by itself: «Тогда делаем бесплатно»."""
    return language in _PLANS and _PLANS[language].plan(text) is Plan.CONCLUDED


class _Reading(Context):
    """A meeting, each sentence with what it plans."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        super().__init__(sentences, language)
        self.rules = _PLANS[language]

    @cached_property
    def plans(self) -> list[Plan | None]:
        return [self._plan(number) for number in range(len(self.sentences))]

    def decision(self, number: int) -> Decision | None:
        """Return the decision that this sentence is, or that it takes up."""
        sentence = self.sentences[number]
        if remembered(sentence.text, self.language):
            return None
        if not sentence.question:
            what = decided(sentence.text, self.language)
            if what is not None and content(what, self.language):
                return self._found(number, sentence.text)
        plan = self.plans[number]
        firm = plan is Plan.CONCLUDED or (plan is not None and self.answers[number] is not Answer.TAKEN)
        if not firm:
            return self._antecedent(number) if self._settles(number) else None
        assert plan is not None
        if self.withdrawn(number):
            return None
        if plan is Plan.CONCLUDED and not sentence.question:
            return self._found(number, sentence.text, echo=self.answers[number] is Answer.TAKEN)
        denied = plan is Plan.PLANNED and self.rules.denies(sentence.text)
        sure = self._taken(number, plan) or (denied and self._proposed_before(number))
        return self._found(number, sentence.text, sure=sure, said=False)

    def _plan(self, number: int) -> Plan | None:
        """Return what a sentence plans; what takes up a plan concludes: «Согласна, оставляем»."""
        text = self.sentences[number].text
        bare = not self.stems[number] and (self.language == "ru" or len(tokens(text)) < _WORDS)
        if bare or (votes(text, self.language) and not self.sentences[number].question):
            return None
        before = self.sentences[number - 1].text if number else ""
        plan: Plan | None = self.rules.plan(f"{before} {text}" if settles_so(before, self.language) else text)
        said = self.answers[number]
        if said is None or plan is Plan.CONCLUDED:
            return plan
        rest = answered(text, self.language)
        if not content(rest, self.language):
            return None
        return Plan.CONCLUDED if self.rules.plan(rest) is Plan.PLANNED else plan

    def _settles(self, number: int) -> bool:
        """Tell whether a sentence says only that something is decided: «Принято», "Carried", a vote."""
        sentence = self.sentences[number]
        if sentence.question or len(self.stems[number]) > _BACK:
            return False
        if any(self._says_it(n) for n in range(number + 1, min(len(self.sentences), number + 3))):
            return False
        if votes(sentence.text, self.language):
            return True
        return decided(sentence.text, self.language) is not None or self.answers[number] is Answer.TAKEN

    def _says_it(self, number: int) -> bool:
        """Tell whether a sentence says what is decided."""
        what = decided(self.sentences[number].text, self.language)
        return self.plans[number] is Plan.CONCLUDED or (
            what is not None and len(content(what, self.language)) >= 2
        )

    def _antecedent(self, number: int) -> Decision | None:
        """Return what was proposed before a vote or a «Принято», with the vote."""
        first = number
        while first and votes(self.sentences[first - 1].text, self.language) and not self.plans[first - 1]:
            first -= 1
        tail = [self.sentences[n].text for n in range(first, number + 1)]
        near = range(first - 1, max(-1, first - 1 - _BACK), -1)
        own = set(self.stems[number])
        at = next((n for n in near if self.plans[n] or self._says_it(n)), None)
        if at is not None and not self.plans[at]:
            return None  # it was said as a decision, and is found as one
        firm = votes(tail[-1], self.language) or settles(tail[-1], self.language)
        if at is None and firm:
            shared = [n for n in near if own & set(self.stems[n]) and len(self.stems[n]) >= 3]
            stated = [
                n
                for n in near[:3]
                if self.answers[n] is None and not self.sentences[n].question and len(self.stems[n]) >= 3
            ]
            at = next(iter([*shared, *stated]), None)
        if at is None or self.withdrawn(number):
            return None
        says = (
            votes(tail[-1], self.language)
            or firm
            or content(answered(tail[-1], self.language), self.language)
        )
        if not says and self.plans[at]:
            tail = []
        return self._found(at, " ".join([self.sentences[at].text, *tail]), last=number)

    def _taken(self, number: int, plan: Plan) -> bool:
        """Tell whether somebody else takes up what this sentence plans, before anybody refuses it."""
        spoken_on = False
        n_words = len(tokens(self.sentences[number].text))
        for n in range(number + 1, min(len(self.sentences), number + 1 + _SOON)):
            said = self.answers[n]
            other = self.by_another(number, n)
            if said in (Answer.REFUSED, Answer.TAKEN_BACK):
                return False
            if said is Answer.TAKEN and other:
                return n_words <= _LONG
            if said is Answer.NODDED and other:
                return (
                    not spoken_on and n_words <= _NOD and not self.rules.wonders(self.sentences[number].text)
                )
            if asks_all(self.sentences[n].text, self.language):
                continue
            spoken_on = spoken_on or len(self.stems[n]) >= _THIN
            if other and (self.sentences[n].question or spoken_on):
                return False
        return False

    def _proposed_before(self, number: int) -> bool:
        return any(self.plans[n] is Plan.PROPOSED for n in range(max(0, number - _BACK), number))

    def _found(self, number: int, text: str, *, last: int | None = None, **how: bool) -> Decision:
        return Decision(self.sentences[number], text, last or number, number, **how)


def _joined(found: Sequence[Decision], language: str) -> list[Decision]:
    """Make one decision of what is proposed, taken up and said again within one exchange."""
    result: list[Decision] = []
    for one in found:
        stems = set(content(one.text, language))
        for at in range(len(result) - 1, -1, -1):
            other = result[at]
            gap = one.number - other.number
            own = set(content(other.text, language))
            if gap <= _ONE and stems & own:
                better = one if (one.sure, len(stems)) >= (other.sure, min(len(own), _THIN)) else other
                result[at] = better
                break
            if gap <= 2 and one.sure and other.sure and not other.said and one.said:
                result[at] = one
                break
            thin = min(len(stems), len(own)) < _THIN
            if (
                gap <= 1
                and thin
                and one.sentence.speaker == other.sentence.speaker
                and one.sure
                and other.sure
            ) or (gap <= 2 and one.echo and other.sure):
                result[at] = replace(other, text=f"{other.text} {one.text}")
                break
        else:
            result.append(one)
    return result
