"""A list as a job: what is refused, what is read back, whose it is."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.errors import BadInput, NotFound, Overloaded, TooLarge
from app.web.core import batches
from app.web.core.context import konspekt
from tests.web.visitor import Visitor

URLS = ["https://a.example/1.mp4", "https://a.example/2.mp4"]


@pytest.fixture(autouse=True)
def context(list_app: Flask) -> Iterator[None]:
    with list_app.test_request_context():
        yield


def test_a_list_is_read_back_record_by_record() -> None:
    job = batches.submit_list("anna", "mine.json", [{"link": url} for url in URLS], "link")
    assert (job.name, job.stages) == ("mine.json", batches.STAGES)
    assert [(record.url, outcome) for record, outcome in batches.outcomes_of(job)] == [
        (url, None) for url in URLS
    ]
    assert batches.get_list("anna", job.id).id == job.id
    assert not any(konspekt().jobs.results.has_file(job, name) for name in batches.FILES)


@pytest.mark.parametrize(
    ("items", "error"),
    [([], BadInput), ([{"a": 1}], BadInput), ([f"https://a.example/{n}" for n in range(6)], TooLarge)],
)
def test_what_is_no_list_is_refused_and_leaves_nothing(
    list_app: Flask, items: list[object], error: type
) -> None:
    with pytest.raises(error):
        batches.submit_list("anna", "mine.json", items, "url")
    assert konspekt(list_app).jobs.list("anna") == []
    assert not konspekt(list_app).config.incoming_dir.exists()


def test_a_full_queue_is_said_before_anything_is_written(list_app: Flask) -> None:
    for _ in range(konspekt(list_app).config.max_active_jobs):
        batches.submit_list("anna", "mine.json", URLS, "url")
    with pytest.raises(Overloaded):
        batches.submit_list("anna", "mine.json", URLS, "url")
    assert list(konspekt(list_app).config.incoming_dir.iterdir()) == []


def test_a_job_that_is_no_list_and_a_foreign_list_are_unknown(list_app: Flask) -> None:
    anna = Visitor(list_app.test_client(), owner="anna")
    foreign = batches.submit_list("boris", "his.json", URLS, "url")
    for job in (anna.send(), foreign):
        with pytest.raises(NotFound):
            batches.get_list("anna", job.id)


@pytest.mark.parametrize("name", ["audio_journal.jsonl", "../../secret.key", "audio_vectors.json"])
def test_only_result_files_that_are_there_are_given(list_app: Flask, name: str) -> None:
    job = batches.submit_list("anna", "mine.json", URLS, "url")
    folder = konspekt(list_app).config.results_dir / job.id
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "audio_journal.jsonl").touch()
    with pytest.raises(NotFound):
        batches.send_result(job, name)
    (folder / "audio_vectors.json").write_text("{}", "utf-8")
    with batches.send_result(job, "audio_vectors.json") as answer:
        assert answer.mimetype == "application/json"
