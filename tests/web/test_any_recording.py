"""Whatever a model, a file or a visitor has said: every page and answer about it comes, and is valid."""

import json
from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pydantic import TypeAdapter

from app.audio.waveform import SPEECH_RATE_HZ
from app.documents.diarization import Diarization
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.documents.well_formed import well_formed_transcript
from app.engines.base import Hypothesis
from app.live.endpointing import Utterance
from app.live.events import to_dict
from app.live.scheduler import well_formed_hypothesis
from app.live.text import StreamText
from app.web.api import transcription_answers
from app.web.core.context import konspekt
from app.web.core.file_names import clean_name
from tests.cases import drawn, tried_in_packs
from tests.documents.records import (
    DIARIZATIONS,
    MINUTES,
    TRANSCRIPTS,
    one_diarization,
    one_minutes,
    one_transcript,
)
from tests.documents.test_any_document import letters, read_json
from tests.documents.texts import ANY
from tests.web.visitor import Visitor

FORMS = {
    "transcript.json": TypeAdapter(Transcript),
    "minutes.json": TypeAdapter(Minutes),
    "diarization.json": TypeAdapter(Diarization),
}


def put(folder: object, name: str, record: object) -> None:
    """Write an artifact as a broken program could have left it: json.dumps writes NaN and lone surrogates."""
    data = FORMS[name].dump_python(record)
    with open(f"{folder}/{name}", "w", encoding="ascii") as file:  # noqa: PTH123
        json.dump({"format": 1, **data}, file)


RECORDINGS = st.tuples(ANY, TRANSCRIPTS, MINUTES, DIARIZATIONS)
Recorded = tuple[str, Transcript, Minutes, Diarization]


def one_recording(several: Sequence[Recorded]) -> Recorded:
    (name, *_), heard, written, voices = zip(*several, strict=True)
    return name, one_transcript(heard), one_minutes(written), one_diarization(voices)


def test_every_page_of_any_recording_comes_and_shows_all_of_it(app: Flask, anna: Visitor) -> None:
    def shown(recorded: Recorded) -> None:
        check_pages(app, anna, recorded)

    tried_in_packs(drawn(RECORDINGS), 50, one_recording, shown)


def check_pages(app: Flask, anna: Visitor, recorded: Recorded) -> None:
    name, transcript, minutes, diarization = recorded
    job = anna.done(clean_name(name), stages=("extract", "transcribe", "diarize", "summarize"))
    folder = konspekt(app).jobs.results.recording(job).folder
    put(folder, "transcript.json", transcript)
    put(folder, "minutes.json", minutes)
    put(folder, "diarization.json", diarization)
    page = anna.client.get(f"/jobs/{job.id}")
    assert page.status_code == 200
    shown = letters(html.fromstring(page.data.decode()).text_content())
    lines = anna.client.get(f"/jobs/{job.id}/transcript")
    told = letters(read_json(lines.data))
    for segment in transcript.segments:
        assert segment.words or letters(segment.text) in told  # parted by voices, it is its words
    for point in minutes.decisions if told else ():
        assert letters(point.text) in shown
    for address in ("", "/versions", "/download/transcript.vtt", "/download/minutes.json"):
        assert anna.client.get(f"/jobs/{job.id}{address}").status_code == 200
    assert anna.client.get("/queue").status_code == 200


@given(TRANSCRIPTS)
def test_every_answer_of_the_api_is_json_and_has_all_that_was_said(given: Transcript) -> None:
    heard = well_formed_transcript(given)
    events = "".join(transcription_answers.last_events(heard, "", with_speakers=True)).splitlines()
    answers = [
        transcription_answers.plain(heard),
        transcription_answers.verbose(heard, ["segment", "word"]),
        transcription_answers.diarized(heard),
        *(json.loads(event.removeprefix("data: ")) for event in events if event.startswith("data: ")),
    ]
    texts = [
        read_json(json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()) for answer in answers
    ]
    for segment in given.segments:
        assert all(letters(segment.text) in letters(text) for text in (*texts[:3], texts[-1]))
    for render in transcription_answers.TEXTS.values():
        render(heard).encode()


@given(TRANSCRIPTS)
def test_every_live_message_is_json_and_within_its_utterance(given: Transcript) -> None:
    text = StreamText()
    utterance = Utterance(0, 0, 4 * SPEECH_RATE_HZ)
    for segment in given.segments:
        heard = Hypothesis(segment.text, segment.words, given.language, segment.doubtful)
        clean = well_formed_hypothesis(heard, 4.0)
        text.add_partial(utterance.start, utterance.end, clean)
        text.add_final(utterance, clean, utterance.end)
        assert letters(clean.text) == letters(segment.text)
    for event in text.take():
        message = to_dict(event)
        json.dumps(message, allow_nan=False, ensure_ascii=False).encode()
        assert 0 <= message["start"] <= message["end"] <= 4


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_no_visitor_can_send_a_time_that_is_none(anna: Visitor, number: str) -> None:
    job = anna.done()
    body = f'{{"lines": {{"0": {{"start": {number}, "end": 2, "text": "x"}}}}}}'
    headers = {"If-Match": '"0"', "X-CSRFToken": anna.token, "Content-Type": "application/json"}
    assert anna.client.patch(f"/jobs/{job.id}/transcript", data=body, headers=headers).status_code == 422


def test_what_a_visitor_types_is_kept_without_what_no_document_can_hold(anna: Visitor) -> None:
    job = anna.done()
    line = {"start": 0, "end": 2, "text": "a\x00b\ufffe \u202ec", "speaker": " \x01Ann\n"}
    headers = {"If-Match": '"0"', "X-CSRFToken": anna.token}
    sent = {"lines": {"0": line}}
    answer = anna.client.patch(f"/jobs/{job.id}/transcript", json=sent, headers=headers)
    assert answer.status_code == 200
    [kept] = answer.json["lines"]
    assert kept["text"] == "a\ufffdb\ufffd c"
    assert kept["speaker"] == "\ufffdAnn"
