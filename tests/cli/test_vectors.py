"""flask vectorize as a process of its own, killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from app.engines.base import Embedding
from app.errors import BadInput
from app.pipeline.batch.journal import Facts, opened
from tests.cli.terminal import run
from tests.making import TONE, make_media
from tests.pipeline.batch.conftest import Site, site, video  # noqa: F401  fixtures

pytestmark = pytest.mark.slow

TOP = Path(__file__).parents[2]
N = 32


def start(folder: Path, *words: str | Path) -> subprocess.Popen[str]:
    names = ("uploads", "results", "models", "data")
    settings = {
        **os.environ,
        **{f"KONSPEKT_{name.upper()}_DIR": str(folder / name) for name in names},
        "KONSPEKT_MAX_FETCH_BYTES": "0",
        "KONSPEKT_DISK_RESERVE_BYTES": "0",
        "KONSPEKT_ALLOWED_NETWORKS": "127.0.0.1/32",
        "KONSPEKT_COMPUTE_THREADS": "1",
    }
    command = [sys.executable, "-m", "flask", "vectorize", *map(str, words)]
    return subprocess.Popen(
        command, cwd=TOP, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def journal(out: Path) -> Counter[str]:
    path = out / "audio_journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return Counter(json.loads(line)["key"] for line in lines if line.endswith(b"\n"))


def test_a_batch_that_is_killed_goes_on_and_repeats_nothing(tmp_path: Path, site: Site) -> None:  # noqa: F811
    urls = [site.url("good", number) for number in range(N - 2)] + [site.url("missing"), site.url("html")]
    (tmp_path / "all_videos.json").write_text(json.dumps([{"link": url} for url in urls]))
    words = (tmp_path / "all_videos.json", "--key", "link")
    out = tmp_path / "audio_processing"
    for reached in (3, 16):
        process = start(tmp_path, *words)
        deadline = time.monotonic() + 60
        while len(journal(out)) < reached and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert reached <= len(journal(out)) < N
    process = start(tmp_path, *words)
    _, told = process.communicate(timeout=100)
    assert process.returncode == 3, told
    assert "records in" in told
    assert "2 have no vector" in told
    assert "statistics of the spectrum" in told
    assert "flask models fetch wav2vec2-xlsr-53-russian" in told
    done = journal(out)
    assert set(done) == set(urls)
    assert set(done.values()) == {1}
    vectors = json.loads((out / "audio_vectors.json").read_text())
    assert len(vectors) == N - 2
    assert len(json.loads((out / "audio_fail.json").read_text())) == 2
    assert "skipped" in (out / "audio_runs.log").read_text()

    again = start(tmp_path, *words, "--start", "10", "--end", "60", "--retry-failed")
    _, told = again.communicate(timeout=60)
    assert again.returncode == 3, told
    assert "22 records" in told
    assert "0 done, 2 failed, 20 skipped" in told


def fill(folder: Path) -> None:
    with opened(folder) as journal:
        for number in range(5):
            vector = np.eye(5, dtype=np.float32)[0] + number / 10 * np.eye(5, dtype=np.float32)[1]
            facts = Facts(1, 2, 1, 16000, "an engine", "pca")
            journal.add(Embedding(vector, "an engine", "pca"), f"url {number}", facts)
        journal.fail("bad", BadInput("404"))


def test_the_nearest_are_named_with_their_cosine(tmp_path: Path) -> None:
    fill(tmp_path / "set")
    told = run(tmp_path, "nearest", "url 1", "--in", tmp_path / "set", "-n", "2")
    assert told.exit_code == 0, told.output
    assert [line.split("\t")[1] for line in told.stdout.splitlines()] == ["url 2", "url 0"]
    as_json = run(tmp_path, "nearest", "url 1", "--in", tmp_path / "set", "--json", "-n", "1")
    assert json.loads(as_json.stdout)[0]["similarity"] == pytest.approx(
        1.02 / np.hypot(1, 0.1) / np.hypot(1, 0.2)
    )
    unknown = run(tmp_path, "nearest", "nothing", "--in", tmp_path / "set")
    assert (unknown.exit_code, "There is no vector of nothing" in unknown.output) == (1, True)
    make_media(tmp_path / "a.wav", *TONE)
    other = run(tmp_path, "nearest", tmp_path / "a.wav", "--in", tmp_path / "set")
    assert (other.exit_code, "cannot be compared" in other.output) == (1, True)


def test_results_that_stand_beside_the_list_are_gone_on_with_there(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps([f"url {number}" for number in range(5)]))
    fill(tmp_path)
    done = run(tmp_path, "vectorize", tmp_path / "all.json")
    assert done.exit_code == 1, "another engine made them"
    assert "cannot be compared" in done.output
    assert not (tmp_path / "audio_processing").exists(), "an earlier version left its results beside the list"


def test_what_cannot_be_begun_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text(json.dumps([f"url {number}" for number in range(5)]))
    (tmp_path / "bad.json").write_text("{bad")
    for words, said in (
        (("all.json", "--start", "5"), "range from 5 to 5"),
        (("bad.json",), "is not JSON: see line 1, column"),
    ):
        done = run(tmp_path, "vectorize", tmp_path / words[0], *words[1:], "--out", tmp_path / "made")
        assert done.exit_code == 1
        assert said in done.output
    assert not (tmp_path / "made").exists()


def test_a_list_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text('{"a": 1}')
    process = start(tmp_path, tmp_path / "all.json")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is not a list" in told
    assert "Traceback" not in told
