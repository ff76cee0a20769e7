"""Chooses the sentences that tell an item: those that hold the words a secretary would write."""

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence

from app.summarization import russian
from app.summarization.acts.linear import ASSIGNMENT, DECISION, Linear
from app.summarization.acts.sentence_features import grammar
from app.summarization.cues.context import Context
from app.summarization.words import content, stop_words, tokens

# Sentences around an item that may tell what it is about. What is to be done is often named a minute before
# somebody takes it; for decisions looking so far back changed nothing (development half)
_BACK, _AHEAD = {DECISION: 7, ASSIGNMENT: 15}, 1
_WRITTEN = re.compile(r"://|www\.|[<>\[\]{}|]")  # nobody speaks links or markup: not ours to repeat
_LEAST_TOLD = 2  # words that carry meaning, of a sentence that is put beside another
_MOST_WORDS, _MOST_SENTENCES = 40, 6  # of an item with what stands around it


def item_words(text: str, language: str) -> frozenset[str]:
    """Return the words that carry meaning: dictionary forms in Russian, stems elsewhere."""
    if language != "ru":
        return frozenset(content(text, language))
    stop = stop_words("ru")
    return frozenset(russian.lemma(word).replace("ё", "е") for word in tokens(text) if word not in stop)


class Wording:
    """The words of a meeting; likely: by kind of item, that each sentence belongs to one."""

    def __init__(self, context: Context, likely: dict[str, Sequence[float]]) -> None:
        self._context = context
        self._likely = likely
        self._words = [item_words(one.text, context.language) for one in context.sentences]
        self._in_all = Counter(word for words in self._words for word in words)

    def around(self, span: Sequence[int], kind: str) -> list[int]:
        """Return the numbers of the sentences that may tell an item, its own among them.

        What opens the next topic tells nothing of this one.
        """
        ahead = range(span[-1] + 1, min(len(self._words), span[-1] + 1 + _AHEAD))
        return [
            n
            for n in range(max(0, span[0] - _BACK[kind]), ahead.stop)
            if n in span
            or not (
                _WRITTEN.search(self._context.sentences[n].text) or (n in ahead and self._context.opens(n))
            )
        ]

    def main(self, span: Sequence[int], kind: str) -> int:
        """Return the sentence of an item that most likely belongs to one."""
        return max(span, key=lambda n: self._likely[kind][n])

    def features(self, span: Sequence[int], kind: str) -> dict[tuple[int, str], frozenset[str]]:
        """Return the features of each word around an item, by the number of its sentence and the word."""
        around = self.around(span, kind)
        here = Counter(word for n in around for word in self._words[n])
        main = self.main(span, kind)
        return {
            (n, word): self._features(n, word, "in" if n in span else "out", main, kind)
            | {f"here {min(3, here[word])}"}
            for n in around
            for word in self._words[n]
        }

    def _features(self, n: int, word: str, where: str, main: int, kind: str) -> frozenset[str]:
        context, sentence = self._context, self._context.sentences[n]
        away = f"away {max(-_BACK[kind], min(3, n - main))}"
        form = _form(word, context.language)
        other = next(one for one in self._likely if one != kind)
        told = {
            "question": sentence.question,
            "opens": context.opens(n),
            "in main": word in self._words[main],
            "same speaker": sentence.speaker is not None
            and sentence.speaker == context.sentences[main].speaker,
        }
        return frozenset(
            {where, away, form, f"{where} {away}", f"{where} {form}"}
            | {one for one, holds in told.items() if holds}
            | {f"in all {min(4, self._in_all[word])}", f"letters {min(8, len(word))}"}
            | {f"words {min(5, len(context.stems[n]))}", f"likely {int(self._likely[kind][n] * 5)}"}
            | {f"other {int(self._likely[other][n] * 5)}"}
        )

    def head(self, span: Sequence[int], kind: str, model: Linear) -> int:
        """Return the sentence that stands for an item: likely to belong to one, and full of expected words.

        A question decides nothing: it stands for a decision only where nothing else is there.
        """
        worth, likely = self._worth(span, kind, model), self._likely[kind]
        asked = self._context.sentences
        own = [n for n in span if not (kind == DECISION and asked[n].question)] or span
        return max(own, key=lambda n: (likely[n] * sum(worth[n].values()), likely[n]))

    def _worth(self, span: Sequence[int], kind: str, model: Linear) -> dict[int, dict[str, float]]:
        """Return for each sentence around an item how likely its words are written."""
        worth: dict[int, dict[str, float]] = {n: {} for n in self.around(span, kind)}
        for (n, word), features in self.features(span, kind).items():
            worth[n][word] = model.probability(features)
        return worth

    def chosen(
        self, span: Sequence[int], main: int, kind: str, model: Linear, without: Container[int] = ()
    ) -> list[int]:
        """Return the sentences that tell an item, in order: those that hold most expected words.

        main: the one that is always among them, if it says anything; without: those that tell other items.
        """
        worth = {
            n: values
            for n, values in self._worth(span, kind, model).items()
            if n == main or (n not in without and self._tells(n))
        }
        chosen = [main] if self._words[main] else []
        # its own sentences first: a reader wants the proposal and its acceptance before what led to them
        for among in ([n for n in worth if n in span], list(worth)):
            while len(chosen) < _MOST_SENTENCES:
                best = self._best(worth, chosen, among)
                if best is None:
                    break
                chosen.append(best)
        return sorted(chosen) or [main]

    def _best(
        self, worth: Mapping[int, Mapping[str, float]], chosen: Sequence[int], among: Sequence[int]
    ) -> int | None:
        """Return the sentence that adds most expected words for its length and for which there is room."""
        told = {word for n in chosen for word in self._words[n]}
        room = _MOST_WORDS - sum(self._length(n) for n in chosen)
        gains = {
            n: sum(value for word, value in worth[n].items() if word not in told) / self._length(n)
            for n in among
            if n not in chosen and self._length(n) <= room
        }
        best = max(gains, key=lambda n: (gains[n], n), default=None)
        return best if best is not None and gains[best] > 0.0 else None

    def _tells(self, n: int) -> bool:
        """Tell whether a sentence says something: "Opposed?" does not, a topic of one word does."""
        return len(self._words[n]) >= _LEAST_TOLD or self._context.opens(n)

    def _length(self, n: int) -> int:
        return len(self._context.sentences[n].text.split())


def _form(word: str, language: str) -> str:
    if word[0].isdigit():
        return "number"
    return grammar(word).split(" ")[0] if language == "ru" else f"ends {word[-2:]}"
