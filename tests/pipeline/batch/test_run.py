"""Whole batches against a site that serves real videos, well and badly."""

import errno
import hashlib
import json
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.limits import Limits
from app.audio.waveform import Span
from app.config import Config
from app.engines.base import Embedding
from app.engines.logmel import LogMel
from app.errors import BadInput, JobCancelled
from app.pipeline.batch import records
from app.pipeline.batch.journal import opened
from app.pipeline.batch.progress import BatchProgress
from app.pipeline.batch.run import Options, run
from app.pipeline.fetching import Fetcher
from app.progress import Progress
from tests.making import TONE, make_media
from tests.pipeline.batch.conftest import Site

pytestmark = pytest.mark.slow


def vectorize(
    folder: Path,
    *urls: str | None,
    form: str = "json",
    retry_failed: bool = False,
    allowed: str = "127.0.0.1/32",
    embedder: Any = None,
    report: Callable[[BatchProgress], None] = lambda _: None,
) -> BatchProgress:
    config = Config(_env_file=None, allowed_networks=allowed, download_idle_s=0.3, disk_reserve_bytes=0)  # type: ignore[arg-type]
    wanted = records.parse([{"url": url} for url in urls], "url")
    limits = Limits(disk_reserve_bytes=0)
    with opened(folder) as journal:
        options = Options("pca", form, retry_failed=retry_failed)
        return run(wanted, journal, Fetcher(config).fetch, embedder or LogMel(), limits, options, report)


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def test_good_records_get_a_vector_and_bad_ones_a_reason(site: Site, folder: Path) -> None:
    kinds = ("redirect", "inwards", "stall", "lie", "missing", "broken", "html", "empty")
    good = [site.url("good", number) for number in range(3)]
    bad = {kind: site.url(kind) for kind in kinds}
    seen: list[BatchProgress] = []
    standing = vectorize(folder, *good, *bad.values(), "ftp://x/y.mp4", None, report=seen.append)
    assert (standing.total, standing.done, standing.failed, standing.skipped) == (13, 4, 9, 0)
    assert seen[-1] == standing
    vectors, process, fail = (read(folder, f"audio_{name}.json") for name in ("vectors", "process", "fail"))
    assert set(vectors) == {*good, bad["redirect"]}
    assert np.array(vectors[good[0]]).shape == (1, 1024)
    assert process[good[0]]["video_length_s"] == pytest.approx(2, abs=0.1)
    assert process[good[0]]["channels"] == 1
    assert process[good[0]]["sample_rate_hz"] == 16000
    assert process[good[0]]["engine"] == "log-mel statistics"
    assert process[good[0]]["processing_time_s"] > 0
    reasons = {key: value["reason"] for key, value in fail.items()}
    assert "not open to downloads" in reasons[bad["inwards"]]
    assert "broke off" in reasons[bad["stall"]]
    assert "broke off" in reasons[bad["lie"]]
    assert "404" in reasons[bad["missing"]]
    assert "broke off" in reasons[bad["broken"]]
    assert "not audio or video" in reasons[bad["html"]]
    assert "empty" in reasons[bad["empty"]]
    assert "http://" in reasons["ftp://x/y.mp4"]
    assert "no URL" in reasons["#12"]
    assert {path.name for path in folder.iterdir()} == {
        "audio_vectors.json", "audio_process.json", "audio_fail.json", "audio_journal.jsonl", ".audio.lock",
    }  # fmt: skip


def test_no_socket_is_opened_to_an_address_that_is_not_public(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened_to: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: opened_to.append(address))
    inside = (site.url("good"), "http://10.0.0.1/a.mp4", "http://[::1]/a.mp4", "http://0x7f.1/a.mp4")
    standing = vectorize(folder, *inside, "http://169.254.169.254/a.mp4", allowed="")
    assert standing.failed == 5
    assert opened_to == []


def test_a_second_run_repeats_nothing_and_retries_failures_alone(site: Site, folder: Path) -> None:
    urls = (site.url("good", 1), site.url("missing", 1))
    vectorize(folder, *urls)
    again = vectorize(folder, *urls, site.url("good", 2))
    assert (again.done, again.failed, again.skipped) == (1, 0, 2)
    assert site.asked["/good/1.mp4"] == site.asked["/missing/1.mp4"] == 1
    retried = vectorize(folder, *urls, site.url("good", 3), retry_failed=True)
    assert (retried.failed, retried.skipped, site.asked["/good/3.mp4"]) == (1, 2, 0)
    assert site.asked["/missing/1.mp4"] == 2


def test_a_failure_that_is_mended_is_a_failure_no_more(site: Site, folder: Path) -> None:
    url = site.url("good")
    video, site.video = site.video, b"not yet a video"
    assert vectorize(folder, url).failed == 1
    site.video = video
    assert vectorize(folder, url, retry_failed=True).done == 1
    assert read(folder, "audio_fail.json") == {}
    assert url in read(folder, "audio_vectors.json")


class Poisoned(LogMel):
    """An engine that cannot stand one of the recordings."""

    name = "poisoned"

    def __init__(self, url: str) -> None:
        self._bad = hashlib.sha256(url.encode()).hexdigest()[:32]

    def embed(self, sound: Any, *options: Any) -> Embedding:
        if sound.path.parent.name == self._bad:
            raise BadInput("There is no sound to make a vector of.")
        return super().embed(sound, *options)


