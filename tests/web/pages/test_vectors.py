"""The vector of a recording on its page, and as a download."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from app.pipeline import stages_of
from tests.web.visitor import Visitor

VECTORIZED = stages_of(vectorize=True)


def test_the_switch_of_the_form_adds_the_stage(anna: Visitor, tone: bytes) -> None:
    assert 'name="vectorize"' in anna.open()
    for form, stages in (({}, stages_of()), ({"vectorize": "1"}, stages_of(vectorize=True))):
        anna.post("/jobs", {"files": [(io.BytesIO(tone), "a.wav")], **form})
        assert anna.jobs.list(anna.owner)[0].stages == stages


def test_the_page_shows_the_nearest_recordings_and_a_map(anna: Visitor) -> None:
    jobs = [anna.done(name, stages=VECTORIZED) for name in ("one.mp3", "two.mp3", "<three>.mp3")]
    page = anna.open(f"/jobs/{jobs[0].id}")
    section = page[page.index('id="similar"') :]
    assert section.index("two.mp3") > 0
    assert "&lt;three&gt;.mp3" in section
    assert "<three>" not in section
    assert section.count("<circle") == 2 * 3, "for a wide window and for a phone"
    assert section.count('aria-current="page"') == 2
    assert "style=" not in section[: section.index("</section>")]


def test_pages_say_loudly_that_vectors_are_statistics_until_the_model_is_there(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    def told(**settings: object) -> bool:
        page = Visitor(make_app(**settings).test_client()).open("/vectors")
        return "flask models fetch wav2vec2-xlsr-53-russian" in page and 'class="row-error only-stat' in page

    assert told()
    assert not told(embedder="logmel"), "who chose them knows"
    folder = tmp_path / "models/some-wav2vec2"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "wav2vec2"}')
    (folder / "model.safetensors").touch()
    assert not told()


def test_a_recording_without_a_vector_has_no_such_part(anna: Visitor) -> None:
    assert 'id="similar"' not in anna.open(f"/jobs/{anna.done().id}")


def test_the_vector_is_a_row_as_json_and_npy(anna: Visitor) -> None:
    job = anna.done("Совещание.mp3", stages=VECTORIZED)
    told = anna.client.get(f"/jobs/{job.id}/vector/vector.json")
    assert told.json["engine"] == "an actor"
    assert told.json["pooling"] == "pca"
    array = np.load(io.BytesIO(anna.client.get(f"/jobs/{job.id}/vector/vector.npy").data), allow_pickle=False)
    assert array.shape == (1, 8)
    np.testing.assert_array_equal(array, np.array(told.json["vector"], np.float32))
    assert "%D0%A1" in told.headers["Content-Disposition"]
    assert anna.client.get(f"/jobs/{job.id}/vector/vector.csv").status_code == 404


@pytest.mark.parametrize("file", ["vector.json", "vector.npy"])
def test_a_foreign_vector_is_not_given(anna: Visitor, boris: Visitor, file: str) -> None:
    job = anna.done("one.mp3", stages=VECTORIZED)
    assert boris.client.get(f"/jobs/{job.id}/vector/{file}").status_code == 404
