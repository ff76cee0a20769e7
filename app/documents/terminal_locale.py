"""The language of a terminal, for commands: they have no visitor."""

import re
from collections.abc import Mapping

from app.documents.labels import LABELS

NAMED_BY = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set, as gettext has it


def terminal_locale(environment: Mapping[str, str]) -> str:
    """Return one of the languages of the program; English where the terminal speaks none of them."""
    named = next(filter(None, map(environment.get, NAMED_BY)), "")
    codes = (re.split(r"[_.@]", name, maxsplit=1)[0].lower() for name in named.split(":"))
    return next((code for code in codes if code in LABELS), "en")
