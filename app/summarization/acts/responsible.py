"""Who is to do an assignment, and by when: who is called, promises or accepts; for what no rule hears."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.summarization.cues import assignments_en, assignments_ru
from app.summarization.cues.answers import Answer
from app.summarization.cues.context import Context
from app.summarization.cues.deadlines import by_when, day_named
from app.summarization.cues.requests import addressed, owed, requested
from app.summarization.cues.speakers import Speakers

_RULES = {"ru": assignments_ru, "en": assignments_en}
_ACCEPTS = (Answer.TAKEN, Answer.NODDED)


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

    def by_when(self, span: Sequence[int]) -> str | None:
        """Return the deadline in the words of who named it; a bare day («Пятница», "Wednesday?") at last."""
        texts = [self.context.sentences[n].text for n in span]
        language = self.context.language
        told = [by_when(text, language) for text in texts]
        told += [day_named(text, language) for text in texts]
        return next((one for one in told if one), None)

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

    def _accepts(self, asked: int, span: Sequence[int]) -> str | None:
        """Return the first other speaker after a request."""
        asker = self.context.sentences[asked].speaker
        after = (self.context.sentences[n].speaker for n in span if n > asked)
        return next((one for one in after if one is not None and one != asker), None)

    def _thanked(self, promised: int) -> str | None:
        after = promised + 1
        thanked = after < len(self.context.sentences) and self.context.answers[after] in _ACCEPTS
        return self._called(after) if thanked else None
