import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError, BadInput, JobCancelled, StorageFull, TooLarge
from app.storage.download import Downloaded, DownloadLimits, download
from app.storage.guard import AddressGuard, ForbiddenAddress

LIMITS = DownloadLimits(max_bytes=50_000_000, total_s=20, idle_s=0.3, backoff_s=0.01)


def fetch(site: Any, folder: Path, limits: DownloadLimits = LIMITS, **more: Any) -> Downloaded:
    return download(site.url(), folder / "clip", limits, AddressGuard(["127.0.0.0/8"]), **more)


def test_a_file_arrives_whole_with_its_hash_and_name(website: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    got = fetch(website, tmp_path, report=lambda done, total: seen.append((done, total)))
    assert got.path.read_bytes() == website.body
    assert got.sha256 == hashlib.sha256(website.body).hexdigest()
    assert (got.name, got.size_bytes) == ("clip.mp4", len(website.body))
    assert seen[-1] == (len(website.body), len(website.body))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["clip"]


def test_a_length_that_is_no_number_says_nothing(website: Any, tmp_path: Path) -> None:
    website.plan = ["countless"]
    assert fetch(website, tmp_path).path.read_bytes() == website.body


def test_a_russian_name_in_the_address_is_readable(website: Any, tmp_path: Path) -> None:
    url = website.url("/%D0%B2%D1%81%D1%82%D1%80%D0%B5%D1%87%D0%B0.mp4?x=1")
    got = download(url, tmp_path / "clip", LIMITS, AddressGuard(["127.0.0.0/8"]))
    assert got.name == "встреча.mp4"


def test_a_transfer_that_breaks_off_goes_on_where_it_stopped(website: Any, tmp_path: Path) -> None:
    website.plan = ["cut", "cut", "well"]
    assert fetch(website, tmp_path).path.read_bytes() == website.body
    half = len(website.body) // 2
    assert [r.get("Range") for r in website.requests] == [
        None,
        f"bytes={half}-",
        f"bytes={half + half // 2}-",
    ]


def test_a_later_run_goes_on_where_a_killed_one_stopped(website: Any, tmp_path: Path) -> None:
    website.plan = ["cut", "well"]
    with pytest.raises(BadInput, match="broke off"):
        fetch(website, tmp_path, replace(LIMITS, attempts=1))
    assert (tmp_path / "clip.part").stat().st_size == len(website.body) // 2
    assert fetch(website, tmp_path).path.read_bytes() == website.body
    assert website.requests[-1]["Range"] == f"bytes={len(website.body) // 2}-"


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("missing", "answered 404"),
        ("broken", "broke off"),
        ("stall", "broke off"),
        ("cut", "broke off"),
        ("empty", "empty"),
    ],
)
def test_a_bad_server_ends_in_a_clear_sentence(website: Any, tmp_path: Path, plan: str, message: str) -> None:
    website.plan = [plan]
    with pytest.raises(AppError, match=message):
        fetch(website, tmp_path, replace(LIMITS, attempts=2))
    assert not (tmp_path / "clip").exists()


def test_an_endless_body_is_cut_at_the_limit(website: Any, tmp_path: Path) -> None:
    website.plan = ["endless"]
    with pytest.raises(TooLarge):
        fetch(website, tmp_path, replace(LIMITS, max_bytes=3_000_000))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_says_it_is_too_large_is_not_begun(website: Any, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        fetch(website, tmp_path, replace(LIMITS, max_bytes=1000))
    assert list(tmp_path.iterdir()) == []


def test_the_disk_reserve_is_kept(website: Any, tmp_path: Path) -> None:
    with pytest.raises(StorageFull):
        fetch(website, tmp_path, replace(LIMITS, reserve_bytes=10**18))


def test_a_slow_transfer_ends_in_time(website: Any, tmp_path: Path) -> None:
    website.plan = ["endless"]
    with pytest.raises(BadInput, match="too slow"):
        fetch(website, tmp_path, replace(LIMITS, total_s=0))


@pytest.mark.parametrize("place", ["http://169.254.169.254/latest/", "http://[::ffff:10.0.0.1]/"])
def test_a_redirect_into_the_network_is_refused(website: Any, tmp_path: Path, place: str) -> None:
    website.plan, website.location = ["redirect"], place
    with pytest.raises(ForbiddenAddress):
        fetch(website, tmp_path)


def test_a_redirect_to_a_file_is_refused_and_a_circle_ends(website: Any, tmp_path: Path) -> None:
    website.plan, website.location = ["redirect"], "file:///etc/passwd"
    with pytest.raises(BadInput, match="http"):
        fetch(website, tmp_path)
    website.location = "/again"
    with pytest.raises(BadInput, match="too often"):
        fetch(website, tmp_path)


@pytest.mark.parametrize("place", ["http://[::", "//[", "http://a]b/"])
def test_a_redirect_to_nonsense_is_refused(website: Any, tmp_path: Path, place: str) -> None:
    website.plan, website.location = ["redirect"], place
    with pytest.raises(BadInput, match="web address"):
        fetch(website, tmp_path)


def test_a_good_redirect_is_followed(website: Any, tmp_path: Path) -> None:
    website.plan, website.location = ["redirect", "well"], "/real/talk.mp4"
    assert fetch(website, tmp_path).name == "talk.mp4"


def test_a_cancelled_job_stops_the_transfer(website: Any, tmp_path: Path) -> None:
    def report(done: int, total: int | None) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        fetch(website, tmp_path, report=report)
