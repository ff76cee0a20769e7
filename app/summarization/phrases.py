"""Builds regular expressions of phrases that can be read, and reads the word lists in lists/."""

import re
from functools import cache
from pathlib import Path

_LISTS = Path(__file__).with_name("lists")


@cache
def word_list(name: str) -> frozenset[str]:
    """Return the words of lists/<name>.txt; empty where there is no such list."""
    path = _LISTS / f"{name}.txt"
    if not path.exists():
        return frozenset()
    lines = path.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def one_of(*forms: str) -> str:
    """Join alternatives to one group of a regular expression."""
    return "(?:" + "|".join(forms) + ")"


def spoken(form: str) -> str:
    """Let a space be any white space."""
    return form.replace(" ", r"\s+")


def phrase(*forms: str) -> re.Pattern[str]:
    """Compile alternatives that stand as whole words, in any case."""
    return re.compile(rf"(?<!\w){spoken(one_of(*forms))}(?!\w)", re.IGNORECASE)
