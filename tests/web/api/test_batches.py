"""Lists of videos by API, through the real stage and a local site."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.config import Config
from app.engines.registry import LocalEngines
from app.web.core.context import konspekt
from tests import s3
from tests.jobs.acting import Acting
from tests.pipeline.batch.conftest import Site
from tests.receiver import Receiver
from tests.web.visitor import Visitor


@pytest.fixture
def anna(list_app: Flask) -> Visitor:
    return Visitor(list_app.test_client())


def test_a_program_sends_a_list_and_asks_how_far_it_is(anna: Visitor, site: Site) -> None:
    client = anna.app.test_client()
    accepted = client.post("/api/vectors", json={"records": [site.url("good", 1), site.url("html")]})
    assert accepted.status_code == 202, accepted.text
    address = accepted.json["url"]
    assert [record["status"] for record in client.get(address).json["records"]] == ["waiting", "waiting"]
    assert konspekt(anna.app).jobs.worker.run_once()
    answer = client.get(address).json
    assert answer["status"] == "done"
    assert [record["status"] for record in answer["records"]] == ["done", "failed"]
    with client.get(answer["files"][0]) as given:
        assert len(given.json) == 1
    foreign = {"records": [site.url("good", 1)], "key": "", "callback_url": None, "user": "me"}
    assert client.post("/api/vectors", json=foreign).status_code == 202
    assert client.post("/api/vectors", json={"records": []}).status_code == 400
    assert client.post("/api/vectors", json={"records": [{"a": 1}]}).status_code == 422


def test_a_program_asks_what_sounds_like_a_record_of_its_list(anna: Visitor, site: Site) -> None:
    client = anna.app.test_client()
    urls = [site.url("good", number) for number in range(3)]
    address = client.post("/api/vectors", json={"records": [*urls, site.url("html")]}).json["url"]
    assert client.get(f"{address}/nearest", query_string={"url": urls[0]}).status_code == 404, "not yet"
    assert konspekt(anna.app).jobs.worker.run_once()
    answer = client.get(f"{address}/nearest", query_string={"url": urls[0], "n": 2}).json
    assert {one["url"] for one in answer["nearest"]} == {*urls[1:]}
    assert all(one["similarity"] == pytest.approx(1, abs=1e-4) for one in answer["nearest"])
    assert client.get(f"{address}/nearest", query_string={"url": site.url("html")}).status_code == 404
    assert client.get(f"{address}/nearest").status_code == 400


def test_the_end_of_a_list_is_told_to_its_callback(anna: Visitor, site: Site) -> None:
    with Receiver() as receiver:
        body = {"records": [site.url("good", 1)], "callback_url": receiver.url}
        anna.client.post("/api/vectors", json=body)
        assert anna.jobs.worker.run_once()
        konspekt(anna.app).integrations.webhooks.run_once(datetime.now(UTC))
    (told,) = receiver.received
    assert told.json["event"] == "job.done"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with s3.moto() as endpoint:
        yield endpoint


def test_a_list_whose_sound_lies_in_s3_alone_is_shown_and_given_out(
    make_app: Callable[..., Flask], acting: Acting, endpoint: str, site: Site
) -> None:
    s3.client(endpoint).create_bucket(Bucket=s3.BUCKET)
    acting.engines = LocalEngines(Config(_env_file=None, max_fetch_bytes=0))
    networks = {"allowed_networks": "127.0.0.1/32", "download_idle_s": 0.3}
    app = make_app(storage="s3", s3_keep_local="false", **networks, **s3.settings(endpoint))
    parts, client = konspekt(app), app.test_client()
    accepted = client.post("/api/vectors", json={"records": [site.url("good", 1)]}).json
    assert parts.jobs.worker.run_once()
    acting.engines.close()
    assert parts.integrations.copies is not None
    assert parts.integrations.copies.run_once(datetime.now(UTC)) > 3
    results, uploads = parts.config.results_dir / accepted["job_id"], parts.config.uploads_dir
    for gone in ((), (results / "audio_journal.jsonl", uploads / accepted["job_id"] / "source")):
        for path in gone:  # version 0.1.0 deleted them
            path.unlink()
        answer = client.get(accepted["url"])
        assert answer.status_code == 200, answer.text
        assert [record["status"] for record in answer.json["records"]] == ["done"]
        for address in answer.json["files"]:
            with client.get(address) as given:
                assert given.status_code == 200
    assert len(answer.json["files"]) > 1


def test_nothing_inside_is_fetched(make_app: Callable[..., Flask], acting: object) -> None:
    acting.engines = LocalEngines(Config(_env_file=None, max_fetch_bytes=0))  # type: ignore[attr-defined]
    client = make_app().test_client()
    accepted = client.post("/api/vectors", json={"records": ["http://169.254.169.254/x", "http://[::1]/x"]})
    assert konspekt(client.application).jobs.worker.run_once()
    acting.engines.close()  # type: ignore[attr-defined]
    reasons = [record["reason"] for record in client.get(accepted.json["url"]).json["records"]]
    assert all("not open to downloads" in reason for reason in reasons)
