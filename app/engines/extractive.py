"""Minutes without a model: the most telling sentences of each topic, and what cue words mark."""

import re
from collections.abc import Sequence
from math import sqrt
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_matrix

from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Transcript
from app.engines.base import Progress, SummarizeOptions
from app.engines.writing import cues
from app.engines.writing.rank import lexrank, mmr, tf_idf
from app.engines.writing.sentences import Sentence, split, tidy
from app.engines.writing.titles import titles
from app.engines.writing.topics import borders
from app.engines.writing.words import content, script_language, tokens

Said = TypeVar("Said", Point, ActionItem)
_MOST_POINTS = 7  # a topic of more is not read


class Extractive:
    """Writes minutes in the speakers' own words. Needs no weights; Russian and English.

    Other languages get topics and key points, but no decisions and assignments: the cues are not known.
    """

    name = "extractive"

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Minutes:
        sentences = split(transcript)
        language = script_language((sentence.text for sentence in sentences), transcript.language)
        progress(0.1)
        assigned = [
            ActionItem(tidy(found.text), found.sentence.start, found.who, found.by_when)
            for found in cues.assignments(sentences, language)
        ]
        progress(0.5)
        action_items = distinct(assigned, language)
        told = {_key(item.text, language) for item in action_items}
        decided = [Point(tidy(found.text), found.start) for found in cues.decisions(sentences, language)]
        decisions = [
            point for point in distinct(decided, language) if not _repeats(_key(point.text, language), told)
        ]
        told |= {_key(point.text, language) for point in decisions}
        topics = _topics(sentences, told, language, progress)
        progress(1.0)
        return Minutes(transcript.language, self.name, topics, tuple(decisions), tuple(action_items))


def _topics(
    sentences: Sequence[Sentence], told: set[frozenset[str]], language: str, progress: Progress
) -> tuple[Topic, ...]:
    if not sentences:
        return ()
    words = [content(sentence.text, language) for sentence in sentences]
    rows, _ = tf_idf(words)
    starts = borders(rows, [sentence.text for sentence in sentences])
    ends = [*starts[1:], len(sentences)]
    parts = [sentences[start:end] for start, end in zip(starts, ends, strict=True)]
    named = titles([[sentence.text for sentence in part] for part in parts], language)
    topics = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        points = _points(sentences[start:end], words[start:end], rows[start:end], told, language)
        if points:
            topics.append(Topic(named[number], sentences[start].start, points))
        progress(0.6 + 0.4 * (number + 1) / len(starts))
    return tuple(topics)


def _points(
    sentences: Sequence[Sentence],
    words: Sequence[list[str]],
    rows: csr_matrix,
    told: set[frozenset[str]],
    language: str,
) -> tuple[Point, ...]:
    prior = np.array(
        [_prior(sentence, own, told, language) for sentence, own in zip(sentences, words, strict=True)]
    )
    if not prior.any():
        return ()
    n = max(2, min(_MOST_POINTS, round(sqrt(len(sentences)))))
    chosen = sorted(mmr(rows, lexrank(rows, prior), n))
    return tuple(Point(text, sentences[i].start) for i in chosen if (text := tidy(sentences[i].text)))


def _prior(sentence: Sentence, words: list[str], told: set[frozenset[str]], language: str) -> float:
    """Return how much a sentence can tell by its form alone; 0: not to be shown."""
    if len(words) < 3 or len(set(words)) < 3 or _repeats(_key(sentence.text, language), told):
        return 0.0
    facts = 1.3 if re.search(r"\d", sentence.text) else 1.0
    return facts * min(len(words), 12) / 12 * (0.4 if sentence.question else 1.0)


def _key(text: str, language: str) -> frozenset[str]:
    return frozenset(content(text, language)) or frozenset(tokens(text))


def _repeats(key: frozenset[str], others: set[frozenset[str]]) -> bool:
    """Tell whether four fifths of the shorter of two sentences stand in the other."""
    return any(len(key & other) >= 0.8 * min(len(key), len(other)) for other in others if key and other)


def distinct(points: Sequence[Said], language: str) -> list[Said]:
    """Keep the first of those that say the same; of assignments only what is also for the same person."""
    kept: dict[str | None, set[frozenset[str]]] = {}
    result = []
    for point in points:
        key = _key(point.text, language)
        who = point.who if isinstance(point, ActionItem) else None
        if point.text and not _repeats(key, kept.get(who, set())):
            kept.setdefault(who, set()).add(key)
            result.append(point)
    return result
