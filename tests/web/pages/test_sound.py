"""The cleaned sound on the page: switched on at upload, compared, taken away."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.audio.media import Media
from app.audio.wav import write_wav
from app.documents.transcript import Transcript
from app.jobs.job import Job
from app.jobs.results import JobResults
from app.pipeline import STAGES, artifacts
from app.web.core.context import konspekt
from app.web.pages import sound
from tests.jobs.acting import Acting
from tests.making import syllables
from tests.receiver import Receiver
from tests.tiny_demucs import save_tiny
from tests.web.visitor import Visitor
from tests.wired import WiredService, put_service

RU = {"Accept-Language": "ru"}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    (folder / "demucs").mkdir()
    save_tiny(folder / "demucs/955717e8.th", 0)
    return folder


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("speech") / "speech.wav"
    write_wav(path, syllables(2.5))
    return path.read_bytes()


@pytest.fixture
def visit(make_app: Callable[..., Flask], acting: Acting) -> Iterator[Callable[..., Visitor]]:
    """Visit an app whose first stages are the real ones."""

    def visit(**settings: object) -> Visitor:
        app = make_app(**settings)
        parts = konspekt(app)
        stages = {**acting.stages, **{name: STAGES[name] for name in ("extract", "repair", "clean")}}
        stages["transcribe"] = lambda recording, engines, progress: acting.stages["transcribe"](
            replace(recording, speech=recording.source.with_name("said")), engines, progress
        )
        put_service(app, WiredService(parts.config, parts.jobs._store, parts.engines, stages))
        visitor = Visitor(app.test_client())
        visitor.open()
        return visitor

    return visit


def cleaned(anna: Visitor, speech: bytes, **fields: str) -> Job:
    from io import BytesIO

    answer = anna.post(
        "/jobs", {"language": "auto", "clean": "1", "files": [(BytesIO(speech), "Встреча.wav")], **fields}
    )
    assert answer.status_code == 303, answer.text
    (job,) = anna.jobs.list(anna.owner)
    (konspekt(anna.app).config.uploads_dir / job.id / "said").write_text("привет", encoding="utf-8")
    assert anna.jobs.worker.run_once()
    job = anna.jobs.get(anna.owner, job.id)
    assert job.status == "done", job.error
    return job


def test_the_switch_puts_cleaning_before_the_transcript(
    visit: Callable[..., Visitor], models: Path, speech: bytes
) -> None:
    anna = visit(models_dir=models)
    job = cleaned(anna, speech)
    assert job.stages == ("extract", "clean", "transcribe", "summarize")
    assert job.engines["clean"] == "Demucs htdemucs"
    page = anna.open(f"/jobs/{job.id}", headers=RU)
    assert "Звук до и после" in page
    assert page.count('<svg class="wave"') == 2
    assert page.count('<audio id="audio-') == 2
    assert "дБ" in page
    assert "Очистил Demucs htdemucs" in page
    assert "compare.js" in page
    assert "<script>" not in page


def test_repair_has_a_switch_of_its_own_and_goes_before_cleaning(
    visit: Callable[..., Visitor], models: Path, speech: bytes
) -> None:
    anna = visit(models_dir=models)
    assert 'name="repair"' in anna.open()
    job = cleaned(anna, speech, repair="1")
    assert job.stages == ("extract", "repair", "clean", "transcribe", "summarize")
    assert job.engines["repair"] == "Konspekt repair"
    page = anna.open(f"/jobs/{job.id}", headers=RU)
    assert page.count('<audio id="audio-') == 3  # as it was, repaired, cleaned
    assert "Восстановил Konspekt repair" in page
    assert anna.client.get(f"/jobs/{job.id}/sound/repaired.flac", buffered=True).status_code == 200
    assert "Konspekt repair" in anna.client.get(f"/jobs/{job.id}/download/minutes.txt").text


def test_repair_goes_alone(visit: Callable[..., Visitor], speech: bytes) -> None:
    anna = visit()
    job = cleaned(anna, speech, repair="1", clean="")
    assert job.stages == ("extract", "repair", "transcribe", "summarize")
    page = anna.open(f"/jobs/{job.id}")
    assert page.count('<audio id="audio-') == 2
    assert "Repaired sound, FLAC" in page
    assert "compare.js" in page


@pytest.mark.parametrize("file", ["cleaned.flac", "cleaned.mp3", "original.mp3"])
def test_a_player_gets_the_range_that_it_asks_for(
    visit: Callable[..., Visitor], models: Path, speech: bytes, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = visit(models_dir=models)
    job = cleaned(anna, speech)
    whole = anna.client.get(f"/jobs/{job.id}/sound/{file}", buffered=True)
    assert whole.status_code == 200
    monkeypatch.setattr(sound, "PIECE_BYTES", 1000)
    for start in (0, 100):  # a player asks for all of it, and plays on with the next piece
        asked = {"Range": f"bytes={start}-"}
        part = anna.client.get(f"/jobs/{job.id}/sound/{file}", headers=asked, buffered=True)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{start + 999}/{len(whole.data)}"
        assert part.data == whole.data[start : start + 1000]
    asked = {"Range": "bytes=100-199"}
    part = anna.client.get(f"/jobs/{job.id}/sound/{file}", headers=asked, buffered=True)
    assert part.status_code == 206
    assert part.data == whole.data[100:200]
    kept = anna.client.get(f"/jobs/{job.id}/sound/{file}?download=1", headers=RU, buffered=True)
    assert kept.data == whole.data
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert "%D0%92%D1%81%D1%82%D1%80%D0%B5%D1%87%D0%B0" in kept.headers["Content-Disposition"]
    stranger = Visitor(anna.app.test_client())
    stranger.open()
    assert stranger.client.get(f"/jobs/{job.id}/sound/{file}").status_code == 404
    assert anna.client.get(f"/jobs/{job.id}/sound/speech.wav").status_code == 404


def test_without_weights_the_page_and_the_document_say_so(
    visit: Callable[..., Visitor], speech: bytes
) -> None:
    anna = visit(separator="demucs")
    assert "flask models fetch demucs-htdemucs" in anna.open()
    job = cleaned(anna, speech)
    page = anna.open(f"/jobs/{job.id}", headers=RU)
    assert "Звук не был очищен." in page
    assert "flask models fetch demucs-htdemucs" in page
    minutes = anna.client.get(f"/jobs/{job.id}/download/minutes.txt").text
    assert "Звук не был очищен." in minutes
    assert "flask models fetch demucs-htdemucs" in minutes


def test_the_document_names_what_cleaned_it(
    visit: Callable[..., Visitor], models: Path, speech: bytes
) -> None:
    anna = visit(models_dir=models)
    job = cleaned(anna, speech)
    assert "Demucs htdemucs" in anna.client.get(f"/jobs/{job.id}/download/minutes.txt").text


def test_a_callback_of_an_upload_has_its_history_on_the_page(
    visit: Callable[..., Visitor], speech: bytes
) -> None:
    from datetime import UTC, datetime

    with Receiver(manners=[503]) as receiver:
        anna = visit(allowed_networks="127.0.0.0/8")
        job = cleaned(anna, speech, callback_url=receiver.url)
        konspekt(anna.app).integrations.webhooks.run_once(datetime.now(UTC))
        assert receiver.received[0].json["job_id"] == job.id
        page = anna.open(f"/jobs/{job.id}")
        assert "answered with status 503" in page
        told = anna.client.get(f"/api/jobs/{job.id}/deliveries").json
        assert told["deliveries"][0]["history"][0]["status"] == 503


def test_a_callback_into_the_network_is_refused_with_the_upload(
    visit: Callable[..., Visitor], speech: bytes
) -> None:
    from io import BytesIO

    anna = visit()
    fields = {
        "language": "auto",
        "callback_url": "http://127.0.0.1:1/",
        "files": [(BytesIO(speech), "a.wav")],
    }
    answer = anna.post("/jobs", fields, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert anna.jobs.list(anna.owner) == []


def test_a_player_gets_piece_after_piece(anna: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = anna.done()
    folder = konspekt(anna.app).config.results_dir / job.id
    content = bytes(range(250)) * 10
    (folder / "listen.mp3").write_bytes(content)
    monkeypatch.setattr("app.web.pages.sound.PIECE_BYTES", 1000)
    for asked, given in (
        ("0-", (0, 999)),
        ("1000-2400", (1000, 1999)),
        ("2000-", (2000, 2499)),
        ("-10", (2490, 2499)),
    ):
        answer = anna.client.get(f"/jobs/{job.id}/listen", headers={"Range": f"bytes={asked}"}, buffered=True)
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes {given[0]}-{given[1]}/2500", asked
        assert answer.data == content[given[0] : given[1] + 1]
        assert answer.mimetype == "audio/mpeg"
    assert (
        anna.client.get(f"/jobs/{job.id}/listen", headers={"Range": "bytes=2500-"}, buffered=True).status_code
        == 416
    )
    assert anna.client.get(f"/jobs/{job.id}/listen", buffered=True).data == content


def test_a_player_gets_pieces_from_the_storage_where_the_file_is_not_here(
    anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, content = anna.done(), bytes(range(250)) * 10

    def read(_results: JobResults, _job: Job, name: str | None, begin: int, n_bytes: int) -> object:
        assert name == "listen.mp3"
        return (content[begin : begin + n_bytes], 2500) if begin < 2500 else None

    monkeypatch.setattr(JobResults, "read", read)
    monkeypatch.setattr("app.web.pages.sound.PIECE_BYTES", 1000)
    for asked, given in (
        ("0-", (0, 999)),
        ("1000-2400", (1000, 1999)),
        ("7-7", (7, 7)),
        ("2000-", (2000, 2499)),
    ):
        answer = anna.client.get(f"/jobs/{job.id}/listen", headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes {given[0]}-{given[1]}/2500", asked
        assert answer.data == content[given[0] : given[1] + 1]
        assert (answer.mimetype, answer.headers["Accept-Ranges"]) == ("audio/mpeg", "bytes")
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
    (konspekt(anna.app).config.results_dir / job.id / "listen.mp3").write_bytes(content)  # it was fetched
    for headers in (
        {},
        {"Range": "bytes=-10"},
        {"Range": "bytes=0-1", "If-Range": '"x"'},
    ):
        answer = anna.client.get(f"/jobs/{job.id}/listen", headers=headers, buffered=True)
        assert answer.data in (content, content[-10:]), "asked for otherwise, it comes from the file"


def test_a_recording_of_an_earlier_version_is_heard_too(anna: Visitor) -> None:
    answer = anna.client.get(f"/jobs/{anna.done('wav').id}/listen", buffered=True)
    assert answer.data == b"wav"
    assert answer.mimetype == "audio/wav"


def test_a_player_that_began_before_the_text_was_there_goes_on_with_the_same_file(anna: Visitor) -> None:
    job = anna.send()
    folder = konspekt(anna.app).config.results_dir / job.id
    recording = anna.jobs._folders.recording(job)
    assert recording.text_first
    (folder / "speech.wav").write_bytes(b"decoded")
    artifacts.save(
        "extract", replace(recording, media=Media(9.0, "mp3", "mp3", 16_000, 1), speech=folder / "speech.wav")
    )
    address = f"/jobs/{job.id}/listen?decoded=1"
    assert f'src="{address}"' in anna.open(f"/jobs/{job.id}")
    (folder / "listen.mp3").write_bytes(b"mp3")
    answer = anna.client.get(address, headers={"Range": "bytes=0-"}, buffered=True)
    assert (answer.data, answer.mimetype) == (b"decoded", "audio/wav")
    artifacts.save("transcribe", replace(recording, transcript=Transcript((), "ru", "Whisper", 9.0)))
    assert f'src="/jobs/{job.id}/listen"' in anna.open(f"/jobs/{job.id}")
    assert anna.client.get(f"/jobs/{job.id}/listen", buffered=True).data == b"mp3"
    assert not anna.jobs._folders.recording(job).text_first, "its text is there"


def test_a_video_that_browsers_play_is_given_as_it_was_sent(
    visit: Callable[..., Visitor], video: bytes
) -> None:
    anna = visit()
    anna.upload(("Встреча.mp4", video))
    (job,) = anna.jobs.list(anna.owner)
    (konspekt(anna.app).config.uploads_dir / job.id / "said").write_text("привет", encoding="utf-8")
    assert anna.jobs.worker.run_once()
    answer = anna.client.get(f"/jobs/{job.id}/watch", headers={"Range": "bytes=0-"}, buffered=True)
    assert answer.data == video
    assert answer.mimetype == "video/mp4"
    assert (
        f'<video id="media" controls playsinline preload="metadata" src="/jobs/{job.id}/watch"'
        in anna.open(f"/jobs/{job.id}")
    )
