"""Strings that Hypothesis throws at the renderers."""

from tests.documents.choices import Choices, made

NASTY = (
    "\x00\x01\x0b\x1f\x7f\x85\u2028\u2029",
    "\ud800 lone \udfff surrogates",
    "\ufffe\uffff\U0001ffff",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 e\u0301\u0301\u0301",
    "\u202eslirpa\u202c \u2067שלום\u2069 مرحبا",
    "<script>alert(1)</script> &amp; ]]> --> <!-- ",
    "-->\n\n1\n00:00:00,000 --> 00:00:01,000\nforged",
    "# 1. - | `a` *b* _c_ [x](http://y) <http://z> ![i](j) \\",
    "слово " * 50,
    "x" * 500,
    "。漢字" * 60,
    "",
    " \t\n ",
)
# First and last of the characters that a text is made of: letters go before what makes trouble.
RANGES = (
    *((0x61, 0x7A), (0x20, 0x7E), (0x410, 0x44F), (0x20, 0x20), (0x21, 0x2F), (0x0, 0x1F), (0x7F, 0x2FF)),
    *((0x300, 0x36F), (0x370, 0x5FF), (0x600, 0x6FF), (0x900, 0xFFF), (0x1000, 0x1FFF), (0x2000, 0x206F)),
    *((0x2070, 0x2FFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7FF), (0xD800, 0xDFFF)),
    *((0xE000, 0xF8FF), (0xFB00, 0xFEFF), (0xFF00, 0xFFFF), (0x1D400, 0x1FAFF), (0x0, 0x10FFFF)),
)


def text(choices: Choices) -> str:
    """Make a text of any characters, of some script or of all, or take one that is known to make trouble."""
    kind = choices.below(6)
    if kind == 5:
        return choices.one_of(NASTY)
    n_chars = choices.below(80 if kind == 4 else 16)
    script = choices.one_of(RANGES)
    ranges = [script if kind % 2 else choices.one_of(RANGES) for _ in range(n_chars)]
    return "".join(chr(low + choices.below(high - low + 1)) for low, high in ranges)


ANY = made(text, 120)
