"""A word that PocketSphinx recognized, and how well English words explain what was said."""

from collections.abc import Sequence
from typing import NamedTuple

# `clarity` of flite, LJ Speech, VoiceBank (clean) and a recording of 1961: .30 to 1.23; of Russian, German
# and French by espeak-ng, festival and Golos: -.81 to .17; of espeak-ng speaking English: -.14.
CLEAR = 0.25


class RecognizedWord(NamedTuple):
    """A word as PocketSphinx heard it.

    start, end: s within the utterance; probability: posterior, 0..1; fit: log-likelihood of its sound,
    relative to the best sound of each frame, summed over its frames.
    """

    text: str
    start: float
    end: float
    probability: float
    fit: float

    @property
    def is_word(self) -> bool:
        return self.text[0] not in "<[+"  # <s>, <sil>, [NOISE], ++COUGH++


def clarity(heard: Sequence[RecognizedWord], speech_s: float) -> float:
    """Say how well English words explain the speech: above `CLEAR` for clear English.

    The time-weighted posterior of the words (speech without a word counts as 0), and how well their
    sounds fit, weighed so that English and other languages lie furthest apart.
    """
    words = [word for word in heard if word.is_word]
    seconds = sum(word.end - word.start for word in words)
    if not seconds or not speech_s:
        return 0.0
    posterior = sum(word.probability * (word.end - word.start) for word in words) / speech_s
    fit = sum(word.fit for word in words) / (seconds * 100)
    return posterior + 0.25 * (fit + 3.6)


def spell(text: str, first: bool) -> str:
    """Drop the number of the pronunciation ("to(3)"), and write capitals where English wants them."""
    text = text.partition("(")[0]
    return text[0].upper() + text[1:] if first or text == "i" or text.startswith("i'") else text
