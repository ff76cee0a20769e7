"""Whatever foreign programs write into a request, the answer says what is wrong: no address breaks."""

import json
from io import BytesIO

import pytest
from flask import Flask

from app.pipeline import stages_of
from app.web.core.context import konspekt
from tests.web.visitor import JSON, Visitor

# JSON as it is written: what Python's reader takes as well as what it does not
ODD_JSON = (
    "NaN", "-Infinity", "1e309", "-1", "1" * 5000, '"\\u0000"', '"\\ud800"', '"' + "x" * 100_000 + '"',
    "null", "true", "[]", "{}", "[" * 900 + "]" * 900, "[[[[]]]]", '"=1+1"', '"\\r\\nX-Header: 1"',
    '"../../etc/passwd"', '"٣"',
)  # fmt: skip
ODD_TEXT = (
    "NaN", "1e309", "-1", "9" * 5000, "\0", "x" * 100_000, "٣", "²", "\r\nX-Header: 1",
)  # fmt: skip
ODD_RANGES = (
    "bytes=0-", "bytes=-0", "bytes=-1", "bytes=-99999999999999999999", "bytes=5-2",
    "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "bytes=0-1,5-6",
    "bytes=" + "0-1," * 2000, "bytes=a-b", "bytes=--1", "lines=1-2", "bytes=٣-٤", "bytes", "",
)  # fmt: skip
ODD_ADDRESSES = ("NaN", "-1", "9" * 3000, "%00", "%0d%0aX-Header:%201", "%ed%a0%80", "..%2f..%2fx", "\u202e")
FIELDS_OF_JSON = {
    "/v1/audio/speech": ("voice", "speed", "response_format"),
    "/encode_audio": ("video_url", "file_key", "async", "callback_url"),
    "/api/vectors": ("records", "key", "callback_url"),
    "/api/clean": ("input", "callback_url"),
    "/api/v1/jobs": ("url", "file_key", "name", "language", "speakers", "terms", "clean", "callback_url"),
    "/api/v1/jobs/<job_id>/shares": ("days", "sound"),
}
FIELDS_OF_FORMS = {
    "/jobs": ("language", "speakers", "callback_url", "transcribe", "diarize"),
    "/speak": ("voice", "speed", "format"),
    "/vectors": ("urls", "key", "callback_url"),
    "/jobs/<job_id>/shares": ("days", "sound"),
    "/jobs/<job_id>/minutes/again": ("replace",),
    "/whisper/cancel": ("page",),
    "/jobs/<job_id>/clips": ("lines", "from"),
    "/jobs/<job_id>/label": ("name", "tags"),
    "/jobs/<job_id>/speakers": ("speaker", "name"),
    "/jobs/<job_id>/voices": ("speaker",),
    "/recordings/delete": ("id",),
    "/live/<job_id>/lines": ("start",),
}
QUERIES = (
    "/jobs/room?bytes={}", "/api/similar?job_id={}", "/speak?job={}", "/jobs/<job_id>?original={}",
    "/jobs/<job_id>/download/minutes.docx?form={}", "/whisper?language={}", "/jobs/{}", "/shared/{}",
    "/shared/{}/listen", "/jobs/<job_id>/download/{}", "/jobs/<job_id>/vector/{}",
    "/jobs/<job_id>/sound/{}", "/live/{}/download/minutes.docx", "/language/{}", "/v1/models/{}",
    "/api/v1/jobs?cursor={}", "/api/v1/jobs?limit={}", "/api/v1/jobs/{}", "/api/v1/jobs/{}/wait?wait_s=0",
    "/api/v1/jobs/<job_id>/documents/{}", "/api/v1/jobs/<job_id>/documents/minutes?format={}",
    "/encode_audio/{}", "/api/clean/{}", "/api/jobs/{}/deliveries", "/static/{}",
)  # fmt: skip


@pytest.fixture
def job_id(app: Flask, anna: Visitor) -> str:
    """Give a finished recording of an app that answers as it does in service."""
    job = anna.done(stages=stages_of(vectorize=True))
    (konspekt(app).config.results_dir / job.id / "listen.mp3").write_bytes(bytes(3 * 2**20))
    app.testing = False
    return job.id


def test_odd_json_breaks_no_address(anna: Visitor, job_id: str) -> None:
    for path, fields in FIELDS_OF_JSON.items():
        for odd in ODD_JSON:
            bodies = [odd, *(json.dumps({field: 0}).replace("0", odd) for field in fields)]
            for body in bodies:
                answer = anna.client.post(path, data=body, content_type="application/json")
                assert answer.status_code != 500, (path, body[:80])


def test_odd_fields_break_no_form(anna: Visitor, job_id: str) -> None:
    for path, fields in FIELDS_OF_FORMS.items():
        for field in fields:
            for odd in ODD_TEXT:
                data = {field: odd}
                if field == "language":
                    data["files"] = (BytesIO(b"no recording"), f"{odd[:300]}.wav")  # type: ignore[assignment]
                answer = anna.post(path.replace("<job_id>", job_id), data, headers=JSON)
                assert answer.status_code != 500, (path, field, odd[:80], answer.text)
                assert "X-Header" not in answer.headers


def test_odd_addresses_and_queries_break_nothing(anna: Visitor, job_id: str) -> None:
    for query in QUERIES:
        for odd in (
            *ODD_TEXT[:4],
            "9" * 3000,
            "%00",
            "%0d%0aX-Header:%201",
            "%ed%a0%80",
            "..%2f..%2fx",
            "\u202e",
        ):
            answer = anna.client.get(query.replace("<job_id>", job_id).format(odd))
            assert answer.status_code != 500, (query, odd[:80], answer.text)
            assert "X-Header" not in answer.headers


def test_odd_ranges_break_no_player(anna: Visitor, job_id: str) -> None:
    for odd in ODD_RANGES:
        with anna.client.get(f"/jobs/{job_id}/listen", headers={"Range": odd}) as answer:
            assert answer.status_code in (206, 416), odd
            assert answer.status_code == 416 or len(answer.data) <= 2**20
