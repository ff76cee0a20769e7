"""What stands around a sentence: answers to it, and what it is about where it does not say so itself."""

from collections.abc import Callable, Sequence
from functools import cached_property

from app.summarization import russian
from app.summarization.cues.answers import Answer, answer
from app.summarization.headlines import headline
from app.summarization.phrases import phrase
from app.summarization.sentences import Sentence
from app.summarization.topics import announces
from app.summarization.words import content, stop_words, tokens

_ABOUT = 8  # sentences back in which a topic was opened
_FULL = 4  # content words with which even a text with "it" reads by itself
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

    def carried(self, number: int, text: str, wanted: Callable[[int], bool] | None = None) -> str:
        """Put before a text that does not read by itself what it is about: topic and last fact.

        wanted: which sentences before may be that fact; by default those that answer nothing.
        """
        n_stems = len(content(text, self.language))
        refers = _REFERS[self.language].search(text) is not None
        if not self.whole(text) or _REFERS_FIRST[self.language].match(text) is not None:
            refers, n_stems = True, 0
        if n_stems >= (_FULL if refers else 2):
            return text
        wanted = wanted or self._tells
        before: list[int] = []
        for n in range(number - 1, max(-1, number - 1 - _ABOUT), -1):
            said = self.sentences[n].text
            if self.answers[n] is None and headline(said, self.language):
                before.append(n)
                break
            if not before and wanted(n) and self.whole(said):
                before.append(n)
            if announces(said):
                break
        return " ".join([*(self.sentences[n].text for n in sorted(before)), text])

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

    def _tells(self, number: int) -> bool:
        return self.answers[number] is None and len(self.stems[number]) >= 2
