"""Makes foreign text safe for documents: speech, answers of models, file names."""

import re
import unicodedata

from app.documents.capitals import with_capital

# XML 1.0 section 2.2 allows less than Unicode has; a DOCX with anything else does not open. The C1 controls
# are allowed there, but mean nothing to a reader.
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Embeddings, overrides and isolates turn the text after them around. Marks (LRM, RLM) and joiners stay.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")

# Of one case, or with a digit (Mp4): a name behind an initial ("J.Smith") is none
_EXTENSION = re.compile(r"(?=.*[A-Za-z])([a-z0-9]{1,5}|[A-Z0-9]{1,5}|(?=.*[0-9])[A-Za-z0-9]{1,5})")

MAX_TITLE_CHARS = 200
_REMARK = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|\*[^*]*\*|♪[^♪]*♪?")


def encodable(text: str) -> str:
    """Make a character of each pair of surrogates, and U+FFFD of one without the other: UTF-8 has none."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def xml_safe(text: str) -> str:
    """Replace what XML and UTF-8 cannot hold (controls, lone surrogates, U+FFFE) by U+FFFD."""
    return _NOT_XML.sub("\ufffd", _BIDI_CONTROLS.sub("", encodable(text)))


def one_line(text: str) -> str:
    """Make `text` safe, and one line of it: any run of white space becomes a space.

    Controls of direction go before blanks are counted: those on both sides of one are a run. They go after
    lone surrogates: two that one had kept apart would become a letter that nobody wrote.
    """
    return xml_safe(" ".join(_BIDI_CONTROLS.sub("", encodable(text)).split()))


def is_speech(text: str) -> bool:
    """Tell whether somebody says it: a remark of a recognizer or an editor ("[Music]", "♪") is no speech."""
    return any(sign.isalnum() for sign in _REMARK.sub("", text))


def bare_name(file_name: str) -> str:
    """Take the name alone of a user's file name: one safe line without any folder."""
    name = file_name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return one_line(unicodedata.normalize("NFC", name)).replace("\ufffd", "")[-MAX_TITLE_CHARS:]


def title_of(file_name: str, language: str | None = None) -> str:
    """Make a title of a user's file name: no folder, extension or underscores; "" where nothing is left."""
    name = bare_name(file_name)
    stem, dot, extension = name.rpartition(".")
    title = stem if dot and _EXTENSION.fullmatch(extension) else name
    title = " ".join(title.replace("_", " ").split()).strip(" .-–—")
    return with_capital(title, language)
