"""flask vectorize as a process of its own, killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

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
    words = (tmp_path / "all_videos.json", "--key", "link", "--out", tmp_path / "out")
    for reached in (3, 16):
        process = start(tmp_path, *words)
        deadline = time.monotonic() + 60
        while len(journal(tmp_path / "out")) < reached and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert reached <= len(journal(tmp_path / "out")) < N
    process = start(tmp_path, *words)
    _, told = process.communicate(timeout=100)
    assert process.returncode == 0, told
    assert "records in" in told
    done = journal(tmp_path / "out")
    assert set(done) == set(urls)
    assert set(done.values()) == {1}
    vectors = json.loads((tmp_path / "out/audio_vectors.json").read_text())
    assert len(vectors) == N - 2
    assert len(json.loads((tmp_path / "out/audio_fail.json").read_text())) == 2
    assert "skipped" in (tmp_path / "out/audio_runs.log").read_text()

    again = start(tmp_path, *words, "--start", "10", "--end", "60", "--retry-failed")
    _, told = again.communicate(timeout=60)
    assert again.returncode == 0, told
    assert "22 records" in told
    assert "0 done, 2 failed, 20 skipped" in told


def test_a_list_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "all.json").write_text('{"a": 1}')
    process = start(tmp_path, tmp_path / "all.json")
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is not a list" in told
    assert "Traceback" not in told
