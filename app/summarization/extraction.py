"""Extracts minutes without a model: key sentences of each topic, and what cue words mark.

The extractive engine calls it, and `map_reduce` where a chat model gives no usable answer.
"""

import re
from collections.abc import Sequence
from math import sqrt

import numpy as np
from scipy.sparse import csr_matrix

from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Transcript
from app.progress import Progress
from app.summarization.acts.items import items
from app.summarization.phrases import word_list
from app.summarization.rank import lexrank, mmr, tf_idf
from app.summarization.repetition import Told, key_of
from app.summarization.sentences import Sentence, split, tidy
from app.summarization.summary import summary
from app.summarization.titles import opening, titles
from app.summarization.topics import borders
from app.summarization.words import content, script_language, tokens

NAME = "extractive"  # what the documents name as their engine
_MOST_POINTS = 7  # of a topic; longer lists are not read


def extract_minutes(transcript: Transcript, progress: Progress) -> Minutes:
    """Write minutes in the speakers' own words: key sentences by topic, decisions, assignments.

    Languages other than Russian and English get topics and key points only: their cue words are not known.
    """
    sentences = split(transcript)
    language = script_language((sentence.text for sentence in sentences), transcript.language)
    progress(0.1)
    found = items(sentences, language)
    progress(0.5)
    told = Told()
    for one in (*found.decisions, *found.assignments):
        for sentence in one.sentences:
            told.add(key_of(sentence.text, language))
    topics = _topics(sentences, told, language, progress)
    short = summary(
        sentences,
        language,
        transcript.duration_s,
        decided={one.main.segment for one in found.decisions},
        given={one.main.segment for one in found.assignments},
    )
    decided = tuple(Point(tidy(one.text), one.main.start, one.context) for one in found.decisions)
    action_items = tuple(
        ActionItem(tidy(one.text), one.main.start, one.who, one.by_when, context=one.context)
        for one in found.assignments
    )
    progress(1.0)
    return Minutes(transcript.language, NAME, topics, decided, action_items, summary=short)


def _topics(
    sentences: Sequence[Sentence], told: Told, language: str, progress: Progress
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
            topics.append(Topic(named[number] or opening(points[0].text), sentences[start].start, points))
        progress(0.6 + 0.4 * (number + 1) / len(starts))
    return tuple(topics)


def _points(
    sentences: Sequence[Sentence],
    words: Sequence[list[str]],
    rows: csr_matrix,
    told: Told,
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


def _prior(sentence: Sentence, words: list[str], told: Told, language: str) -> float:
    """Return how much a sentence can tell by its form alone; 0: not to be shown."""
    if len(words) < 3 or len(set(words)) < 3 or told.repeats(frozenset(words)):
        return 0.0
    if not word_list(f"small_talk.{language}").isdisjoint(tokens(sentence.text)):
        return 0.02  # not 0: a meeting of small talk alone still gets points
    facts = 1.3 if re.search(r"\d", sentence.text) else 1.0
    return facts * min(len(words), 12) / 12 * (0.4 if sentence.question else 1.0)
