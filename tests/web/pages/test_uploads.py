"""What is sent in: taken, refused with a sentence, or refused before it is read."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.errors import BadInput
from app.web.core import models, multipart
from app.web.core.context import konspekt
from tests.web.core.test_file_names import WICKED
from tests.web.visitor import JSON, Visitor, files_under

RU = {"Accept-Language": "ru"}


def folders(visitor: Visitor) -> tuple[Path, Path]:
    config = konspekt(visitor.app).config
    return config.uploads_dir, config.results_dir


def alerts(answer: TestResponse) -> str:
    return " ".join(re.findall(r'role="alert">.*?</p>', answer.text, re.DOTALL))


def test_a_plain_form_brings_the_visitor_back_to_his_queue(anna: Visitor, tone: bytes) -> None:
    answer = anna.upload(("совещание.wav", tone), language="en")
    assert (answer.status_code, answer.location) == (303, "/")
    [job] = anna.jobs.list(anna.owner)
    assert (job.name, job.language, job.size_bytes) == ("совещание.wav", "en", len(tone))
    assert job.duration_s == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("form", "speakers", "diarized"),
    [
        ({"speakers": "auto"}, "auto", False),
        ({"speakers": "auto", "diarize": "1"}, "auto", True),
        ({"speakers": "3"}, "3", True),
        ({"speakers": "2 – 4", "diarize": "1"}, "2-4", True),
    ],
)
def test_speakers_are_told_apart_where_that_is_switched_on_or_their_number_is_said(
    anna: Visitor, tone: bytes, form: dict[str, str], speakers: str, diarized: bool
) -> None:
    anna.post("/jobs", {"files": [(io.BytesIO(tone), "a.wav")], **form})
    [job] = anna.jobs.list(anna.owner)
    assert (job.speakers, "diarize" in job.stages) == (speakers, diarized)
    assert anna.jobs.results.recording(job).speakers == speakers


def test_no_number_of_speakers_is_refused(anna: Visitor, tone: bytes) -> None:
    answer = anna.post("/jobs", {"files": [(io.BytesIO(tone), "a.wav")], "speakers": "many"}, headers=JSON)
    assert answer.status_code == 422
    assert "no number of speakers" in answer.json["error"]["message"]
    assert anna.names() == []


def test_names_and_terms_go_with_the_recording(anna: Visitor, tone: bytes) -> None:
    anna.post("/jobs", {"files": [(io.BytesIO(tone), "a.wav")], "terms": " Анна  Петрова,OKR;\nOKR\x00 , "})
    [job] = anna.jobs.list(anna.owner)
    assert job.terms == "Анна Петрова, OKR"
    assert anna.jobs.results.recording(job).terms == job.terms


def test_the_model_and_the_form_go_with_the_recording_and_are_remembered(anna: Visitor, tone: bytes) -> None:
    assert 'name="model"' not in anna.open(), "there is nothing to choose"
    whisper = konspekt(anna.app).config.models_dir / "whisper"
    whisper.mkdir(parents=True)
    for size in ("tiny", "base"):
        (whisper / f"{size}.pt").touch()
    assert '<option value="tiny">Whisper tiny</option>' in anna.open()
    form = {"files": [(io.BytesIO(tone), "a.wav")], "model": "tiny", "form": "protocol"}
    anna.post("/jobs", form)
    [job] = anna.jobs.list(anna.owner)
    assert (job.model, job.form) == ("tiny", "protocol")
    assert anna.jobs.results.recording(job).model == "tiny"
    page = anna.open()
    assert '<option value="tiny" selected>' in page
    assert '<option value="protocol" selected>' in page


@pytest.mark.usefixtures("speech")
def test_without_minutes_a_recording_is_written_down_only(anna: Visitor, tone: bytes) -> None:
    anna.post("/jobs", {"language": "auto", "form": "none", "files": [(io.BytesIO(tone), "a.wav")]})
    (job,) = anna.jobs.list(anna.owner)
    assert ("transcribe" in job.stages, "summarize" in job.stages) == (True, False)
    assert anna.jobs.worker.run_once()
    page = anna.open(f"/jobs/{job.id}")
    assert "/transcript.txt" in page
    assert "/minutes.docx" not in page
    assert "/assignments.csv" not in page
    assert '<option value="none" selected>' in anna.open(), "it is remembered"


@pytest.mark.usefixtures("speech")
def test_documents_come_in_the_form_that_was_chosen_and_in_any_other(anna: Visitor, tone: bytes) -> None:
    anna.post("/jobs", {"files": [(io.BytesIO(tone), "a.wav")], "form": "protocol"})
    [job] = anna.jobs.list(anna.owner)
    anna.jobs.worker.run_once()
    path = f"/jobs/{job.id}/download/minutes.md"
    chosen, named = (anna.client.get(address).text for address in (path, f"{path}?form=protocol"))
    assert chosen == named
    assert chosen != anna.client.get(f"{path}?form=minutes").text
    page = anna.open()
    assert "minutes.docx?form=minutes" in page
    assert "minutes.docx?form=protocol" not in page, "it is the first of them all"


@pytest.mark.parametrize(
    "written",
    ["base", "whisper-base", "faster-whisper-base", "openai/whisper-base", "Systran/faster-whisper-base"],
)
def test_programs_may_call_a_model_as_others_do(anna: Visitor, written: str) -> None:
    whisper = konspekt(anna.app).config.models_dir / "whisper"
    whisper.mkdir(parents=True)
    (whisper / "base.pt").touch()
    with anna.app.app_context():
        assert models.asked(written) == "base"
        assert models.asked("whisper-1") == "auto"
        for wrong in ("small", "base/", "whisper-", "x/y/tiny"):
            with pytest.raises(BadInput):
                models.asked(wrong)


@pytest.mark.parametrize(
    ("field", "said"), [("model", "The model giant is not here"), ("form", "no form of")]
)
def test_a_model_that_is_not_here_and_an_unknown_form_are_refused(
    anna: Visitor, tone: bytes, field: str, said: str
) -> None:
    form = {"files": [(io.BytesIO(tone), "a.wav")], field: "giant"}
    answer = anna.post("/jobs", form, headers=JSON)
    assert answer.status_code == 422
    assert said in answer.json["error"]["message"]
    assert anna.names() == []


def test_too_many_terms_are_refused_with_the_number(anna: Visitor, tone: bytes) -> None:
    form = {"files": [(io.BytesIO(tone), "a.wav")], "terms": "Konspekt" * 63}
    answer = anna.post("/jobs", form, headers=JSON)
    assert answer.status_code == 422
    assert "500 characters long; these are 504" in answer.json["error"]["message"]
    assert anna.names() == []


def test_the_script_gets_json(anna: Visitor, tone: bytes) -> None:
    answer = anna.upload(("a.wav", tone), headers=JSON)
    assert answer.status_code == 201
    [job] = anna.jobs.list(anna.owner)
    assert answer.json == {"jobs": [{"id": job.id, "name": "a.wav"}], "errors": []}


def test_ten_files_of_one_name_are_ten_recordings(anna: Visitor, tone: bytes) -> None:
    anna.upload(*[("запись.wav", tone)] * 10)
    assert anna.names() == ["запись.wav"] * 10
    sources = {anna.jobs.results.recording(job).source for job in anna.jobs.list(anna.owner)}
    assert len(sources) == 10
    assert all(source.read_bytes() == tone for source in sources)


def test_the_eleventh_file_refuses_them_all(anna: Visitor, tone: bytes) -> None:
    answer = anna.upload(*[("a.wav", tone)] * 11, headers=JSON)
    assert answer.status_code == 422
    assert answer.json["error"]["message"] == "Send at most 10 files at once."
    assert anna.names() == []
    assert files_under(*folders(anna)) == set()


def test_an_extension_says_nothing(anna: Visitor, tone: bytes, video: bytes) -> None:
    anna.upload(("sound.pdf", tone), ("nothing", video), ("movie.mp3", video))
    assert sorted(anna.names()) == ["movie.mp3", "nothing", "sound.pdf"]


def test_each_bad_file_gets_its_own_sentence(anna: Visitor, video: bytes, silent_video: bytes) -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    sentences = {
        "empty.mp3": (b"", "empty"),
        "text.mp3": (b"I am not a recording. " * 99, "not audio or video"),
        "silent.mp4": (silent_video, "no sound"),
        "list.mp3": (playlist, "list of links"),
        "page.mp4": (b"<!doctype html><title>404</title>" + b" " * 999, "not audio or video"),
        "cut.mp4": (video[: len(video) // 2], "broken"),
    }
    answer = anna.upload(*[(name, content) for name, (content, _) in sentences.items()], headers=JSON)
    assert answer.status_code == 422
    errors = {error["name"]: error["message"] for error in answer.json["errors"]}
    assert set(errors) == set(sentences)
    for name, (_, words) in sentences.items():
        assert words in errors[name], name
        assert errors[name].endswith(".")
    assert anna.names() == []
    assert files_under(*folders(anna)) == set()


def test_good_files_are_taken_beside_bad_ones(anna: Visitor, tone: bytes) -> None:
    answer = anna.upload(("good.wav", tone), ("bad.mp3", b"text " * 99))
    assert answer.status_code == 303
    assert anna.names() == ["good.wav"]
    page = anna.client.get("/")
    assert "bad.mp3: This is not audio or video" in alerts(page)
    assert "bad.mp3" not in anna.open(), "said once"


def test_where_all_are_bad_the_page_says_so_at_once(anna: Visitor) -> None:
    answer = anna.upload(("плохой.mp3", b"text " * 99), headers=RU)
    assert answer.status_code == 422
    assert "плохой.mp3" in alerts(answer)
    assert 'id="upload"' in answer.text, "with the form to try again"


def test_no_file_is_said(anna: Visitor) -> None:
    answer = anna.post("/jobs", {"language": "auto"}, headers=JSON)
    assert answer.status_code == 422
    assert "Choose at least one" in answer.json["error"]["message"]


@pytest.mark.parametrize("language", ["xx", "../ru", "<b>", "rusian"])
def test_an_unknown_language_is_refused(anna: Visitor, tone: bytes, language: str) -> None:
    answer = anna.upload(("a.wav", tone), language=language, headers=JSON)
    assert answer.status_code == 422
    assert anna.names() == []


def test_a_recording_over_the_limit_of_time_is_refused(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_duration_s=0.5).test_client())
    anna.open()
    answer = anna.upload(("long.wav", tone), headers=JSON)
    assert answer.status_code == 413
    assert "longer" in answer.json["errors"][0]["message"]


def test_a_file_over_the_limit_of_bytes_is_refused(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_upload_bytes=len(tone) - 1).test_client())
    anna.open()
    answer = anna.upload(("big.wav", tone), headers=JSON)
    assert answer.status_code == 413
    assert "larger" in answer.json["error"]["message"]
    assert files_under(*folders(anna)) == set()
    room = anna.client.get(f"/jobs/room?bytes={len(tone)}", headers=JSON)
    assert room.status_code == 413


def test_below_the_reserve_of_the_disk_nothing_is_taken(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(disk_reserve_bytes=2**60).test_client())
    anna.open()
    answer = anna.upload(("a.wav", tone), headers=JSON)
    assert answer.status_code == 507
    assert "free space" in answer.json["error"]["message"]
    assert anna.client.get("/jobs/room", headers=JSON).status_code == 507
    assert files_under(*folders(anna)) == set()


class Unread(io.BytesIO):
    """A body that says whether somebody read it."""

    touched = False

    def read(self, size: int | None = -1) -> bytes:
        self.touched = True
        return super().read(size)


def test_a_full_queue_says_so_before_the_body_is_taken(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_active_jobs=1).test_client())
    anna.open()
    anna.send("first.mp3")
    body = Unread(b"x" * 999)
    answer = anna.client.post(
        "/jobs", input_stream=body, content_length=999, content_type="multipart/form-data", headers=RU
    )
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Сервер перегружен, попробуйте позже" in answer.text
    assert not body.touched
    assert anna.names() == ["first.mp3"]
    room = anna.client.get("/jobs/room?bytes=10", headers=JSON | RU)
    assert room.status_code == 503
    assert "Сервер перегружен, попробуйте позже" in room.json["error"]["message"]
    assert room.headers["Retry-After"] == answer.headers["Retry-After"]


def test_of_two_files_the_second_may_find_the_queue_full(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_active_jobs=1).test_client())
    anna.open()
    answer = anna.upload(("one.wav", tone), ("two.wav", tone), headers=JSON)
    assert answer.status_code == 201
    assert [job["name"] for job in answer.json["jobs"]] == ["one.wav"]
    assert "overloaded" in answer.json["errors"][0]["message"]
    assert len(files_under(folders(anna)[0])) == 1


def test_a_cancelled_job_makes_room(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_active_jobs=1).test_client())
    anna.open()
    job = anna.send()
    assert anna.client.get("/jobs/room").status_code == 503
    anna.post(f"/jobs/{job.id}/cancel")
    assert anna.upload(("a.wav", tone)).status_code == 303


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_an_upload_without_its_token_is_refused(anna: Visitor, tone: bytes, token: str | None) -> None:
    anna.token = token or ""
    answer = anna.upload(("a.wav", tone), headers=JSON)
    assert answer.status_code == 400
    answer = anna.upload(("a.wav", tone), headers={**JSON, "X-CSRFToken": token or "none"})
    assert answer.status_code == 400
    assert anna.names() == []
    assert files_under(*folders(anna)) == set()


def test_the_script_sends_its_token_in_a_header(anna: Visitor, tone: bytes) -> None:
    token, anna.token = anna.token, ""
    answer = anna.upload(("a.wav", tone), headers={**JSON, "X-CSRFToken": token})
    assert answer.status_code == 201


def test_who_has_no_session_uploads_nothing(app: Flask, tone: bytes) -> None:
    nobody = Visitor(app.test_client())
    assert nobody.upload(("a.wav", tone)).status_code == 400
    assert files_under(*folders(nobody)) == set()


def test_wicked_names_are_only_names(make_app: Callable[..., Flask], tmp_path: Path, tone: bytes) -> None:
    anna = Visitor(make_app(max_active_jobs=100).test_client())
    anna.open()
    outside = files_under(tmp_path) - files_under(*folders(anna))
    for name in WICKED:
        boundary = "frame"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="'.encode()
        quoted = name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").encode()
        token = f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{anna.token}\r\n'
        body = token.encode() + head + quoted + b'"\r\n\r\n' + tone + f"\r\n--{boundary}--\r\n".encode()
        answer = anna.client.post(
            "/jobs", data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=JSON
        )
        assert answer.status_code == 201, (name, answer.text)
    assert len(anna.names()) == len(WICKED)
    now = files_under(tmp_path) - files_under(*folders(anna))
    assert {path.suffix for path in now - outside} <= {".db", ".db-wal", ".db-shm"}
    for path in files_under(folders(anna)[0]):
        assert path.name == "source"
        assert re.fullmatch("[0-9a-f]{32}", path.parent.name)


def test_nothing_is_left_of_what_was_received(anna: Visitor, tone: bytes) -> None:
    anna.upload(("good.wav", tone), ("bad.mp3", b"text " * 99), ("empty.mp3", b""))
    assert files_under(folders(anna)[0] / "incoming") == set()


def test_a_visitor_sends_only_so_many_files_at_once(make_app: Callable[..., Flask], tone: bytes) -> None:
    anna = Visitor(make_app(max_uploads_per_visitor=1).test_client())
    anna.open()
    with anna.app.app_context(), multipart.one_of_few_uploads(anna.owner):
        answer = anna.upload(("second.wav", tone), headers=JSON | RU)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Дождитесь" in answer.json["error"]["message"]
    assert anna.upload(("second.wav", tone), headers=JSON).status_code == 201
