"""From what people and programs write for a language to its code: russian, rus, ru-RU, Русский are `ru`."""

import functools
import unicodedata

from babel import Locale, UnknownLocaleError
from babel.core import get_global

AUTO = "auto"
_AUTOMATIC = {"", AUTO, "automatic", "auto-detect", "autodetect", "detect", "und", "mul"}
_NAMED_IN = ("en", "ru", "zh", "de", "es", "fr")  # languages whose names of all languages are known

# Where Whisper and CLDR differ, and Whisper's own further names (TO_LANGUAGE_CODE in its tokenizer.py).
_CODES = {
    "nb": "no",
    "nob": "no",
    "fil": "tl",
    "tgl": "tl",
    "jv": "jw",
    "jav": "jw",
    "cmn": "zh",
    "yue": "yue",
}
_NAMES = {
    **{"myanmar": "my", "valencian": "ca", "flemish": "nl", "haitian": "ht", "letzeburgesch": "lb"},
    **{"pushto": "ps", "panjabi": "pa", "moldavian": "ro", "moldovan": "ro", "sinhalese": "si"},
    **{
        "castilian": "es",
        "mandarin": "zh",
        "nynorsk": "nn",
        "tagalog": "tl",
        "farsi": "fa",
        "brazilian": "pt",
    },
    **{
        "汉语": "zh",
        "漢語": "zh",
        "普通话": "zh",
        "普通話": "zh",
        "國語": "zh",
        "粤语": "yue",
        "廣東話": "yue",
    },
}


def language_code(written: str) -> str | None:
    """Return the ISO 639-1 code (639-3 where there is none) of a language, as Whisper writes it.

    written: a code (ru, rus, ru-RU, pt_BR, zh-Hant) or a name in a widespread language or in its own;
        case and spaces around do not matter.
    Returns "auto" for nothing, or for what means that the language is to be detected; None for what is
        no language.
    """
    name = _folded(written)
    if name in _AUTOMATIC:
        return AUTO
    plain = name.partition("(")[0].strip()  # Chinese (Simplified)
    return (
        _by_code(name.replace("_", "-").partition("-")[0]) or _names().get(plain) or _own_names().get(plain)
    )


def _by_code(code: str) -> str | None:
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        return None
    if code in _CODES:
        return _CODES[code]
    if code in _CODES.values():
        return code
    code = str(get_global("language_aliases").get(code, code)).partition("_")[0]
    return _CODES.get(code, code) if code in Locale("en").languages else None


@functools.cache
def _names() -> dict[str, str]:
    found = {
        _folded(name): _CODES.get(code, code)
        for language in _NAMED_IN
        for code, name in Locale(language).languages.items()
        if len(code) <= 3
    }
    return {**found, **_NAMES}


@functools.cache
def _own_names() -> dict[str, str]:
    """Name each language with a code of two letters in itself. Takes half a second, once."""
    found: dict[str, str] = {}
    for code in map(str, Locale("en").languages):
        if len(code) == 2:
            try:
                name = Locale(code).languages.get(code)
            except UnknownLocaleError:
                continue
            if name:
                found[_folded(str(name))] = _CODES.get(code, code)
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
