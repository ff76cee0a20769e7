"""The stage `vectorize`, with the engine that needs no weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio.limits import Limits
from app.audio.wav import write_wav
from app.config import Config
from app.engines.registry import LocalEngines
from app.errors import JobCancelled
from app.pipeline import artifacts, run
from app.pipeline.recording import Recording
from app.pipeline.stages.vectorize import vectorize
from tests.making import syllables


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    write_wav(tmp_path / "source.wav", syllables(5))
    return Recording(
        "a.wav", tmp_path / "source.wav", tmp_path / "results", limits=Limits(disk_reserve_bytes=0)
    )


@pytest.fixture
def engines(tmp_path: Path) -> LocalEngines:
    return LocalEngines(Config(_env_file=None, models_dir=tmp_path, max_fetch_bytes=0))


def test_a_recording_gets_its_vector_and_keeps_it(recording: Recording, engines: LocalEngines) -> None:
    seen: list[tuple[str, float]] = []
    done = run(("extract", "vectorize"), recording, engines, lambda *report: seen.append(report))
    engines.close()
    assert done.embedding is not None
    assert done.embedding.vector.shape == (1024,)
    assert artifacts.engine_of("vectorize", done) == "log-mel statistics"
    assert seen[-1] == ("vectorize", 1.0)
    again = artifacts.load("vectorize", replace(done, embedding=None))
    assert again is not None
    assert again.embedding is not None
    np.testing.assert_array_equal(again.embedding.vector, done.embedding.vector)


@pytest.mark.parametrize("spoil", ['"dimension": 1024', '"vector": [', '"pooling"'])
def test_a_spoilt_vector_is_made_again(recording: Recording, engines: LocalEngines, spoil: str) -> None:
    done = run(("extract", "vectorize"), recording, engines, lambda *_: None)
    engines.close()
    path = recording.folder / "vector.json"
    text = path.read_text()
    assert spoil in text
    path.write_text(text.replace(spoil, spoil + "1"))
    assert artifacts.load("vectorize", done) is None


def test_a_cancelled_job_stops(recording: Recording, engines: LocalEngines) -> None:
    def cancel(_: float) -> None:
        raise JobCancelled

    done = run(("extract",), recording, engines, lambda *_: None)
    with pytest.raises(JobCancelled):
        vectorize(done, engines, cancel)
    engines.close()
