"""What two texts share, as a reader counts it: word forms, kindred words, numbers; for scores of minutes."""

from collections.abc import Collection, Sequence

from app.summarization import russian
from app.summarization.numerals import is_number, spoken
from app.summarization.words import content, stop_words, tokens

# Letters by which Russian words are kindred: «закрываем» and «закрыть», «бесплатно» and «бесплатный». No
# dictionary form joins them, as the English stemmer joins "closing" and "closed". Words cut to five letters
# are as good as stems for finding texts in Russian (McNamee, Nicholas, Mayfield: Addressing Morphological
# Variation in Alphabetic Languages, SIGIR 2009).
_KINDRED = 5

Words = Sequence[frozenset[str]]


def words(text: str, language: str) -> Words:
    """Return the words that carry meaning, each in all forms by which it may be met; a number is one word."""
    plain = " ".join(one for one in tokens(text) if not is_number(one, language))
    told = _russian(plain) if language == "ru" else dictionary_forms(plain, language)
    return [*told, *(frozenset(f"{value:g}" for value in readings) for readings in spoken(text, language))]


def _russian(text: str) -> Words:
    """Return each word as all dictionary forms that it may be of («залы»: зал, зала) and their beginnings."""
    stop = stop_words("ru")
    parsed = (russian.parses(word) for word in dict.fromkeys(tokens(text)) if word not in stop)
    forms = ({one.normal_form.replace("ё", "е") for one in parses} for parses in parsed)
    return [frozenset(own | {one[:_KINDRED] for one in own}) for own in forms]


def dictionary_forms(text: str, language: str) -> Words:
    """Return the words that counted until 2026-11-30: dictionary forms in Russian, else stems."""
    if language != "ru":
        return [frozenset((one,)) for one in dict.fromkeys(content(text, language))]
    stop = stop_words("ru")
    lemmas = (russian.lemma(word).replace("ё", "е") for word in tokens(text) if word not in stop)
    return [frozenset((one,)) for one in dict.fromkeys(lemmas)]


def share_held(wanted: Words, said: Words) -> float:
    """Return which share of the wanted words is said."""
    known: Collection[str] = frozenset().union(*said)
    return sum(not one.isdisjoint(known) for one in wanted) / len(wanted)
