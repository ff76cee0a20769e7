"""The sentences of a meeting, each with what it answers, and where topics are opened."""

import re
from collections.abc import Sequence
from functools import cached_property

from app.summarization.cues.answers import Answer, answer
from app.summarization.headlines import headline
from app.summarization.phrases import phrase
from app.summarization.sentences import Sentence
from app.summarization.topics import announces
from app.summarization.words import content

_FULL, _PLAIN = 12, 9  # content words with which a text reads by itself: one with "it", one without
_REFERS = {
    "ru": phrase("это|этом|этот|эту|его|её|их|ним|ней|него|неё|там|так"),
    "en": phrase("them|it|that|this|those|these|there|one|him|her"),
}
_REFERS_FIRST = {
    "ru": phrase("(?:так |ну |и |вот )*(?:это|на этом|на том)"),
    "en": phrase("(?:so |then |okay |well )*(?:that|this|it)(?:'s| is)"),
}
_NEXT = re.compile(  # what is said after it is the next topic
    r"^\W*(?:(?:так|ну|хорошо|okay|ok|right|so)\W+)*(?:дальше|далее|следующее|теперь|поехали дальше"
    r"|next(?: thing| one| item)?|moving on|now)\W*$",
    re.IGNORECASE,
)


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

    def opens(self, number: int) -> bool:
        """Tell whether a sentence only names what comes next: «По билетам.», "Third, parking."."""
        text = self.sentences[number].text
        if number and _NEXT.match(self.sentences[number - 1].text):
            return True
        return announces(text) or (self.answers[number] is None and bool(headline(text, self.language)))

    def whole(self, text: str) -> bool:
        """Tell whether a text reads by itself: it says enough, and more where it refers to something."""
        n_words = len(set(content(text, self.language)))
        if _REFERS_FIRST[self.language].match(text):
            return False
        return n_words >= (_FULL if _REFERS[self.language].search(text) else _PLAIN)
