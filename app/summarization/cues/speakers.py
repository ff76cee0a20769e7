"""The people who speak: by what names the others call them, so that «Паш» and "Павел" are one."""

from collections.abc import Sequence
from functools import cache

from app.summarization import russian
from app.summarization.phrases import word_list
from app.summarization.sentences import Sentence
from app.summarization.words import tokens

_ALIKE = 3  # letters with which a short name begins as the long one does


class Speakers:
    """The speakers of a transcript; `people`: all words of their names, in lower case."""

    def __init__(self, sentences: Sequence[Sentence], language: str) -> None:
        self.language = language
        self.labels = list(dict.fromkeys(one.speaker for one in sentences if one.speaker))
        self.people = frozenset(word for label in self.labels for word in tokens(label))

    def named(self, name: str) -> str:
        """Return the label of who is called so; the name where it says more, or is of nobody here."""
        label = next((label for label in self.labels if self.same(name, label)), "")
        return label if len(label.split()) >= len(name.split()) else name

    def known(self, name: str) -> bool:
        return any(self.same(name, label) for label in self.labels) or len(name.split()) > 1

    def same(self, name: str | None, label: str | None) -> bool:
        """Tell whether a name may be that of the speaker with this label."""
        if not name or not label:
            return False
        ours, theirs = tokens(name), tokens(label)
        if len(ours) > 1 and len(theirs) > 1:
            return ours == theirs
        return any(self._alike(one, other) for one in ours for other in theirs)

    def _alike(self, one: str, other: str) -> bool:
        if one == other or one in _full_names(other) or other in _full_names(one):
            return True
        if self.language != "ru":
            return False
        short, long = sorted((one, other), key=len)
        return (
            len(short) >= _ALIKE
            and long.startswith(short[:-1])
            and russian.person(long.title()) is not None
            and len(long) - len(short) <= 1
        )


@cache
def _full_names(short: str) -> frozenset[str]:
    """Return the names that a short one stands for: of «паша» «павел»."""
    for entry in word_list("short_names"):
        names = entry.split("=")
        if names[0] == short:
            return frozenset(names[1].split("/"))
    return frozenset()
