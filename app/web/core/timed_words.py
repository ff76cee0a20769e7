"""What the script of a recording's page asks for: the words of the lines in sight, or all lines anew.

The page has the lines already. Their words are as much again, and are wanted where somebody listens or reads.
"""

from typing import Any

from flask import Response, request

from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.corrections import Corrections, as_heard
from app.web.core import transcripts
from app.web.core.context import konspekt
from app.web.core.word_times import packed_words

PART_S = 300.0  # of a recording is asked for at once: some 150 lines


def asked(job: Job) -> Response:
    """Answer with all lines of a job, or with the words of those that begin in `?part=`.

    `?shown=`: the version whose texts the page has; `?original=1`: it has what was heard.
    """
    results = konspekt().jobs.results
    original = "original" in request.args
    present = as_heard(results.recording(job)) if original else results.corrected(job)
    number = request.args.get("part", type=int)
    if number is None:
        return transcripts.state(present, packed=True)
    known = original or request.args.get("shown") == str(present.version)
    return part(present, number, known=known)


def part(present: Corrections, number: int, *, known: bool) -> Response:
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
        if segment.start // PART_S == number
    ]
    return transcripts.given(present, lines, with_minutes=number == 0)
