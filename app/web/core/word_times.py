"""Where each word of a line stands in its text and when it is said, as whole numbers; for pages and API."""

from collections.abc import Iterator

from app.documents.transcript import Segment

UNSURE = 50  # per cent; below it a recognizer guesses

Five = tuple[int, int, int, int, int]


def placed_words(segment: Segment) -> Iterator[Five]:
    """Yield of each word its place in the text, its length, start and end in ms, its probability.

    The probability is in per cent, -1 where it is unknown.
    """
    cursor = 0
    for word in segment.words:
        spoken = word.text.strip()
        place = segment.text.find(spoken, cursor)
        if not spoken or place < 0:
            continue
        cursor = place + len(spoken)
        sure = -1 if word.probability is None else round(100 * word.probability)
        yield place, len(spoken), round(word.start * 1000), round(word.end * 1000), sure


def packed_words(segment: Segment) -> Iterator[Five]:
    """Yield the same for the page's script, half as long.

    How far behind the end of the word before it stands, how long it is, how long after that word's end (the
    first: after the line's start) it is said and how long, in hundredths of a second, and 1 where it is
    unsure.
    """
    cursor, ended = 0, round(segment.start * 100)
    for place, length, start_ms, end_ms, sure in placed_words(segment):
        start, end = round(start_ms / 10), round(end_ms / 10)
        yield place - cursor, length, start - ended, end - start, int(0 <= sure < UNSURE)
        cursor, ended = place + length, end
