"""Names that are said in a recording, and whose they probably are: to be offered to people, never set.

Who gives his own name has it. Who is called by a name is probably who speaks next; who is thanked by it, who
spoke before; and nobody calls himself.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.documents.diarization import SaidName
from app.documents.speakers import is_name
from app.documents.transcript import Transcript
from app.summarization.cues import assignments_en
from app.summarization.cues.introductions import introduced
from app.summarization.cues.requests import addressed
from app.summarization.cues.speakers import Speakers
from app.summarization.phrases import phrase
from app.summarization.sentences import Sentence, split, tidy

LANGUAGES = ("ru", "en")
OWN, ASKED, CALLED, THANKED, CALLS = 3.0, 1.5, 1.0, 1.0, -3.0
ENOUGH = 1.5  # one who is asked and answers, or is called twice
REACH = 2  # sentences from a call to the end of its speaker's turn, at most
MOST_CHARS = 120  # of the sentence that is shown
_THANKS = phrase("спасибо|благодарю|благодарим|thanks|thank you")


@dataclass(frozen=True, slots=True)
class _Hint:
    """A name may be a speaker's. weight: how much it tells; below 0: it is not."""

    speaker: str
    name: str
    weight: float
    sentence: Sentence


def said_names(transcript: Transcript) -> tuple[SaidName, ...]:
    """Return for each voice without a name the one that was probably said of it; none where two compete."""
    language = transcript.language or ""
    if language not in LANGUAGES:
        return ()
    sentences = [one for one in split(transcript) if one.speaker]
    people = Speakers(sentences, language)
    hints = list(_hints(sentences, language))
    names = _one_each([hint.name for hint in hints], people)
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for hint in hints:
        weights[hint.speaker, names[hint.name]] += hint.weight
    found = []
    for speaker in people.labels:
        name = None if is_name(speaker) else _best(speaker, weights)
        if name is None or any(is_name(label) and people.same(name, label) for label in people.labels):
            continue
        said = [hint for hint in hints if hint.speaker == speaker and names[hint.name] == name]
        told = max(said, key=lambda hint: hint.weight)  # the first of the strongest
        text = tidy(told.sentence.text, MOST_CHARS)
        found.append(SaidName(speaker, told.name, told.sentence.start, text))
    return tuple(found)


def _hints(sentences: Sequence[Sentence], language: str) -> Iterator[_Hint]:
    known = assignments_en.names([one.text for one in sentences]) if language == "en" else frozenset()
    for number, sentence in enumerate(sentences):
        assert sentence.speaker is not None
        own = introduced(sentence.text, language)
        if own:
            yield _Hint(sentence.speaker, own, OWN, sentence)
            continue
        called = addressed(sentence.text, language, known)
        if not called:
            continue
        yield _Hint(sentence.speaker, called, CALLS, sentence)
        thanks = _THANKS.search(sentence.text) is not None
        other = _other(sentences, number, -1 if thanks else 1)
        if other:
            weight = THANKED if thanks else ASKED if sentence.question else CALLED
            yield _Hint(other, called, weight, sentence)


def _other(sentences: Sequence[Sentence], number: int, step: int) -> str | None:
    """Return who speaks after a sentence, or before it, where its own speaker does not go on for long."""
    for n in range(number + step, number + step * (REACH + 1), step):
        if 0 <= n < len(sentences) and sentences[n].speaker != sentences[number].speaker:
            return sentences[n].speaker
    return None


def _one_each(names: Sequence[str], people: Speakers) -> dict[str, str]:
    """Map names that may be of one person to one of them: «Паша» to «Павел», whichever was said first."""
    first: dict[str, str] = {}
    for name in dict.fromkeys(names):
        first[name] = next((one for one in dict.fromkeys(first.values()) if people.same(name, one)), name)
    return first


def _best(speaker: str, weights: Mapping[tuple[str, str], float]) -> str | None:
    """Return the name that fits a voice best, where no other name or voice fits as well."""
    own = {name: weight for (voice, name), weight in weights.items() if voice == speaker}
    if not own:
        return None
    best = max(own, key=own.__getitem__)
    rivals = [
        weight
        for (voice, name), weight in weights.items()
        if (voice == speaker) != (name == best)  # another name of this voice, or another voice of this name
    ]
    return best if own[best] >= ENOUGH and own[best] > max(rivals, default=0.0) else None
