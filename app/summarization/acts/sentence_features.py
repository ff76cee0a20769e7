"""What a sentence and its neighbours say, as named features: words, grammar, what the rules hear."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.cues import assignments_en, assignments_ru, plans_en, plans_ru
from app.summarization.cues.answers import answer, asks_all, settles
from app.summarization.cues.assignments import assignments
from app.summarization.cues.context import Context
from app.summarization.cues.deadlines import by_when
from app.summarization.cues.decision_cues import decided
from app.summarization.cues.decisions import decisions
from app.summarization.cues.requests import addressed, owed, requested
from app.summarization.cues.votes import votes
from app.summarization.sentences import Sentence
from app.summarization.words import stem, stop_words, tokens

_ASSIGNMENTS = {"ru": assignments_ru, "en": assignments_en}
_PLANS = {"ru": plans_ru, "en": plans_en}
_REACH = 3  # sentences on each side that are looked at
_MANY = 5  # content words; more are not told apart
_CLOSED = (
    "INFN", "PRED", "NUMR", "PREP", "CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "COMP", "GRND", "ADJS", "PRTS",
)  # fmt: skip


def sentence_features(context: Context, people: frozenset[str]) -> list[frozenset[str]]:
    """Return the features of each sentence of a meeting; people: known names, in lower case."""
    sentences, language = context.sentences, context.language
    heard = [_heard(one.text, len(context.stems[n]), language, people) for n, one in enumerate(sentences)]
    worded = [_worded(one.text, language) for one in sentences]
    ruled = _ruled(sentences, language)
    for n, own in enumerate(heard):
        if context.opens(n):
            own.add("opens")
        if n in ruled:
            own.add(ruled[n])
    found = []
    for n, sentence in enumerate(sentences):
        features = {f"0 {one}" for one in heard[n]} | worded[n]
        for step in (*range(-_REACH, 0), *range(1, _REACH + 1)):
            other = n + step
            if not 0 <= other < len(sentences):
                features.add(f"{step} none")
                continue
            features.update(f"{step} {one}" for one in heard[other])
            if set(context.stems[n]) & set(context.stems[other]):
                features.add(f"{step} shares")
            if abs(step) == 1:
                by = _by(sentence, sentences[other])
                features.add(f"{step} {by}")
                features.update(f"{step} {by} {one}" for one in heard[other])
                features.update(f"{step} {one}" for one in worded[other] if not one.startswith("ww "))
        found.append(frozenset(features))
    return found


def _by(one: Sentence, other: Sentence) -> str:
    if one.speaker is None:
        return "unknown"
    return "same" if one.speaker == other.speaker else "other"


def _ruled(sentences: Sequence[Sentence], language: str) -> dict[int, str]:
    """Return by its number what the rules make of a sentence."""
    at = {one: number for number, one in reversed(list(enumerate(sentences)))}
    found = {at[one.sentence]: f"decision {one.sure}" for one in decisions(sentences, language)}
    for one in assignments(sentences, language):
        found[one.number] = f"{found.get(one.number, '')} assignment {one.sure}".strip()
    return found


def _heard(text: str, n_stems: int, language: str, people: frozenset[str]) -> set[str]:
    """Return what the rules hear in a sentence alone."""
    said = answer(text, language)
    plan = _PLANS[language].plan(text)
    who = _ASSIGNMENTS[language].assignee(text, people)
    told = {
        "?": text.rstrip('"»)”’ ').endswith("?"),
        "!": text.rstrip().endswith("!"),
        "digit": re.search(r"\d", text) is not None,
        "asks all": asks_all(text, language),
        "settles": settles(text, language),
        "decided": decided(text, language) is not None,
        "votes": votes(text, language),
        "when": by_when(text, language) is not None,
        "called": addressed(text, language, people) is not None,
        "requested": requested(text, language),
        "owed": owed(text, language),
        "offers": _ASSIGNMENTS[language].offers(text),
        f"answer {said and said.value}": said is not None,
        f"plan {plan and plan.value}": plan is not None,
        f"assignee {who if who in ('', 'I') else 'name'}": who is not None,
    }
    long = f"length {min(6, (len(tokens(text)) + 1).bit_length())}"
    return {one for one, holds in told.items() if holds} | {f"words {min(n_stems, _MANY)}", long}


def _worded(text: str, language: str) -> set[str]:
    """Return words in dictionary form, kinds of words, and pairs of both that follow each other."""
    said = tokens(text)
    if language == "ru":
        words = [russian.lemma(word) for word in said]
        kinds = [grammar(word) for word in said]
    else:
        plain = [word in stop_words(language) or "'" in word for word in said]
        words = [word if kept else stem(word, language) for word, kept in zip(said, plain, strict=True)]
        kinds = [word if kept else "C" for word, kept in zip(said, plain, strict=True)]
    features = {f"w {word}" for word in words} | {f"k {kind}" for kind in kinds}
    features |= {f"ww {one} {two}" for one, two in _pairs(words)}
    features |= {f"kk {one} {two}" for one, two in _pairs(kinds)}
    triples = zip(["^", *kinds], kinds, [*kinds[1:], "$"], strict=False)
    return features | {f"kkk {one} {two} {three}" for one, two, three in triples}


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(["^", *words], [*words, "$"], strict=True))


def grammar(word: str) -> str:
    """Return the part of speech of a Russian word with what tells an act: mood, tense, person, case."""
    tag = russian.parses(word)[0].tag
    if any(kind in tag for kind in ("Name", "Patr", "Surn")):
        return f"name {tag.case}"
    if tag.POS == "VERB":
        return " ".join(str(one) for one in ("VERB", tag.mood, tag.tense, tag.person, tag.number, tag.aspect))
    return str(tag.POS) if tag.POS in _CLOSED or tag.case is None else f"{tag.POS} {tag.case}"
