"""What a browser is called for people, of what it says of itself."""

import re

from flask_babel import gettext

# The first that fits: most browsers also name those whose pages they can show
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("YaBrowser/", "Yandex Browser"), ("Firefox/|FxiOS/", "Firefox"),
    ("Chrome/|CriOS/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("python-requests/", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(said: str) -> str:
    """Return "Firefox, Linux" of a User-Agent header."""
    found = [_first(names, said) for names in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or said[:40] or str(gettext("unknown browser"))


def _first(names: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, said)), "")
