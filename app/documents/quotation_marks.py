"""Straight quotation marks become those of the language; those within a quotation its inner ones."""

import re
from collections.abc import Iterator

MARKS = {"en": ("“”", "‘’"), "ru": ("«»", "„“")}  # of a quotation, and of one within it
_RUN = re.compile(r'"+')
_BEFORE = frozenset(" \t\n\N{NO-BREAK SPACE}([{—–-/«„“‘")


def set_quotation_marks(text: str, language: str) -> str:
    """Replace each pair of straight marks; one without its partner (12" of length) stays as it is."""
    signs, level = list(text), 0
    for place, opens in sorted(_paired(text)):
        level -= not opens
        signs[place] = MARKS[language][level % 2][not opens]
        level += opens
    return "".join(signs)


def _paired(text: str) -> Iterator[tuple[int, bool]]:
    """Yield the places of the marks that have a partner, and whether it is the opening one."""
    waiting: list[int] = []
    for run in _RUN.finditer(text):
        before, after = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
        if after.strip() and (not before or before in _BEFORE):
            waiting.extend(range(*run.span()))
        elif before.strip() and not after.isalnum():
            for place in range(*run.span()):
                if waiting:
                    yield waiting.pop(), True
                    yield place, False
