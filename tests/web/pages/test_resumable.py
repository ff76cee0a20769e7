"""/uploads as a client of tus 1.0 sees it."""

import os
import time
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.jobs.retention import UNCLAIMED
from app.web.core.context import konspekt
from tests.jobs.acting import Acting
from tests.web.visitor import JSON, Visitor, files_under

TUS = {"Tus-Resumable": "1.0.0", **JSON}
PIECE = "application/offset+octet-stream"


def begin(visitor: Visitor, n_bytes: object, name: str = "совет.wav", **headers: str) -> TestResponse:
    named = f"filename {b64encode(name.encode()).decode()},filetype {b64encode(b'audio/wav').decode()}"
    own = {**TUS, "Upload-Length": str(n_bytes), "Upload-Metadata": named, "X-CSRFToken": visitor.token}
    return visitor.client.post("/uploads", headers={**own, **headers})


def piece(visitor: Visitor, path: str, at: object, data: bytes, **headers: str) -> TestResponse:
    own = {**TUS, "Upload-Offset": str(at), "X-CSRFToken": visitor.token, "Content-Type": PIECE}
    return visitor.client.patch(path, data=data, headers={**own, **headers})


def sent(visitor: Visitor, content: bytes, name: str = "совет.wav") -> str:
    path: str = begin(visitor, len(content), name).location
    assert piece(visitor, path, 0, content).status_code == 204
    return path


