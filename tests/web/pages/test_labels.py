"""The page on which labels are read over."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from flask import Flask

from app.training.corpus.folders import load_corpus
from app.training.corpus.labels import Label, read_labels, write_labels
from tests.web.visitor import Visitor


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "data/raw/own"
    (folder / "wavs").mkdir(parents=True)
    for name in ("one", "two"):
        soundfile.write(folder / f"wavs/{name}.wav", 0.1 * np.sin(np.arange(1600) / 9), 16_000)
    write_labels(folder, [Label("one", "the bud jet", "the bud jet"), Label("two", "is ready", "is ready")])
    return folder


@pytest.fixture
def anna(make_app: Callable[..., Flask], corpus: Path) -> Visitor:
    return Visitor(make_app(data_dir=corpus.parents[1]).test_client())


def test_a_label_is_listened_to_corrected_and_accepted(anna: Visitor, corpus: Path) -> None:
    assert "0 of 2 accepted" in anna.open("/lab/labels")
    page = anna.open("/lab/labels/own")
    assert "the bud jet" in page
    with anna.client.get("/lab/labels/own/one.wav") as sound:
        assert sound.data.startswith(b"RIFF")
    answer = anna.post("/lab/labels/own/one", {"text": " The budget | here\n"})
    assert answer.status_code == 303
    assert read_labels(corpus)[0] == Label("one", "the bud jet", "The budget here", accepted=True)
    left = anna.open("/lab/labels/own")
    assert "The budget here" not in left
    assert "is ready" in left
    assert "Heard as: the bud jet" in anna.open("/lab/labels/own?all=1")
    assert [u.text for u in load_corpus(corpus)] == ["The budget here"]  # trainings use what is accepted


def test_an_empty_label_is_refused_beside_its_recording(anna: Visitor, corpus: Path) -> None:
    anna.open("/lab/labels/own")
    answer = anna.post("/lab/labels/own/two", {"text": " … "})
    assert answer.status_code == 422
    assert "The label is empty" in answer.text
    assert not any(label.accepted for label in read_labels(corpus))


@pytest.mark.parametrize("address", ["/lab/labels/other", "/lab/labels/..", "/lab/labels/own/three.wav"])
def test_what_is_not_in_the_list_is_not_found(anna: Visitor, address: str) -> None:
    assert anna.client.get(address).status_code == 404


def test_from_another_machine_labels_are_neither_shown_nor_changed(anna: Visitor, corpus: Path) -> None:
    anna.open("/lab/labels/own")
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert anna.client.get("/lab/labels/own", environ_base=far).status_code == 403
    assert (
        anna.client.get("/lab/labels/own/one.wav", headers={"X-Forwarded-For": "203.0.113.9"}).status_code
        == 403
    )
    assert not any(label.accepted for label in read_labels(corpus))
