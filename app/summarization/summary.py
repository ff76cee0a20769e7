"""Chooses the few sentences that tell what a meeting was about: the summary, which stands first."""

from collections.abc import Container, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from app.documents.minutes import Minutes, Point
from app.documents.transcript import Transcript
from app.summarization.cues.answers import answer
from app.summarization.cues.decisions import decisions
from app.summarization.phrases import word_list
from app.summarization.rank import Scores, lexrank, mmr, tf_idf
from app.summarization.sentences import Sentence, split, tidy
from app.summarization.topics import announces, borders
from app.summarization.words import content, script_language, tokens

HOUR_S = 3600.0
_POINTS, _POINTS_AN_HOUR, _MOST_POINTS = 4, 6, 20
_WORDS, _WORDS_AN_HOUR, _MOST_WORDS = 60, 90, 300
_LATER = 0.25  # an hour after the first adds this part of what the first adds: a whole day is still read
_CANDIDATES = 400  # best sentences, among which repetition is looked for
_LONGEST = 40  # words of one point
# People tell what was decided; assignments stand in a list of their own (tuned on the development half)
_DECIDED, _GIVEN = 2.5, 0.5


def bounds(duration_s: float) -> tuple[int, int]:
    """Return how many points and words a summary may have: 10 and 150 for an hour, 20 and 300 at most."""
    hours = duration_s / HOUR_S
    grown = min(hours, 1.0) + max(0.0, hours - 1.0) * _LATER
    points = min(_MOST_POINTS, _POINTS + int(_POINTS_AN_HOUR * grown))
    return points, min(_MOST_WORDS, _WORDS + int(_WORDS_AN_HOUR * grown))


def with_summary(minutes: Minutes, transcript: Transcript) -> Minutes:
    """Put a summary before minutes that have none."""
    if minutes.summary:
        return minutes
    sentences = split(transcript)
    language = script_language((one.text for one in sentences), transcript.language)
    decided = {one.sentence.segment for one in decisions(sentences, language) if one.sure}
    return replace(minutes, summary=summary(sentences, language, transcript.duration_s, decided=decided))


def summary(
    sentences: Sequence[Sentence],
    language: str,
    duration_s: float,
    *,
    decided: Container[int] = (),
    given: Container[int] = (),
) -> tuple[Point, ...]:
    """Return the sentences that say most of a talk, in its order, within the bounds of its length.

    decided, given: segments in which something was decided, and given to somebody to do.
    """
    if not sentences:
        return ()
    texts = [tidy(one.text) for one in sentences]
    stems = [content(one.text, language) for one in sentences]
    prior = np.array(
        [
            _prior(sentence, own, language)
            * (_DECIDED if sentence.segment in decided else _GIVEN if sentence.segment in given else 1.0)
            for sentence, own in zip(sentences, stems, strict=True)
        ]
    )
    rows, _ = tf_idf(stems)
    worth = _worth(sentences, rows, prior)
    if not worth.any():
        return ()
    most_points, most_words = bounds(duration_s)
    best = np.sort(np.argsort(-worth, kind="stable")[:_CANDIDATES])
    order = [int(best[i]) for i in mmr(rows[best], worth[best], len(best), most_alike=0.5)]
    chosen: list[int] = []
    n_words = 0
    for i in order:
        length = len(texts[i].split())
        if len(chosen) < most_points and length <= _LONGEST and n_words + length <= most_words:
            chosen.append(i)
            n_words += length
    return tuple(Point(texts[i], sentences[i].start) for i in sorted(chosen))


def _worth(sentences: Sequence[Sentence], rows: csr_matrix, prior: Scores) -> Scores:
    """Return how much each sentence tells: central in its topic; a longer topic counts more."""
    starts = borders(rows, [one.text for one in sentences])
    worth = np.zeros(len(sentences))
    for start, end in zip(starts, [*starts[1:], len(sentences)], strict=True):
        if prior[start:end].any():
            ranked = lexrank(rows[start:end], prior[start:end])
            worth[start:end] = ranked * (end - start) ** 0.5
    return worth


def _prior(sentence: Sentence, stems: Sequence[str], language: str) -> float:
    """Return how much a sentence can tell by its form alone; 0: not to be shown."""
    if len(set(stems)) < 3 or sentence.question or answer(sentence.text, language) is not None:
        return 0.0
    if not word_list(f"small_talk.{language}").isdisjoint(tokens(sentence.text)) or announces(sentence.text):
        return 0.0
    facts = 1.3 if any(letter.isdigit() for letter in sentence.text) else 1.0
    return facts * min(len(stems), 10) / 10
