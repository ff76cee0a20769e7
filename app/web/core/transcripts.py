"""A recording's lines as JSON, and what a person corrects in them or in the minutes. For pages and API."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from flask import Response, jsonify, request
from pydantic import TypeAdapter

from app.documents.corrections import MAX_LINES
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.documents.well_formed import MAX_NAME_CHARS, MAX_TEXT_CHARS
from app.errors import N_, BadInput, Conflict, NotFound, TooLarge
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.pipeline.change import Change
from app.pipeline.corrections import Corrections
from app.pipeline.recording import Recording
from app.web.core.context import konspekt
from app.web.core.i18n import speaker_name
from app.web.core.word_times import packed_words, placed_words

MAX_CHANGE_BYTES = 8 * 2**20  # every line of eight hours at once
MAX_DIGITS = 20  # of a version; Python reads no endless numbers
MAX_KEY = 2**31  # a page draws the keys of new lines at random, so that two pages never draw the same
MAX_MINUTES_BYTES = 2**20
LATE_S = 60.0  # recognizers end a last line after the sound does

WRONG = N_("This change could not be understood. Reload the page; what you typed is kept in your browser.")

BEING_WRITTEN = N_("The minutes are being written. Change them when that is done.")

_CHANGE = TypeAdapter(Change)
_MINUTES = TypeAdapter[Minutes | None](Minutes | None)


def correct(job: Job) -> tuple[Recording, Change, Corrections | None]:
    """Keep the change that the request holds, of the version that its If-Match names.

    Raises Conflict where it changes minutes that are being written.

    Returns: the recording as it was heard, the change, and what there is now; None: the version is old.
    """
    results = konspekt().jobs.results
    heard = results.recording(job)
    if heard.transcript is None:
        raise NotFound(UNKNOWN)
    change = change_of(heard.transcript)
    if (change.minutes is not None or change.drop_minutes) and not job.status.ended:
        raise Conflict(BEING_WRITTEN)  # what is written then would not be seen below this change
    known = request.if_match.to_header().strip('"')
    is_version = known.isdecimal() and len(known) < MAX_DIGITS
    return heard, change, results.correct(job, heard, int(known), change) if is_version else None


def state(present: Corrections, *, packed: bool = False) -> Response:
    """Answer with all lines; packed: as in `lines_of`."""
    if present.recording.transcript is None:
        raise NotFound(UNKNOWN)
    return given(present, lines_of(present, packed=packed))


def given(
    present: Corrections,
    lines: list[dict[str, Any]],
    *,
    with_minutes: bool = True,
    drawn: Mapping[int, str] | None = None,
) -> Response:
    """Answer with some lines, and the minutes, under the version as ETag.

    drawn: the lines of parts of the recording as the page has them, as HTML by the number of the part.
    """
    minutes = _MINUTES.dump_python(present.recording.minutes if with_minutes else None, mode="json")
    html = {"drawn": drawn} if drawn else {}
    answer = jsonify(version=present.version, lines=lines, minutes=minutes, **html)
    answer.set_etag(str(present.version))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def change_of(transcript: Transcript) -> Change:
    """Read the body, and see that it is no more than a person can have changed."""
    request.max_content_length = MAX_CHANGE_BYTES
    if (request.content_length or 0) > MAX_CHANGE_BYTES:
        raise TooLarge(N_("This change is too large. Make it in smaller steps."))
    body = request.get_data()
    try:
        sent = _CHANGE.validate_json(body)
        change = Change(sent.lines, sent.minutes, sent.drop_minutes)  # the other fields are the program's
        fits = _is_bounded(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise BadInput(WRONG) from error
    latest_s = transcript.duration_s + LATE_S
    fits = (
        fits
        and len(change.lines) <= MAX_LINES
        and all(
            0 <= key < MAX_KEY
            and (
                line is None
                or (
                    0 <= line.start <= line.end <= latest_s
                    and len(line.text) <= MAX_TEXT_CHARS
                    and len(line.speaker or "") <= MAX_NAME_CHARS
                )
            )
            for key, line in change.lines.items()
        )
    )
    if not fits or (change.minutes is not None and len(body) > MAX_MINUTES_BYTES):
        raise BadInput(WRONG)
    return change


def _is_bounded(value: object) -> bool:
    """Tell whether every text and number could have come from a person, whatever record they stand in."""
    if isinstance(value, dict | list):
        return all(map(_is_bounded, value.values() if isinstance(value, dict) else value))
    if isinstance(value, str):
        return len(value) <= MAX_TEXT_CHARS
    return not isinstance(value, int | float) or abs(value) < MAX_KEY  # NaN is not


def lines_of(
    corrections: Corrections, wanted: Collection[int] | None = None, *, packed: bool = False
) -> list[dict[str, Any]]:
    """Return the lines of a transcript: all, or those of some keys.

    words: as `word_times` has them.
    """
    transcript = corrections.recording.transcript
    segments = transcript.segments if transcript else ()
    words_of = packed_words if packed else placed_words
    return [
        {
            "key": key,
            "start": segment.start,
            "end": segment.end,
            "text": segment.text,
            "speaker": segment.speaker,
            "name": speaker_name(segment.speaker) if segment.speaker else None,
            "doubtful": segment.doubtful,
            "overlapped": segment.overlapped,
            "words": [number for word in words_of(segment) for number in word],
        }
        for key, segment in zip(corrections.keys, segments, strict=True)
        if wanted is None or key in wanted
    ]