def test_the_server_says_what_it_understands(anna: Visitor) -> None:
    answer = anna.client.options("/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination,expiration"
    assert answer.headers["Tus-Max-Size"] == str(konspekt(anna.app).config.max_upload_bytes)


def test_pieces_become_a_job_as_the_form_says(anna: Visitor, tone: bytes) -> None:
    path = begin(anna, len(tone)).location
    middle = len(tone) // 2
    answer = piece(anna, path, 0, tone[:middle])
    assert answer.headers["Upload-Offset"] == str(middle)
    state = anna.client.head(path, headers=TUS)
    assert (state.headers["Upload-Offset"], state.headers["Upload-Length"]) == (str(middle), str(len(tone)))
    assert state.headers["Cache-Control"] == "no-store"
    expires = parsedate_to_datetime(state.headers["Upload-Expires"])
    assert abs(expires - datetime.now(UTC) - UNCLAIMED) < timedelta(minutes=5)
    piece(anna, path, middle, tone[middle:])
    answer = anna.post(f"{path}/job", {"language": "ru", "speakers": "2", "terms": "Анна, OKR"}, headers=JSON)
    assert answer.status_code == 201
    (job,) = anna.jobs.list(anna.owner)
    assert answer.get_json() == {"id": job.id, "name": "совет.wav"}
    assert (job.language, job.speakers, job.terms, job.size_bytes) == ("ru", "2", "Анна, OKR", len(tone))
    assert "diarize" in job.stages
    assert job.duration_s == pytest.approx(1.0, abs=0.1)
    assert anna.post(f"{path}/job", headers=JSON).get_json() == answer.get_json(), "asked again"
    assert len(anna.names()) == 1
    assert not [*konspekt(anna.app).config.incoming_dir.glob("tus-*")]


def test_the_form_stands_as_it_was_sent_last(anna: Visitor, tone: bytes) -> None:
    anna.post(
        f"{sent(anna, tone)}/job", {"language": "ru", "speakers": "3", "terms": "Анна", "vectorize": "1"}
    )
    page = anna.open()
    assert '<option value="ru" selected>' in page
    assert '<option value="3" selected>' in page
    assert 'value="Анна"' in page
    assert 'name="vectorize" value="1" checked' in page
    assert 'name="clean" value="1" checked' not in page


def test_a_stranger_has_nothing_of_an_upload(anna: Visitor, boris: Visitor, tone: bytes) -> None:
    path = sent(anna, tone)
    assert boris.client.head(path, headers=TUS).status_code == 404
    assert piece(boris, path, len(tone), b"").status_code == 404
    gone = boris.client.delete(path, headers={**TUS, "X-CSRFToken": boris.token})
    assert gone.status_code == 404
    assert boris.post(f"{path}/job").status_code == 404
    assert begin(Visitor(anna.app.test_client()), 5).status_code == 400, "no session, no token"
    assert piece(anna, path, 0, b"", **{"X-CSRFToken": "wrong"}).status_code == 400
    assert anna.client.head(path, headers=TUS).headers["Upload-Offset"] == str(len(tone))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "3"}, 409),
        ({"Upload-Offset": "-1"}, 422),
        ({"Upload-Offset": "x"}, 422),
        ({"Content-Type": "application/json"}, 415),
        ({"Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_a_wrong_piece_is_refused(anna: Visitor, headers: dict[str, str], status: int) -> None:
    path = begin(anna, 10).location
    assert piece(anna, path, 0, b"01234", **headers).status_code == status
    assert piece(anna, path, 0, b"0123456789x").status_code == 413, "more than was said"
    assert anna.client.head(path, headers=TUS).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize(
    ("n_bytes", "status"), [("", 422), ("x", 422), ("-1", 422), ("0", 422), (10**6, 413)]
)
def test_a_wrong_length_begins_nothing(make_app: Callable[..., Flask], n_bytes: object, status: int) -> None:
    anna = Visitor(make_app(max_upload_bytes=10**5).test_client())
    anna.open()
    answer = begin(anna, n_bytes)
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]
    assert not files_under(konspekt(anna.app).config.incoming_dir)


def test_a_file_that_is_no_recording_is_told_and_gone(anna: Visitor) -> None:
    path = sent(anna, b"no sound at all" * 100)
    answer = anna.post(f"{path}/job", headers=JSON)
    assert answer.status_code == 422
    assert anna.client.head(path, headers=TUS).status_code == 404
    assert not [*konspekt(anna.app).config.incoming_dir.glob("tus-*")]


def test_what_has_not_arrived_as_a_whole_is_no_job(anna: Visitor) -> None:
    path = begin(anna, 10).location
    piece(anna, path, 0, b"01234")
    assert anna.post(f"{path}/job", headers=JSON).status_code == 409
    assert anna.client.head(path, headers=TUS).headers["Upload-Offset"] == "5"


def test_a_full_queue_and_a_wrong_form_keep_the_file(
    make_app: Callable[..., Flask], acting: Acting, tone: bytes
) -> None:
    anna = Visitor(make_app(max_active_jobs=1).test_client())
    anna.open()
    path = sent(anna, tone)
    anna.send("another.mp4")
    answer = anna.post(f"{path}/job", headers=JSON)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert begin(anna, 5).status_code == 503, "before a byte of it is sent"
    assert anna.jobs.worker.run_once()
    for form in ({"language": "xx"}, {"callback_url": "http://127.0.0.1/"}):
        assert anna.post(f"{path}/job", form, headers=JSON).status_code == 422
    assert anna.post(f"{path}/job", headers=JSON).status_code == 201


def test_an_upload_is_cancelled(anna: Visitor, tone: bytes) -> None:
    path = sent(anna, tone)
    answer = anna.client.delete(path, headers={**TUS, "X-CSRFToken": anna.token})
    assert answer.status_code == 204
    assert anna.client.head(path, headers=TUS).status_code == 404


def test_a_restart_keeps_uploads_and_time_takes_those_that_nobody_goes_on_with(
    anna: Visitor, tone: bytes
) -> None:
    path = sent(anna, tone)
    anna.jobs.janitor.drop_leftovers()
    assert anna.client.head(path, headers=TUS).status_code == 200
    anna.jobs.janitor.sweep(datetime.now(UTC))
    assert anna.client.head(path, headers=TUS).status_code == 200
    long_ago = time.time() - UNCLAIMED.total_seconds() - 60
    folder = next(konspekt(anna.app).config.incoming_dir.glob("tus-*"))
    for file in (*folder.iterdir(), folder):
        os.utime(file, (long_ago, long_ago))
    anna.jobs.janitor.sweep(datetime.now(UTC))
    assert anna.client.head(path, headers=TUS).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "<script>", "\0", "", "x" * 3000])
def test_a_strange_name_is_made_fit(anna: Visitor, tone: bytes, name: str) -> None:
    anna.post(f"{sent(anna, tone, name)}/job", headers=JSON)
    (known,) = anna.names()
    assert known
    assert len(known) <= 200
    assert "/" not in known
