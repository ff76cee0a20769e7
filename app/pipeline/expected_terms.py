"""Names and terms that a recording probably holds, as users write them: by commas, semicolons or lines."""

import re

from app.errors import N_, BadInput

MOST_CHARACTERS = 500  # Whisper's prompt has room for 223 tokens: of Russian a little more than that


def normal(written: str) -> str:
    """Write each of them once, by commas.

    Raises:
        BadInput: there are too many.
    """
    printable = "".join(letter for letter in written if letter.isprintable() or letter.isspace())
    terms = (" ".join(term.split()) for term in re.split(r"[,;\n\r]", printable))
    text = ", ".join(dict.fromkeys(term for term in terms if term))
    if len(text) > MOST_CHARACTERS:
        raise BadInput(
            N_("Names and terms to expect may be %(most)s characters long; these are %(long)s."),
            most=MOST_CHARACTERS,
            long=len(text),
        )
    return text
