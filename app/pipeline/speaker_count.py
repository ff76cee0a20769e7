"""How many people speak, as users write it: "auto", "3", "2-5"."""

import re

from app.engines.diarization import MAX_SPEAKERS, DiarizeOptions
from app.errors import N_, BadInput

AUTO = "auto"
_COUNT = re.compile(r"(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?")


def parsed(written: str) -> DiarizeOptions:
    """Read a number, a range or "auto"; nothing is "auto" too.

    Raises:
        BadInput: it is none of these.
    """
    text = written.strip().lower()
    if text in ("", AUTO):
        return DiarizeOptions()
    found = _COUNT.fullmatch(text)
    if found:
        least, most = int(found[1]), int(found[2] or found[1])
        if 1 <= least <= most <= MAX_SPEAKERS:
            return DiarizeOptions(least, most)
    raise BadInput(
        N_("“%(written)s” is no number of speakers. Write one from 1 to %(most)s, a range as 2-5, or auto."),
        written=written[:40],
        most=MAX_SPEAKERS,
    )


def normal(written: str) -> str:
    """Write it the one way in which it is kept. Raises BadInput as `parsed` does."""
    options = parsed(written)
    if options == DiarizeOptions():
        return AUTO
    least, most = options.min_speakers, options.max_speakers
    return str(least) if least == most else f"{least}-{most}"
