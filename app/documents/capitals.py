"""The capital at the beginning of a sentence or title, as the text's own script and language have it."""


def with_capital(text: str, language: str | None = None) -> str:
    """Begin `text` with a capital.

    A word with a capital further on is a name that is written so (iPhone, pH). Scripts without capitals stay,
    and so does a letter whose capital is two (ß). Turkish and Azeri have a dotted İ.
    """
    if any(letter.isupper() for letter in text.partition(" ")[0][1:]):
        return text
    first = text[:1]
    capital = "İ" if first == "i" and language in ("tr", "az") else first.title()
    return capital + text[1:] if len(capital) == 1 else text
