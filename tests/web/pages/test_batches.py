"""The page of lists of videos, through the real stage and a local site."""

import io
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from flask import Flask

from app.web.core.context import konspekt
from tests.pipeline.batch.conftest import Site
from tests.receiver import Receiver
from tests.web.visitor import Visitor


@pytest.fixture
def anna(list_app: Flask) -> Visitor:
    visitor = Visitor(list_app.test_client())
    visitor.open("/vectors")
    return visitor


def test_a_list_from_a_file_becomes_vectors(anna: Visitor, site: Site) -> None:
    urls = [site.url("good", 1), site.url("missing"), site.url("good", 2)]
    sent = json.dumps([{"link": url} for url in urls]).encode()
    answer = anna.post("/vectors", {"list": (io.BytesIO(sent), "все видео.json"), "key": "link"})
    assert answer.status_code == 303, answer.text
    assert "waiting" in anna.open(answer.location)
    assert anna.jobs.worker.run_once()
    page = anna.open(answer.location)
    assert "все видео.json" in page
    assert "The server answered 404" in page
    russian = anna.open(answer.location, headers={"Accept-Language": "ru"})
    assert "Сервер ответил 404" in russian
    assert "Try the failed ones again" in page
    with anna.client.get(f"{answer.location}/list/audio_vectors.json") as given:
        assert set(given.json) == {urls[0], urls[2]}
    with (
        anna.client.get(f"{answer.location}/list/audio_vectors.npz") as given,
        np.load(io.BytesIO(given.data)) as file,
    ):
        assert file["vectors"].shape == (2, 1024)
    assert anna.client.get(f"{answer.location}/list/audio_journal.jsonl").status_code == 404

    again = anna.post(f"{answer.location}/list/again")
    assert again.status_code == 303
    assert anna.jobs.worker.run_once()
    assert site.asked["/missing/0.mp4"] == 2
    assert site.asked["/good/1.mp4"] == 1


def test_addresses_in_lines_are_a_list(anna: Visitor, site: Site) -> None:
    answer = anna.post("/vectors", {"urls": f"{site.url('good', 1)}\r\n\r\n {site.url('good', 2)}\r\n"})
    assert anna.jobs.worker.run_once()
    assert anna.open(answer.location).count("<td>done</td>") == 2


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({}, 422, "The list is empty"),
        ({"urls": "a b c d e f"}, 413, "at most 5"),
        ({"list": (b"{", "a.json")}, 422, "not a JSON list"),
        ({"list": (b'{"a": 1}', "a.json")}, 422, "not a JSON list"),
        ({"list": (b'[{"link": "https://a"}]', "a.json")}, 422, "No record has a URL"),
    ],
)
def test_what_is_no_list_is_told_on_the_page(
    anna: Visitor, form: dict[str, object], status: int, words: str
) -> None:
    sent = {key: (io.BytesIO(value[0]), value[1]) if key == "list" else value for key, value in form.items()}  # type: ignore[index]
    answer = anna.post("/vectors", sent)
    assert answer.status_code == status
    assert words in answer.text
    assert anna.jobs.list(anna.owner) == []


def test_a_stranger_sees_no_list(anna: Visitor, site: Site) -> None:
    answer = anna.post("/vectors", {"urls": site.url("good", 1)})
    assert anna.jobs.worker.run_once()
    boris = Visitor(anna.app.test_client())
    boris.open("/vectors")
    assert boris.client.get(f"{answer.location}/list/audio_vectors.json").status_code == 404
    assert boris.post(f"{answer.location}/list/again").status_code == 404


def test_the_end_of_a_list_is_told_to_the_address_in_the_form(anna: Visitor, site: Site) -> None:
    with Receiver() as receiver:
        anna.post("/vectors", {"urls": site.url("good", 1), "callback_url": receiver.url})
        assert anna.jobs.worker.run_once()
        konspekt(anna.app).integrations.webhooks.run_once(datetime.now(UTC))
    (told,) = receiver.received
    assert told.json["event"] == "job.done"
