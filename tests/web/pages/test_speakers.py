"""Names that were said are offered on the page, and a speaker is called by one without a script."""

import json
import re
from dataclasses import replace

from pydantic import TypeAdapter

from app.documents.diarization import Diarization, SaidName, Turn
from app.documents.transcript import Segment, Transcript
from app.jobs.job import Job
from app.web.core.share_links import address
from tests.web.visitor import Visitor

FIRST, SECOND = "Speaker 1", "Speaker 2"
LINES = ((FIRST, "Марина, что с отчётом?"), (SECOND, "Почти готов."), (FIRST, "Отлично."), (SECOND, "Да."))
OFFER = SaidName(SECOND, "Марина", 0.0, "Марина, что с отчётом?")
TOLD = Diarization((), "a diarizer", (OFFER,))


def told_apart(visitor: Visitor, found: Diarization = TOLD) -> Job:
    """Have a recording in which two speak, and one is called by her name."""
    job = visitor.done(stages=("extract", "transcribe", "diarize", "summarize"))
    folder = visitor.jobs.parts.folders.result(job.id)
    segments = tuple(Segment(n * 2.0, n * 2.0 + 1.5, text, who) for n, (who, text) in enumerate(LINES))
    heard = Transcript(segments, "ru", "an engine", 8.0)
    turns = tuple(Turn(one.start, one.end, one.speaker or "") for one in segments)
    told = replace(found, turns=turns)
    for file, kind, record in (
        ("transcript.json", TypeAdapter(Transcript), heard),
        ("diarization.json", TypeAdapter(Diarization), told),
    ):
        (folder / file).write_text(json.dumps({"format": 1, **kind.dump_python(record, mode="json")}))
    return job


def called(page: str) -> list[str]:
    transcript = page.partition('class="segments lines"')[2]
    return re.findall(r'<strong class="who">([^<]+)</strong>', transcript)


def test_a_name_that_was_said_is_offered_and_set_by_a_person_only(anna: Visitor) -> None:
    job = told_apart(anna)
    page = anna.open(f"/jobs/{job.id}")
    offer = page.partition('class="said-names"')[2].partition("</ul>")[0]
    assert "Марина, что с отчётом?" in offer
    assert "Марина" not in called(page)
    answer = anna.post(f"/jobs/{job.id}/speakers", {"speaker": SECOND, "name": "  Марина "})
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job.id}#transcript")
    page = anna.open(f"/jobs/{job.id}")
    assert called(page)[1::2] == ["Марина", "Марина"]
    assert "said-names" not in page  # there is nothing left to offer
    assert "Марина: Почти готов." in anna.client.get(f"/jobs/{job.id}/download/transcript.srt").text
    anna.post(f"/jobs/{job.id}/speakers", {"speaker": FIRST, "name": "Марина"})
    assert called(anna.open(f"/jobs/{job.id}")) == ["Марина"]  # a name that is there makes one of two


def test_only_who_may_correct_is_offered_names_and_only_a_name_is_taken(anna: Visitor) -> None:
    job = told_apart(anna)
    before = called(anna.open(f"/jobs/{job.id}"))
    for name in ("", "   ", "я" * 201):
        assert anna.post(f"/jobs/{job.id}/speakers", {"speaker": FIRST, "name": name}).status_code == 422
    answer = anna.post(f"/jobs/{job.id}/speakers", {"speaker": "Speaker 9", "name": "Марина"})
    assert answer.status_code == 404
    assert called(anna.open(f"/jobs/{job.id}")) == before
    assert "said-names" not in anna.open(f"/jobs/{job.id}?original=1")
    anna.post(f"/jobs/{job.id}/shares", {"days": "7"})
    (share,) = anna.jobs.shares.of(job, job.created_at)
    with anna.app.test_request_context():
        path = re.sub("^https?://[^/]+", "", address(share))
    assert "said-names" not in anna.open(path)  # who has a link only reads
