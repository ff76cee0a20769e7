"""The user's own file names, as views take them in: text for people, never used as a path."""

import unicodedata

MAX_LENGTH = 200
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(raw: str) -> str:
    """Return a file name fit to show: composed, one line, no folders, at most 200 characters.

    Without controls and without direction marks, which could show `exe.3pm` as `mp3.exe`.
    """
    name = raw.replace("%22", '"')  # browsers write a quote so in multipart (WHATWG HTML, 4.10.21.8)
    name = name.encode("utf-8", "replace").decode("utf-8")
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cn", "Co") and c not in _BIDI)
    name = unicodedata.normalize("NFC", name)  # now that nothing stands between a letter and its mark
    name = " ".join(name.split()).strip(". ") or "recording"
    if len(name) <= MAX_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:MAX_LENGTH].rstrip()
    return f"{stem[: MAX_LENGTH - len(extension) - 1].rstrip()}.{extension}"


def stem(name: str) -> str:
    """Return the name without its extension, for the title of a document and the names of downloads."""
    head, dot, extension = name.rpartition(".")
    return head if dot and head and len(extension) <= 10 and " " not in extension else name
