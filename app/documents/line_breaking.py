"""Where a line of text may be broken, and how wide it is, in any script: by ICU's dictionaries and wcwidth.

Lines break at blanks; scripts without blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese)
break between two words, and never before a mark that ends one (UAX #14, #29).
"""

import re
from bisect import bisect_right
from itertools import accumulate, pairwise

from app.documents.joining import WITHOUT_BLANKS

# Letters of one column each, that break at blanks alone: Latin, Greek, Cyrillic, Armenian, and their marks
_PLAIN = re.compile("[ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u058f\u2010-\u2027\u2030-\u203a\u2116]*")
_NUMBER = re.compile("[〇零一二两三四五六七八九十百千万萬亿億0-9]{2}")
_UNSPACED = re.compile(f"[{WITHOUT_BLANKS}]")
# Netflix's Timed Text Style Guides: 16 full-width characters of Chinese and Korean, 13 of Japanese, 35 Thai
_COLUMNS = {"zh": 32, "yue": 32, "ko": 32, "ja": 26, "th": 35}
LINE_COLUMNS = 42  # all other languages


def line_columns(language: str | None) -> int:
    """Return how many columns one line of subtitles may have; a full-width character takes two."""
    return _COLUMNS.get((language or "").partition("-")[0], LINE_COLUMNS)


class Line:
    """One line of text, measured in columns."""

    def __init__(self, text: str, language: str | None) -> None:
        self.text = text
        if _PLAIN.fullmatch(text):
            self._ends: range | list[int] = range(len(text) + 1)
            self._columns: range | list[int] = range(len(text) + 1)
            self.places = _blanks(text)
        else:
            self._ends, self._columns = _clusters(text)
            self.places = _places(text, language or "en")

    def columns(self, start: int = 0, end: int | None = None) -> int:
        """Return how many columns text[start:end] takes."""
        return self._columns[len(self.text) if end is None else end] - self._columns[start]

    def middle(self, start: int, end: int) -> int | None:
        """Find where to halve text[start:end] that has no place for it: between two grapheme clusters."""
        half = (self._columns[start] + self._columns[end]) / 2
        place = self._ends[bisect_right(self._ends, bisect_right(self._columns, half) - 1) - 1]
        if place <= start:
            place = self._ends[bisect_right(self._ends, start)]
        return place if start < place < end else None


def _blanks(text: str) -> list[tuple[int, int]]:
    return [
        (found.start(), found.end()) for found in re.finditer(" ", text) if 0 < found.start() < len(text) - 1
    ]


def _clusters(text: str) -> tuple[list[int], list[int]]:
    """Find where each grapheme cluster ends, and the columns of text[:n] for every n."""
    from icu4py.breakers import CharacterBreaker  # 40 MB of dictionaries
    from wcwidth import wcswidth

    # its `segments` count in UTF-16, so that the pieces themselves are measured
    ends = [0, *accumulate(map(len, CharacterBreaker(text, "en")))]
    widths: list[int] = []
    for start, end in pairwise(ends):
        widths += [max(wcswidth(text[start:end]), 0), *([0] * (end - start - 1))]
    return ends, [0, *accumulate(widths)]


def _places(text: str, language: str) -> list[tuple[int, int]]:
    """List where a line may be broken, as (end of the left, start of the right)."""
    places = _blanks(text)
    if _UNSPACED.search(text) is None:
        return places
    from icu4py.breakers import LineBreaker, WordBreaker

    words = set(accumulate(map(len, WordBreaker(text, language))))
    # in Japanese, no particle begins a line; other languages have no phrases in ICU
    for end in accumulate(map(len, LineBreaker(text, f"{language}@lw=phrase"))):
        around = text[end - 1 : end + 1]
        if (
            end in words
            and end < len(text)
            and " " not in around
            and _UNSPACED.search(around)
            and not _NUMBER.fullmatch(around)
        ):
            places.append((end, end))
    return sorted(places)
