"""What is done goes to every place of the settings, at least once, with a history."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.errors import BadInput
from app.integrations.exports.destination import Parcel
from app.integrations.exports.exports import Exports
from app.jobs.job import Job
from tests.waiting import SOON_S
from tests.wired import WiredService

Make = Callable[..., WiredService]


def render(job: Job, names: Sequence[str]) -> Mapping[str, bytes]:
    return {} if job.name == "silence" else {name: job.name.encode() for name in names}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "minutes"


def exports(service: WiredService) -> Exports:
    service.integrations.watch(service, render)
    found = service.integrations.exports
    assert found is not None
    return found


def turn(sent: Exports, now: datetime) -> int:
    """Do what the thread of each place does once."""
    return sum(sent.run_once(now, kind) for kind in sent._places)


def done(service: WiredService, name: str = "встреча") -> Job:
    upload = service.incoming()
    upload.write_text(name, encoding="utf-8")
    job = service.submit("anna", name, upload)
    assert service.worker.run_once()
    return service.get("anna", job.id)


def later(seconds: float = 0) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.*") if path.is_file())


def history(service: WiredService, job: Job) -> list[tuple[str, str, list[dict[str, object]]]]:
    return [(row.kind, row.state, row.history) for row in service.integrations.webhooks.of(job.id)]


def test_a_recording_goes_out_once_when_it_is_done(make_service: Make, folder: Path) -> None:
    service = make_service(export_dir=folder, export_documents="minutes.docx,transcript.srt")
    sent = exports(service)
    upload = service.incoming()
    upload.write_text("ждёт", encoding="utf-8")
    service.submit("anna", "ждёт", upload)
    assert turn(sent, later()) == 0
    service.worker.run_once()
    assert [turn(sent, later(n)) for n in (0, 1, 10**4)] == [1, 0, 0]
    assert written(folder) == ["minutes.docx", "transcript.srt"]
    job = service.list("anna")[0]
    ((kind, state, (tried,)),) = history(service, job)
    assert (kind, state, tried["documents"]) == (
        "export-folder",
        "delivered",
        ["minutes.docx", "transcript.srt"],
    )
    service.delete("anna", job.id)
    assert history(service, job) == []
    assert len(written(folder)) == 2, "what has gone out stays"


def test_where_a_place_is_away_it_is_tried_again_and_others_have_it_meanwhile(
    make_service: Make, folder: Path, tmp_path: Path
) -> None:
    service = make_service(
        export_dir=folder,
        delivery_backoff_s=10,
        delivery_attempts=3,
        export_webdav_url="http://127.0.0.1:9/notes",
    )
    sent, job = exports(service), done(service)
    folder.write_text("a file stands where the folder should be")
    assert turn(sent, later()) == 0
    folder.unlink()
    assert [turn(sent, later(after)) for after in (9, 10, 1000)] == [0, 1, 0]
    told = {
        kind: (state, [one.get("error") for one in tried]) for kind, state, tried in history(service, job)
    }
    assert told["export-folder"] == ("delivered", ["Not a directory", None])
    assert told["export-webdav"] == ("failed", ["ConnectionError"] * 3)
    assert str(tmp_path) not in str(history(service, job))


def test_a_recording_that_is_done_anew_goes_out_again_to_the_same_folder(
    make_service: Make, folder: Path
) -> None:
    service = make_service(export_dir=folder, export_documents="minutes.docx")
    sent, job = exports(service), done(service)
    turn(sent, later())
    service.redo("anna", job.id, "summarize")
    assert turn(sent, later()) == 0
    service.worker.run_once()
    assert turn(sent, later()) == 1
    assert written(folder) == ["minutes.docx"]
    assert len(history(service, job)) == 2


def test_two_that_look_at_once_send_each_recording_once(make_service: Make, folder: Path) -> None:
    service = make_service(export_dir=folder)
    first, job = exports(service), done(service)
    second, now = exports(service), later()
    for place in second._places.values():
        second._note(place, now)
    assert turn(first, now) + turn(second, now) == 1
    assert len(history(service, job)) == 1


def test_what_failed_was_silent_or_is_old_does_not_go_out(make_service: Make, folder: Path) -> None:
    service = make_service(export_dir=folder)
    sent, job = exports(service), done(service, "silence")
    assert turn(sent, later(2 * 86_400)) == 0
    assert history(service, job) == [], "it was done long before"
    assert turn(sent, later()) == 1
    assert written(folder) == []


def test_without_a_place_nothing_is_noted(make_service: Make) -> None:
    service = make_service()
    service.integrations.watch(service, render)
    assert service.integrations.exports is None
    assert history(service, done(service)) == []


def test_a_document_that_there_is_not_is_told_at_the_start(make_service: Make, folder: Path) -> None:
    service = make_service(export_dir=folder, export_documents="minutes.doc")
    exports(service)
    with pytest.raises(BadInput, match=r"minutes\.docx"):
        service.integrations.check()


def test_a_place_that_takes_long_holds_up_no_other(make_service: Make, folder: Path) -> None:
    """Each has a thread of its own."""
    service = make_service(export_dir=folder, export_webdav_url="http://127.0.0.1:9/notes")
    sent, reached, goes_on = exports(service), threading.Event(), threading.Event()
    done(service)

    def put(parcel: Parcel) -> None:
        reached.set()
        goes_on.wait(SOON_S)

    sent._places["export-webdav"] = Mock(kind="export-webdav", address="x", put=put)
    tasks = {task.name: task for task in service.integrations.hooks.periodic_tasks}
    slow = threading.Thread(target=tasks["export-webdav"].turn)
    slow.start()
    assert reached.wait(SOON_S)
    tasks["export-folder"].turn()
    assert written(folder) == ["minutes.docx", "transcript.txt"]
    goes_on.set()
    slow.join(SOON_S)
