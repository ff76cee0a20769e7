"""What the script of a language asks of a document: direction, fonts, and its class of letters in Word.

Which script a language is written in is CLDR's knowledge (likely subtags), by Babel.
"""

import functools
import unicodedata
from dataclasses import dataclass
from typing import Literal

from babel.core import get_global, parse_locale

from app.documents.typography import language_tag


@dataclass(frozen=True, slots=True)
class Script:
    """How documents write one.

    letters: its class in Word; each class has a font and a language of its own (ECMA-376 part 1, 17.3.2.26).
    word_font: comes with Windows or Office; elsewhere another font with these letters is taken.
    pdf_fonts: families with these letters on Linux, Windows, macOS; none where the PDF's own font has them.
    """

    letters: Literal["latin", "east_asian", "complex"] = "latin"
    word_font: str = "Arial"
    pdf_fonts: tuple[str, ...] = ()
    rtl: bool = False


def _indic(name: str, *other: str) -> Script:
    return Script("complex", "Nirmala UI", (f"Noto Serif {name}", f"Noto Sans {name}", "Nirmala UI", *other))


_LATIN = Script()
_SCRIPTS = {
    "Hebr": Script("complex", "Arial", ("Noto Serif Hebrew", "Times New Roman", "Arial"), rtl=True),
    "Arab": Script("complex", "Arial", ("Noto Naskh Arabic", "Times New Roman", "Geeza Pro"), rtl=True),
    "Hans": Script(
        "east_asian", "Microsoft YaHei", ("Noto Serif CJK SC", "Noto Sans CJK SC", "SimSun", "Songti SC")
    ),
    "Hant": Script(
        "east_asian", "Microsoft JhengHei", ("Noto Serif CJK TC", "Noto Sans CJK TC", "PMingLiU", "Songti TC")
    ),
    "Jpan": Script(
        "east_asian",
        "Yu Gothic",
        ("Noto Serif CJK JP", "Noto Sans CJK JP", "Yu Mincho", "Hiragino Mincho ProN"),
    ),
    "Kore": Script(
        "east_asian", "Malgun Gothic", ("Noto Serif CJK KR", "Noto Sans CJK KR", "Batang", "AppleMyungjo")
    ),
    "Thai": Script(
        "complex", "Leelawadee UI", ("Noto Serif Thai", "Noto Sans Thai", "Leelawadee UI", "Thonburi")
    ),
    "Laoo": Script(
        "complex", "Leelawadee UI", ("Noto Serif Lao", "Noto Sans Lao", "Leelawadee UI", "Lao Sangam MN")
    ),
    "Khmr": Script(
        "complex",
        "Leelawadee UI",
        ("Noto Serif Khmer", "Noto Sans Khmer", "Leelawadee UI", "Khmer Sangam MN"),
    ),
    "Mymr": Script("complex", "Myanmar Text", ("Noto Serif Myanmar", "Noto Sans Myanmar", "Myanmar Text")),
    "Tibt": Script("complex", "Microsoft Himalaya", ("Noto Serif Tibetan", "Microsoft Himalaya", "Kailasa")),
    "Deva": _indic("Devanagari", "Kohinoor Devanagari"),
    "Beng": _indic("Bengali", "Bangla Sangam MN"),
    "Guru": _indic("Gurmukhi", "Gurmukhi MN"),
    "Gujr": _indic("Gujarati", "Gujarati Sangam MN"),
    "Taml": _indic("Tamil", "Tamil Sangam MN"),
    "Telu": _indic("Telugu", "Telugu Sangam MN"),
    "Knda": _indic("Kannada", "Kannada Sangam MN"),
    "Mlym": _indic("Malayalam", "Malayalam Sangam MN"),
    "Sinh": _indic("Sinhala", "Sinhala Sangam MN"),
    "Geor": Script("latin", "Sylfaen", ("Noto Serif Georgian", "Noto Sans Georgian", "Sylfaen", "Helvetica")),
    "Armn": Script("latin", "Sylfaen", ("Noto Serif Armenian", "Noto Sans Armenian", "Sylfaen", "Mshtakan")),
    "Ethi": Script("latin", "Ebrima", ("Noto Serif Ethiopic", "Noto Sans Ethiopic", "Ebrima", "Kefa")),
}


def script_of(language: str | None) -> Script:
    """Return how the script of a language is written; as Latin where nothing else is known."""
    return _SCRIPTS.get(_likely(language)[1], _LATIN)


def full_tag(language: str) -> str:
    """Return the BCP 47 tag by which Word finds a language: with its region, Cantonese as Chinese."""
    code, _, region = _likely(language)
    return f"{'zh' if code == 'yue' else code}-{region}" if region else language_tag(language)


def reads_right_to_left(text: str, language: str | None) -> bool:
    """Tell the direction of a paragraph: that of most of its letters, else of its language."""
    strong = [unicodedata.bidirectional(letter) for letter in text]
    right, left = strong.count("R") + strong.count("AL"), strong.count("L")
    return script_of(language).rtl if right == left else right > left


def apart(text: str, language: str | None) -> str:
    """End a text so that a time after it stands behind it: Latin letters at its end would draw it in."""
    return f"{text}\N{RIGHT-TO-LEFT MARK}" if reads_right_to_left(text, language) else text


@functools.lru_cache
def _likely(language: str | None) -> tuple[str, str, str]:
    """Complete a code to (language, script, region): zh is Hans in CN, zh-TW is Hant."""
    try:
        code, region, script, *_ = parse_locale(language_tag(language or ""), sep="-")
    except ValueError:
        return language or "", "", ""
    likely = get_global("likely_subtags")
    asked = [f"{code}_{part}" for part in (script, region) if part]
    known = next((likely[name] for name in (*asked, code) if name in likely), f"{code}__")
    _, full_script, full_region = known.split("_")
    return code, script or full_script, region or full_region
