"""Joins texts that were said one after the other, with a blank only where their scripts have one."""

import re
from collections.abc import Iterable

# Thai, Lao, Myanmar, Khmer, Chinese and Japanese, with their punctuation; Korean has blanks
WITHOUT_BLANKS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3000-\u312f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff00-\uff9f\U00020000-\U0003ffff"
)
_NO_BLANK = re.compile(f"(?<=[{WITHOUT_BLANKS}]) (?=[{WITHOUT_BLANKS}])")


def joined(texts: Iterable[str]) -> str:
    """Join texts of one line each; blanks within them stay."""
    whole = ""
    for text in filter(None, texts):
        seam = f"{whole[-1:]} {text[:1]}"
        whole += text if not whole or _NO_BLANK.search(seam) else f" {text}"
    return whole
