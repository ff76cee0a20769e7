"""What stands around a sentence: answers to it, and what it is about where it does not say so itself."""

import re
from collections.abc import Callable, Container, Sequence
from functools import cached_property

from app.summarization import russian
from app.summarization.cues.answers import Answer, answer
from app.summarization.headlines import headline
from app.summarization.phrases import phrase
from app.summarization.sentences import Sentence
from app.summarization.topics import announces
from app.summarization.words import content, stop_words, tokens

_ABOUT = 12  # sentences back in which a topic was opened
_FULL, _PLAIN = 7, 5  # content words with which a text reads by itself: one with "it", one without
_MOST_CARRIED = 2  # sentences that are put before one
_MOST_WORDS = 45  # of an item with what it refers to
_NEXT = re.compile(  # what is said after it is the next topic
    r"^\W*(?:(?:так|ну|хорошо|okay|ok|right|so)\W+)*(?:дальше|далее|следующее|теперь|поехали дальше"
    r"|next(?: thing| one| item)?|moving on|now)\W*$",
    re.IGNORECASE,
)
_WRITTEN = re.compile(r"://|www\.|[<>\[\]{}|]")  # nobody speaks links or markup: not ours to repeat
_REFERS = {
    "ru": phrase("это|этом|этот|эту|его|её|их|ним|ней|него|неё|там|так"),
    "en": phrase("them|it|that|this|those|these|there|one|him|her"),
}
_REFERS_FIRST = {
    "ru": phrase("(?:так |ну |и |вот )*(?:это|на этом|на том)"),
    "en": phrase("(?:so |then |okay |well )*(?:that|this|it)(?:'s| is)"),
}


class Context:
    """The sentences of a meeting in Russian or English, each with what it answers and its stems."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        self.sentences = sentences
        self.language = language
        self.stems = [content(one.text, language) for one in sentences]

    @cached_property
    def answers(self) -> list[Answer | None]:
        return [answer(one.text, self.language) for one in self.sentences]

    def withdrawn(self, number: int) -> bool:
        """Tell whether a sentence, or one of the next two, takes it back."""
        return any(said is Answer.TAKEN_BACK for said in self.answers[number : number + 3])

    def by_another(self, number: int, other: int) -> bool:
        """Tell whether two sentences may be of two speakers."""
        one, two = self.sentences[number].speaker, self.sentences[other].speaker
        return one is None or two is None or one != two

    def carried(
        self,
        number: int,
        text: str,
        what: str | None = None,
        wanted: Callable[[int], bool] | None = None,
        without: Container[int] = (),
    ) -> str:
        """Put before a text that does not read by itself what it is about: the topic, the fact, the proposal.

        what: the part of the text that says what is to be done, by which it is judged; wanted: sentences
        before it that are rather taken than others, such as proposals; without: sentences that tell
        something else, which stands in the minutes by itself.
        """
        own = set(content(text if what is None else what, self.language))
        refers = _REFERS[self.language].search(text) is not None
        first = _REFERS_FIRST[self.language].match(text) is not None
        if self.whole(text) and not first and len(own) >= (_FULL if refers else _PLAIN):
            return text
        before = [n for n in self._before(number) if n not in without]
        worth = {n: self._worth(n, number, own, wanted) for n in before}
        if len(before) > 1 and self.opens(before[-1]) and worth[before[-2]]:
            worth[before[-2]] += 1.0  # what is said first of a topic says what is the matter
        room = _MOST_WORDS - len(text.split())
        chosen: list[int] = []
        for n in sorted(before, key=lambda n: -worth[n]):
            length = len(self.sentences[n].text.split())
            told = sum(not self.opens(one) for one in chosen)
            # what only stands near is better than nothing, and worse than anything else
            if length <= room and told < _MOST_CARRIED and worth[n] > (0.5 if told else 0.0):
                chosen.append(n)
                room -= length
        return " ".join([*(self.sentences[n].text for n in sorted(chosen)), text])

    def _before(self, number: int) -> list[int]:
        """Return the sentences before one, nearest first, back to where its topic was opened."""
        found = []
        for n in range(number - 1, max(-1, number - 1 - _ABOUT), -1):
            found.append(n)
            if self.opens(n):
                break
        return found

    def opens(self, number: int) -> bool:
        """Tell whether a sentence only names what comes next: «По билетам.», "Third, parking."."""
        text = self.sentences[number].text
        if number and _NEXT.match(self.sentences[number - 1].text):
            return True
        return announces(text) or (self.answers[number] is None and bool(headline(text, self.language)))

    def _worth(self, n: int, number: int, own: set[str], wanted: Callable[[int], bool] | None) -> float:
        """Return how much a sentence before `number` tells of what that is about; 0: nothing."""
        text, stems = self.sentences[n].text, set(self.stems[n])
        if _WRITTEN.search(text):
            return 0.0
        if self.opens(n) and stems:
            return 3.0 - (3.0 if stems <= own else 0.0)
        proposed = 2.0 if stems and wanted is not None and wanted(n) else 0.0
        if not proposed and (len(stems) < 2 or not self.whole(text)):
            return 0.0
        if self.answers[n] is Answer.REFUSED and len(stems) < _PLAIN:
            return 0.0
        near = 1.0 - (number - n) / (_ABOUT + 1)
        shared = 1.5 * min(2, len(stems & own))
        asked = 0.5 if self.sentences[n].question else 1.0
        return (near + shared + proposed) * asked

    def whole(self, text: str) -> bool:
        """Tell whether a text says what it is about: has a noun, or (English) words enough."""
        if self.language != "ru":
            return len(content(text, self.language)) >= 2
        stop = stop_words("ru")
        return any(
            russian.has(word, "NOUN", least=0.5)
            for word in tokens(text)
            if word.isalpha() and word not in stop
        )
