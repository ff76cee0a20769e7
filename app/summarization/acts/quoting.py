"""Quotes what an item refers to, as a talk is printed: a dash for each turn, dots for what is left out."""

from collections.abc import Sequence

from app.summarization.sentences import Sentence, tidy

_LEFT_OUT = "…"


def quoted(sentences: Sequence[Sentence], numbers: Sequence[int]) -> str:
    """Return these sentences of a talk as one quotation.

    numbers: of the sentences, rising.
    """
    parts: list[str] = []
    before: int | None = None
    for n in numbers:
        text = tidy(sentences[n].text)
        if not text:
            continue
        if before is not None and n - before > 1:
            parts.append(_LEFT_OUT)
        speaker = sentences[n].speaker
        if speaker is not None and (before is None or sentences[before].speaker != speaker):
            parts.append("—")
        parts.append(text)
        before = n
    return " ".join(parts)