def test_one_bad_recording_does_not_spoil_those_beside_it(site: Site, folder: Path) -> None:
    urls = [site.url("good", number) for number in range(5)]
    standing = vectorize(folder, *urls, embedder=Poisoned(urls[2]))
    assert (standing.done, standing.failed) == (4, 1)
    assert read(folder, "audio_fail.json") == {urls[2]: {"reason": "There is no sound to make a vector of."}}


def test_a_record_that_breaks_us_is_logged_and_the_others_go_on(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    urls = [site.url("good", number) for number in range(3)]
    fetch = Fetcher.fetch

    def breaks(self: Fetcher, url: str, target: Path, progress: Progress) -> None:
        if url == urls[1]:
            raise ZeroDivisionError("a bug of ours")
        fetch(self, url, target, progress)

    monkeypatch.setattr(Fetcher, "fetch", breaks)
    standing = vectorize(folder, *urls)
    assert (standing.done, standing.failed) == (2, 1)
    assert "on our side" in read(folder, "audio_fail.json")[urls[1]]["reason"]
    assert "a bug of ours" in caplog.text


def test_a_full_disk_ends_the_run_rather_than_each_record(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Fetcher, "fetch", full)
    with pytest.raises(OSError, match="No space"):
        vectorize(folder, site.url("good"))
    assert read(folder, "audio_fail.json") == {}


def test_a_stopped_run_keeps_what_it_has(site: Site, folder: Path) -> None:
    def stop(standing: BatchProgress) -> None:
        if standing.done >= 2:
            raise JobCancelled

    urls = [site.url("good", number) for number in range(12)]
    with pytest.raises(JobCancelled):
        vectorize(folder, *urls, report=stop)
    kept = len(read(folder, "audio_vectors.json"))
    assert 2 <= kept < 12
    assert vectorize(folder, *urls).done == 12 - kept


def test_vectors_of_another_engine_do_not_come_into_the_same_file(site: Site, folder: Path) -> None:
    class Other(LogMel):
        name = "another"

    vectorize(folder, site.url("good", 1))
    with pytest.raises(BadInput, match="cannot be compared"):
        vectorize(folder, site.url("good", 2), embedder=Other())
    assert site.asked["/good/2.mp4"] == 0


@pytest.mark.parametrize("form", ["npz", "parquet"])
def test_large_sets_have_their_forms(site: Site, folder: Path, form: str) -> None:
    urls = [site.url("good", number) for number in range(3)]
    vectorize(folder, *urls, form=form)
    if form == "npz":
        with np.load(folder / "audio_vectors.npz", allow_pickle=False) as file:
            keys, vectors = file["keys"].tolist(), file["vectors"]
    else:
        from pyarrow import parquet

        table = parquet.read_table(folder / "audio_vectors.parquet")
        keys, vectors = table["key"].to_pylist(), np.array(table["vector"].to_pylist())
        assert table["engine"].to_pylist() == ["log-mel statistics"] * 3
    assert sorted(keys) == sorted(urls)
    assert vectors.shape == (3, 1024)


def test_each_record_is_told_as_safe_and_a_long_one_shares_no_pass(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pipeline.batch.run.TOGETHER_S", 3.0)  # the videos have two seconds
    kept: list[bool] = []
    together: list[int] = []
    many = LogMel.embed_many

    def counted(self: LogMel, sounds: Any, *options: Any) -> Any:
        together.append(len(sounds))
        return many(self, sounds, *options)

    monkeypatch.setattr(LogMel, "embed_many", counted)
    wanted = records.parse([site.url("good", 1), site.url("good", 2), site.url("missing")], "url")
    config = Config(_env_file=None, allowed_networks="127.0.0.1/32", disk_reserve_bytes=0)  # type: ignore[arg-type]
    options = Options("pca", kept=lambda: kept.append(True))
    with opened(folder) as journal:
        fetch, limits = Fetcher(config).fetch, Limits(disk_reserve_bytes=0)
        done = run(wanted, journal, fetch, LogMel(), limits, options, lambda _: None)
    assert (done.done, done.failed) == (2, 1)
    assert len(kept) >= 3
    assert together == []


def test_of_several_tracks_those_with_speech_are_heard(folder: Path, tmp_path: Path) -> None:
    asked: list[float] = []

    def find_speech(sound: Any) -> tuple[Span, ...]:
        asked.append(sound.duration_s)
        return (Span(0.0, 1.0),) if len(asked) == 2 else ()

    two = make_media(tmp_path / "two.mkv", *TONE, *TONE, "-map", "0:a", "-map", "1:a")

    def fetch(_: str, target: Path, __: Any) -> None:
        shutil.copyfile(two, target)

    wanted = records.parse(["http://a/two.mkv"], "url")
    options, limits = Options("pca", find_speech=find_speech), Limits(disk_reserve_bytes=0)
    with opened(folder) as journal:
        done = run(wanted, journal, fetch, LogMel(), limits, options, lambda _: None)
    assert done.done == 1
    assert len(asked) == 2
