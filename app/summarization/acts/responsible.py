"""Who is to do an assignment, and by when: who is called, promises or accepts; for what no rule hears."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from app.summarization.acts.wording import item_words
from app.summarization.cues import assignments_en, assignments_ru
from app.summarization.cues.answers import Answer
from app.summarization.cues.callings import spoken_to, thanked
from app.summarization.cues.context import Context
from app.summarization.cues.deadlines import by_when, day_named, hour_named
from app.summarization.cues.requests import addressed, called_by_request, owed, requested
from app.summarization.cues.speakers import Speakers

_RULES = {"ru": assignments_ru, "en": assignments_en}
_ACCEPTS = (Answer.TAKEN, Answer.NODDED)
_SOON = 3  # sentences after an item, or before a promise, that may speak of it
_THIN = 3  # content words of a sentence that only names a day


@dataclass(frozen=True, slots=True)
class Responsible:
    """Finds who and when in the sentences of an item. people: known names, in lower case."""

    context: Context
    speakers: Speakers
    people: frozenset[str]

    def who(self, span: Sequence[int]) -> str | None:
        """Return a name as in the speakers' labels where it is one of theirs."""
        asked = next((n for n in span if self._asks(n)), None)
        if asked is not None:
            called = self._called(asked)
            return called or self._accepts(asked, span)
        promised = next((n for n in span if self._promises(n)), None)
        if promised is not None:
            return self.context.sentences[promised].speaker or self._thanked(promised)
        said = [self.context.sentences[n].speaker for n in span if self.context.answers[n] not in _ACCEPTS]
        called = next((name for n in span if (name := self._called(n))), None)
        return called or next((one for one in said if one), None)

    def called_at(self, main: int) -> str | None:
        """Return who is called in a sentence, or before it where no label says who promises."""
        language = self.context.language
        if language == "en" and (name := called_by_request(self.context.sentences[main].text, self.people)):
            return self.speakers.named(name)
        if self.context.sentences[main].speaker is not None:
            return None
        before = range(main - 1, max(-1, main - 1 - _SOON), -1)
        asks = (n for n in before if self.context.sentences[n].question or self._asks(n))
        return next((name for n in asks if (name := self._asked(n))), None) or self._spoken_to(main)

    def _spoken_to(self, main: int) -> str | None:
        """Return who is spoken to right before a promise, or thanked right after it."""
        if not self._promises(main):
            return None
        said, language = self.context.sentences, self.context.language
        after = said[main + 1 : main + 2]
        names = [thanked(one.text, language, self.people) for one in after]
        names += [spoken_to(one.text, language, self.people) for one in said[max(0, main - 1) : main]]
        return next((self.speakers.named(name) for name in names if name), None)

    def by_when(self, span: Sequence[int], others: Container[int] = ()) -> str | None:
        """Return the deadline in the words of who named it; a bare day («Пятница», "Wednesday?") at last.

        others: sentences of other items, whose deadlines are their own.
        """
        language = self.context.language
        after = list(self._after(span, others))
        texts = [self.context.sentences[n].text for n in (*span, *after)]
        told = [by_when(text, language) for text in texts]
        short = (n for n in (*span, *after) if n in span or len(self.context.stems[n]) <= _THIN)
        told += [hour_named(text, language) for text in texts]
        told += [day_named(self.context.sentences[n].text, language) for n in short]
        return next((one for one in told if one), None)

    def continues(self, first: int, then: int) -> bool:
        """Tell whether a sentence goes on with the assignment of the one before it.

        It answers a request in its words («Узнай цену.» «Завтра узнаю.»), or its speaker adds little to it.
        """
        if then - first != 1 or self.context.opens(then):
            return False
        one, other = self.context.sentences[first], self.context.sentences[then]
        thin = len(self.context.stems[then]) <= _THIN
        if one.segment == other.segment:
            return thin and not self._asks(then)
        asked = one.question or self._asks(first)
        if not asked or not self.context.by_another(first, then) or not self._takes(then):
            return False
        language = self.context.language
        return thin or bool(item_words(one.text, language) & item_words(other.text, language))

    def _after(self, span: Sequence[int], others: Container[int]) -> Iterator[int]:
        """Yield what goes on speaking of an item: the same speaker at once, or who promises it."""
        sentences = self.context.sentences
        promised = False
        for n in range(span[-1] + 1, min(len(sentences), span[-1] + 1 + _SOON)):
            if n in others or self.context.opens(n):
                return
            goes_on = sentences[n].segment == sentences[n - 1].segment
            if not goes_on and promised:
                return
            promised = promised or (not goes_on and self._takes(n))
            if not goes_on and not promised:
                return
            yield n

    def _takes(self, n: int) -> bool:
        return self._promises(n) or self.context.answers[n] in _ACCEPTS

    def _asks(self, n: int) -> bool:
        text = self.context.sentences[n].text
        who = _RULES[self.context.language].assignee(text, self.people)
        asks = requested(text, self.context.language) or owed(text, self.context.language)
        return asks or (who is not None and who not in ("", "I"))

    def _promises(self, n: int) -> bool:
        rules = _RULES[self.context.language]
        text = self.context.sentences[n].text
        return rules.assignee(text, self.people) == "I" or bool(rules.offers(text))

    def _called(self, n: int) -> str | None:
        called = addressed(self.context.sentences[n].text, self.context.language, self.people)
        return self.speakers.named(called) if called else None

    def _asked(self, n: int) -> str | None:
        """Return who is called in a request, by name or by its form."""
        text = self.context.sentences[n].text
        form = called_by_request(text, self.people) if self.context.language == "en" else None
        return self._called(n) or (self.speakers.named(form) if form else None)

    def _accepts(self, asked: int, span: Sequence[int]) -> str | None:
        """Return the first other speaker after a request."""
        asker = self.context.sentences[asked].speaker
        after = (self.context.sentences[n].speaker for n in span if n > asked)
        return next((one for one in after if one is not None and one != asker), None)

    def _thanked(self, promised: int) -> str | None:
        after = promised + 1
        thanked = after < len(self.context.sentences) and self.context.answers[after] in _ACCEPTS
        return self._called(after) if thanked else None
