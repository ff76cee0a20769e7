"""Names topics as people name them: «По билетам.», else by the noun phrase that stands out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from app.documents.capitals import with_capital
from app.summarization import russian
from app.summarization.headlines import headline
from app.summarization.phrases import word_list
from app.summarization.words import content, stem, stop_words

_OPENING = 2  # sentences in which a topic is named
_VERBAL = re.compile(r"\w{2}(?:[^e]ed|ing)$")  # "clipped", "sending"; no "feed", no "king"
_ARTICLES = frozenset({"the", "a", "an", "our", "your", "my", "their", "this", "that", "", "."})
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[.,;:!?…—–]")


def title(sentences: Sequence[str], language: str) -> str:
    """Name one topic on its own; where nothing stands out, by the words it begins with."""
    return titles([sentences], language)[0] or opening(sentences[0])


def opening(text: str) -> str:
    """Return the first words of a sentence as a title."""
    words = text.split()
    return " ".join(words[:6]).strip(" ,.;:!?…") + ("…" if len(words) > 6 else "")


def titles(topics: Sequence[Sequence[str]], language: str) -> list[str]:
    """Name each topic (its sentences); "" where nothing stands out."""
    found = [_counted(sentences, language) for sentences in topics]
    counts = [Counter(word for text in sentences for word in content(text, language)) for sentences in topics]
    spread = Counter(word for one in counts for word in one)
    return [
        _announced(topic, language)
        or _title(phrases, own, {word: log(1 + len(topics) / spread[word]) for word in own})
        for topic, phrases, own in zip(topics, found, counts, strict=True)
    ]


def _announced(sentences: Sequence[str], language: str) -> str:
    """Return what the first sentences of a topic name it, in the nominative: of «По билетам.» «Билеты»."""
    named = next((name for text in sentences[:_OPENING] if (name := headline(text, language))), None)
    if not named or not any(
        word in content(named, language) for text in sentences for word in content(text, language)
    ):
        return ""
    if language == "ru":
        words = named.split()
        noun = next((i for i, word in enumerate(words) if russian.has(word, "NOUN", least=0.4)), None)
        if noun is None or any(russian.lemma(word) in word_list("no_title.ru") for word in words[: noun + 1]):
            return ""
        own = words[noun] if words[noun].isupper() else russian.nominative(words[noun])
        before = [_agreed(word, words[noun]) or word for word in words[:noun]]
        named = " ".join([*before, own, *words[noun + 1 :]])
    elif any(word.lower() in word_list("no_title.en") for word in named.split()):
        return ""
    return with_capital(named, language)


def _counted(sentences: Sequence[str], language: str) -> dict[tuple[str, ...], tuple[int, str]]:
    """Return the phrases by their stems: how often, and the words as first said."""
    noun_phrases = _russian if language == "ru" else _runs
    found: dict[tuple[str, ...], tuple[int, str]] = {}
    for text in sentences:
        for phrase in noun_phrases(text, language):
            key = tuple(stem(word.lower(), language) for word in phrase.split())
            n, said = found.get(key, (0, phrase))
            found[key] = (n + 1, said)
    return found


def _title(
    phrases: dict[tuple[str, ...], tuple[int, str]], own: Counter[str], rarity: dict[str, float]
) -> str:
    def worth(key: tuple[str, ...]) -> float:
        words = sum(own.get(word, 0) * rarity.get(word, 0.0) for word in key)
        return words / len(key) * (1.0 if len(key) == 1 else 1.3 * min(phrases[key][0], 2))

    best = min(phrases, key=lambda key: (-worth(key), key), default=None)
    title = phrases[best][1] if best else ""
    return with_capital(title)


def _runs(text: str, language: str) -> Iterator[str]:
    """Yield runs of up to three content words (Rose et al. 2010, "RAKE")."""
    stop, run, started, before = stop_words(language), list[str](), False, ""
    for word in [*_WORD.findall(text), "."]:
        bare = word.lower().split("'")[0].split("’")[0]
        if (
            bare not in stop
            and bare not in word_list("no_title.en")
            and len(bare) > 2
            and not bare.endswith("ly")
            and len(set(bare)) > 1
        ):
            if run and run[-1].lower() == word.lower():
                continue  # "wait wait wait"
            if not run and _VERBAL.search(bare) and before.lower() not in _ARTICLES:
                before = word
                continue  # "they focused on": what is done; "the heating": a thing
            run.append(word if started else word.lower())
            started = True
            continue
        started = word not in ".!?"
        if run:
            yield " ".join(run[-3:])
        yield from (one for one in run if not _VERBAL.search(one.lower())) if len(run) > 1 else ()
        run, before = [], word


def _russian(text: str, language: str) -> Iterator[str]:
    """Yield nouns with their adjective or genitive, in the nominative: «смета проекта», «новый сайт»."""
    words = _WORD.findall(text)
    stop = stop_words(language)
    for i, word in enumerate(words):
        if not _titular(word, stop):
            continue
        noun = russian.nominative(word)
        if word[0].isupper() and i and words[i - 1] not in ".!?":
            noun = word if word.isupper() and len(word) > 1 else noun.capitalize()
        yield noun
        before = words[i - 1] if i else ""
        if before.lower() not in stop and russian.has(before, "ADJF", least=0.3):
            agreed = _agreed(before, word)
            if agreed:
                yield f"{agreed} {noun}"
        after = words[i + 1] if i + 1 < len(words) else ""
        if _titular(after, stop) and russian.has(after, "NOUN", "gent", least=0.3):
            yield f"{noun} {after.lower()}"


def _titular(word: str, stop: frozenset[str]) -> bool:
    if len(word) < 3 or word.lower() in stop or not russian.has(word, "NOUN", least=0.4):
        return False
    parse = russian.parses(word)[0]
    names = ("Name", "Surn", "Patr")
    return parse.normal_form not in word_list("no_title.ru") and not any(kind in parse.tag for kind in names)


def _agreed(adjective: str, noun: str) -> str | None:
    """Return the adjective in the form that goes with the noun's nominative."""
    if russian.lemma(adjective) in word_list("no_title.ru"):
        return None
    of = next((p for p in russian.parses(noun) if p.tag.POS == "NOUN"), None)
    for parse in russian.parses(adjective):
        if (
            of
            and parse.tag.POS == "ADJF"
            and parse.tag.case == of.tag.case
            and parse.tag.number == of.tag.number
        ):
            wanted = {"nomn", of.tag.number} | (
                {of.tag.gender} if of.tag.number == "sing" and of.tag.gender else set()
            )
            form = parse.inflect(wanted)
            return str(form.word) if form else None
    return None
