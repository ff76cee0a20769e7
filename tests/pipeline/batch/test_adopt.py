"""Results without a journal are taken over: our own, and those of a script that numbered its records."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.errors import Conflict
from app.pipeline.batch import exports
from app.pipeline.batch.adopt import Maker, adopt
from app.pipeline.batch.journal import JOURNAL, Journal, opened
from app.pipeline.batch.records import Record
from tests.pipeline.batch.filled import fill

N = 1000
LISTED = [Record(url, url) for url in (f"https://v.example/{place}.mp4" for place in range(N + 5))]
MAKER = Maker("wav2vec2 xlsr", 8)
ROWS = np.random.default_rng(1).standard_normal((N, 8)).round(4).astype(np.float32)
FAILED = {3: "404", 500: {"error": "no audio\nstream"}, 999: ""}


def write(folder: Path, **files: Any) -> None:
    for name, content in files.items():
        (folder / f"audio_{name}.json").write_text(json.dumps(content))


def done(journal: Journal) -> dict[str, np.ndarray]:
    return {one.key: one.vector for one in journal.done()}


def test_results_without_their_journal_are_taken_over(tmp_path: Path) -> None:
    fill(tmp_path)
    with opened(tmp_path) as journal:
        exports.write(journal, "json")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("audio_*.json")}
    (tmp_path / JOURNAL).unlink()
    with opened(tmp_path) as journal:
        assert adopt(journal) == 4, "three vectors and a failure"
        assert journal.failed == {"bad"}
        exports.write(journal, "json")
    after = {path.name: path.read_bytes() for path in tmp_path.glob("audio_*.json")}
    assert after["audio_vectors.json"] == before["audio_vectors.json"]
    assert after["audio_process.json"] == before["audio_process.json"]


@pytest.mark.parametrize("failed_as", ["object", "numbers", "records"])
@pytest.mark.parametrize("vectors_as", ["numbers", "addresses", "matrices", "list"])
def test_what_a_script_numbered_from_0_to_999_is_taken_over(
    tmp_path: Path, vectors_as: str, failed_as: str
) -> None:
    wanted = {place: ROWS[place].tolist() for place in range(N) if place not in FAILED}
    forms: dict[str, Any] = {
        "numbers": wanted,
        "addresses": {LISTED[place].key: row for place, row in wanted.items()},
        "matrices": {place: [row] for place, row in wanted.items()},
        "list": [wanted.get(place) for place in range(N)],
    }
    failures: dict[str, Any] = {
        "object": FAILED,
        "numbers": [*FAILED],
        "records": [{"index": place, "error": "gone"} for place in FAILED],
    }
    process = {
        place: {"processing_time": 1.5, "duration": 62, "channels": 2, "sr": 44100} for place in wanted
    }
    write(tmp_path, vectors=forms[vectors_as], process=process, fail=failures[failed_as])
    with opened(tmp_path) as journal:
        assert adopt(journal, LISTED, MAKER) == N
        assert journal.failed == {LISTED[place].key for place in FAILED}
        found = done(journal)
        assert set(found) == {LISTED[place].key for place in wanted}
        assert all(np.array_equal(found[LISTED[place].key], ROWS[place]) for place in wanted)
        facts = next(journal.done()).facts
        assert (facts.processing_time_s, facts.video_length_s, facts.channels) == (1.5, 62, 2)
        assert (facts.sample_rate_hz, facts.engine, facts.pooling) == (44100, "wav2vec2 xlsr", "pca")
        assert LISTED[1000].key not in journal, "it goes on after the last"
        journal.check("wav2vec2 xlsr", "pca")
        if failed_as == "object":
            reasons = {one.key: one.reason for one in journal.failures()}
            assert reasons[LISTED[500].key] == "It failed before: no audio stream"
    with opened(tmp_path) as journal:
        assert adopt(journal, LISTED, MAKER) == 0, "once"
        assert len(journal) == N


def test_what_nobody_has_written_down_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, vectors={"0": ROWS[0].tolist(), "1": None, "2": [1, "x"], "4": [1.0, 2.0]})
    with opened(tmp_path) as journal:
        adopt(journal, LISTED, MAKER)
        assert set(done(journal)) == {LISTED[0].key}
        assert journal.failed == {LISTED[2].key, LISTED[4].key}, "to be tried again"
        assert LISTED[1].key not in journal
        assert next(journal.done()).facts.channels is None
        exports.write(journal, "json")
        exports.write(journal, "npz")
        pytest.importorskip("pyarrow")
        exports.write(journal, "parquet")


@pytest.mark.parametrize("maker", [None, Maker("wav2vec2 base", 768)])
def test_vectors_of_an_engine_that_is_not_here_are_left_as_they_are(
    tmp_path: Path, maker: Maker | None
) -> None:
    write(tmp_path, vectors={"0": ROWS[0].tolist()}, process={"0": {"time": 2}})
    before = (tmp_path / "audio_vectors.json").read_bytes()
    with opened(tmp_path) as journal, pytest.raises(Conflict, match="flask models fetch wav2vec2-xlsr-53"):
        adopt(journal, LISTED, maker)
    assert (tmp_path / "audio_vectors.json").read_bytes() == before
    with opened(tmp_path) as journal:
        assert len(journal) == 0


@pytest.mark.parametrize("content", ["5", '{"a": "x"}', "[[", '{"a": {"b": 1}}', "[" * 100_000])
def test_a_foreign_file_is_not_written_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "audio_vectors.json").write_text(content)
    with opened(tmp_path) as journal, pytest.raises(Conflict, match="no vectors that can be read"):
        adopt(journal, LISTED, MAKER)
    assert (tmp_path / "audio_vectors.json").read_text() == content


def test_a_kill_while_results_are_taken_over_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, vectors={place: row.tolist() for place, row in enumerate(ROWS[:50])})

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, opened(tmp_path) as journal:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            adopt(journal, LISTED, MAKER)
    with opened(tmp_path) as journal:
        assert adopt(journal, LISTED, MAKER) == 50
