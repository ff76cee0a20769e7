"""What the script of a recording's page asks for: parts that it lacks, the words of a part, all anew.

The words of lines are as much again as their text, and are wanted where somebody listens or reads.
"""

from math import inf
from typing import Any

from flask import Response, render_template, request

from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.corrections import Corrections, as_heard
from app.web.core import transcripts
from app.web.core.context import konspekt
from app.web.core.shown_lines import ShownLines, part_of
from app.web.core.word_times import packed_words


def asked(job: Job) -> Response:
    """Answer with all lines of a job; or with some of what its page lacks.

    `?part=`: the words of the lines that begin in a part, `&drawn=1`: and these lines as HTML.
    `?from=`: the lines of this part and all after it, as HTML.
    `?shown=`: the version whose texts the page has; `?original=1`: it has what was heard.
    """
    results = konspekt().jobs.results
    original = "original" in request.args
    present = as_heard(results.recording(job)) if original else results.corrected(job)
    number, begun = (request.args.get(name, type=int) for name in ("part", "from"))
    if number is not None:
        known = original or request.args.get("shown") == str(present.version)
        return part(present, number, known=known, with_lines="drawn" in request.args)
    if begun is not None:
        return transcripts.given(present, [], with_minutes=False, drawn=drawn(present, begun))
    return transcripts.state(present, packed=True)


def part(present: Corrections, number: int, *, known: bool, with_lines: bool = False) -> Response:
    """Answer with the words of a part's lines; with the minutes in the first, which every page asks for.

    known: the page has the texts of these lines, so that they are not sent again.
    """
    transcript = present.recording.transcript
    if transcript is None:
        raise NotFound(UNKNOWN)
    lines: list[dict[str, Any]] = [
        {
            "key": key,
            "words": [value for word in packed_words(segment) for value in word],
            **({} if known else {"text": segment.text, "start": segment.start}),
        }
        for key, segment in zip(present.keys, transcript.segments, strict=True)
        if part_of(segment) == number
    ]
    html = drawn(present, number, number) if with_lines else {}
    return transcripts.given(present, lines, with_minutes=number == 0, drawn=html)


def drawn(present: Corrections, first: int, last: float = inf) -> dict[int, str]:
    """Render the lines of some parts as the page has them."""
    text = ShownLines(present)
    return {
        one.number: render_template("_lines.html", part=one, colours=text.colours)
        for one in text.parts
        if first <= one.number <= last
    }
