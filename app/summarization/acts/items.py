"""Decisions and assignments of a meeting: rules find what is said plainly, a trained model what is not.

`extraction` calls it. Both know Russian and English; other languages have no items.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.summarization.acts.heard import Heard, as_one, heard_assignment, heard_decision, joined
from app.summarization.acts.linear import ASSIGNMENT, DECISION, KINDS, LANGUAGES, Models, models
from app.summarization.acts.quoting import quoted
from app.summarization.acts.responsible import Responsible
from app.summarization.acts.sentence_features import sentence_features
from app.summarization.acts.spans import LEAST, spans
from app.summarization.acts.wording import Wording
from app.summarization.cues.assignments import assignments, known_people, promises
from app.summarization.cues.context import Context
from app.summarization.cues.decision_cues import decided
from app.summarization.cues.decisions import Decision, concludes, decisions
from app.summarization.cues.speakers import Speakers
from app.summarization.repetition import Told, key_of
from app.summarization.sentences import Sentence

# Probability below which a rule has heard wrong: a form of words fits, and nothing else does (tuned on the
# development half)
DOUBTED = 0.1
# Below this a sentence belongs to no item: on 65 meetings that the models had not read none was lost by it
UNLIKELY = 0.05


@dataclass(frozen=True, slots=True)
class Item:
    """A decision or an assignment.

    main: the sentence that stands for it; sentences: all that belong to it; text: what tells it, as it was
    said; context: what was said around it, where the text does not read by itself.
    """

    main: Sentence
    sentences: tuple[Sentence, ...]
    text: str
    who: str | None = None
    by_when: str | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """What a meeting decided, and what it gave to somebody to do, both in order."""

    decisions: tuple[Item, ...] = ()
    assignments: tuple[Item, ...] = ()


def items(sentences: Sequence[Sentence], language: str) -> Items:
    """Return the decisions and assignments of a meeting."""
    if language not in LANGUAGES or not sentences:
        return Items()
    return MeetingActs(sentences, language).items(models(language))


def unlikely(sentences: Sequence[Sentence], language: str) -> frozenset[int]:
    """Return the numbers of the sentences that surely belong to no item; none where no model knows."""
    if language not in LANGUAGES or not sentences:
        return frozenset()
    likely = MeetingActs(sentences, language).likely(models(language))
    return frozenset(n for n in range(len(sentences)) if max(likely[kind][n] for kind in KINDS) < UNLIKELY)


class MeetingActs:
    """The sentences of a meeting, each with its features; training reads them too."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        self.context = Context(sentences, language)
        self.speakers = Speakers(sentences, language)
        self.people = known_people(sentences, language)
        self.decided = [one for one in decisions(sentences, language) if one.sure]
        self.given = [one for one in assignments(sentences, language) if one.sure]
        self.features = sentence_features(self.context, self.people)

    def likely(self, by_kind: dict[str, Models]) -> dict[str, Sequence[float]]:
        """Return by kind of item how likely each sentence belongs to one."""
        return {kind: [by_kind[kind].sentence.probability(one) for one in self.features] for kind in KINDS}

    def items(self, by_kind: dict[str, Models]) -> Items:
        """Return what these models and the rules find."""
        likely = self.likely(by_kind)
        wording = Wording(self.context, likely)
        heard = [one for one in self.given if likely[ASSIGNMENT][one.number] >= DOUBTED]
        given = self._found(ASSIGNMENT, [heard_assignment(one) for one in heard], likely, wording, by_kind)
        taken = {one.number for one in heard}
        plain = [
            heard_decision(one)
            for one in self.decided
            if self._both(one.sentence.text)
            or max(likely[DECISION][one.first], likely[DECISION][one.number])
            >= (LEAST if one.first in taken else self._least(one))
        ]
        return Items(self._found(DECISION, plain, likely, wording, by_kind), given)

    def _found(
        self,
        kind: str,
        heard: Sequence[Heard],
        likely: dict[str, Sequence[float]],
        wording: Wording,
        by_kind: dict[str, Models],
    ) -> tuple[Item, ...]:
        responsible = Responsible(self.context, self.speakers, self.people)
        found, told = list[Item](), defaultdict[str | None, Told](Told)
        likely_here = likely[kind]
        all_ = joined(
            spans(self.context, self.features, likely_here, by_kind[kind]),
            heard,
            likely_here,
            one_each=kind == DECISION,
        )
        if kind == ASSIGNMENT:
            all_ = as_one(all_, responsible.continues)
        belongs = {n for span, _ in all_ for n in span}
        for span, one in all_:
            word = by_kind[kind].word
            main = one.number if one else wording.head(span, kind, word)
            said = [self.context.sentences[n] for n in span]
            core = one.text if one else self.context.sentences[main].text
            whole = one is not None and self.context.whole(core)
            others = belongs - set(span)
            # a decision often rests on what was said for another one; work is quoted where it is given
            elsewhere = others if kind == ASSIGNMENT else ()
            chosen = [main] if whole else wording.chosen(span, main, kind, word, elsewhere)
            who = by_when = None
            if kind == ASSIGNMENT:
                who = (one.who if one else responsible.who(span)) or responsible.called_at(main)
                by_when = one.by_when if one and one.by_when else responsible.by_when(span, others)
            key = key_of(core if one else " ".join(s.text for s in said), self.context.language)
            if told[who].repeats(key):
                continue  # said again, as in a summing up
            told[who].add(key)
            beside = [n for n in chosen if n != main and self.context.sentences[n].text not in core]
            context = quoted(self.context.sentences, beside)
            found.append(Item(self.context.sentences[main], tuple(said), core, who, by_when, context))
        return tuple(found)

    def _least(self, heard: Decision) -> float:
        """Return how likely a decision that a rule hears must be: any is believed in words of deciding."""
        texts = {self.context.sentences[n].text for n in (heard.first, heard.number)}
        return 0.0 if any(decided(text, self.context.language) for text in texts) else DOUBTED

    def _both(self, text: str) -> bool:
        """Tell whether one clause decides and another gives work: «Делаем бесплатно, с управой согласую»."""
        language = self.context.language
        clauses = text.split(", ")
        decides = [clause for clause in clauses if concludes(clause, language)]
        return bool(decides) and any(promises(one, language) for one in clauses if one not in decides)
