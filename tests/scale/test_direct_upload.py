"""A browser sends a recording straight into a real bucket, past a killed web process: `make scale-test`."""

import os
import shutil
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect, sync_playwright

from app.config import Config
from app.jobs.job import JobStatus
from app.jobs.store import JobStore
from tests.browser.conftest import FLAGS
from tests.making import make_media
from tests.running import RunningServer
from tests.s3 import SeaweedFS, settings
from tests.scale.cluster import cluster
from tests.scale.test_long import restart
from tests.scale.test_short import stages_last

pytestmark = [
    pytest.mark.skipif(not os.environ.get("KONSPEKT_TRIALS"), reason="run by `make scale-test`"),
    pytest.mark.timeout(600),
]
LONG = ("-f", "lavfi", "-i", "anoisesrc=r=48000:d=300", "-ac", "2")  # 58 MB of WAV: eight parts
EIGHT_MB = 2**23


def test_a_recording_is_resumed_and_none_of_it_passes_the_web_process(tmp_path: Path) -> None:
    stages_last(tmp_path, 0.1)
    sound = make_media(tmp_path / "noise.wav", *LONG)
    n_parts = -(-sound.stat().st_size // EIGHT_MB)
    (tmp_path / "s3").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    s3 = {"storage": "s3-shared", "s3_public_endpoint": bucket.endpoint, **settings(bucket.endpoint)}
    chromium = shutil.which("chromium")
    assert chromium
    try:
        with cluster(tmp_path, **s3) as running, sync_playwright() as playwright:
            web = running.add_web()
            running.add_worker()
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
            visitor = browser.new_context()
            put: list[str] = []
            first = opened(visitor.new_page(), web, bucket.endpoint, put)
            first.set_input_files("#files", sound)
            wait_for(first, lambda: len(put) >= 2)
            restart(web)
            wait_for(first, lambda: len(put) >= 4)
            first.close()  # in mid-transfer
            arrived = len(put)
            second = opened(visitor.new_page(), web, bucket.endpoint, put)
            expect(second.locator("#cut-off")).to_contain_text("noise.wav")
            second.set_input_files("#files", sound)
            store = JobStore(Config(data_dir=web.folder / "data"))
            deadline = time.monotonic() + 120
            while not [job for job in store.visible() if job.status.ended]:
                assert time.monotonic() < deadline, second.locator("#uploads").inner_text()
                second.wait_for_timeout(100)
            [job] = store.visible()
            assert job.status is JobStatus.DONE, job.error
            assert (job.name, job.size_bytes) == ("noise.wav", sound.stat().st_size)
            assert len(put) < arrived + n_parts, "what had arrived was not sent again"
            print(f"{n_parts} parts of 8 MB, {len(put)} put, over a kill and a closed page")
            browser.close()
    finally:
        bucket.stop()


def test_a_bucket_that_this_page_cannot_reach_is_gone_round(tmp_path: Path) -> None:
    stages_last(tmp_path, 0.1)
    sound = make_media(tmp_path / "noise.wav", *LONG)
    (tmp_path / "s3").mkdir()
    bucket = SeaweedFS(tmp_path / "s3")
    s3 = {"storage": "s3-shared", "s3_public_endpoint": "http://127.0.0.1:9", **settings(bucket.endpoint)}
    chromium = shutil.which("chromium")
    assert chromium
    try:
        with cluster(tmp_path, **s3) as running, sync_playwright() as playwright:
            web = running.add_web()
            running.add_worker()
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS])
            page = browser.new_page()
            page.goto(web.url)
            page.set_input_files("#files", sound)
            store = JobStore(Config(data_dir=web.folder / "data"))
            wait_for(page, lambda: [job for job in store.visible() if job.status is JobStatus.DONE])
            browser.close()
    finally:
        bucket.stop()


def opened(page: Page, web: RunningServer, endpoint: str, put: list[str]) -> Page:
    """Open the start page; parts go to the bucket slowly, and none to the web process."""

    def slowly(route: Route) -> None:
        time.sleep(0.2)
        route.continue_()

    def note(request: Request) -> None:
        if request.method == "PUT":
            put.append(request.url)
        length = int(request.headers.get("content-length", "0"))
        assert not (request.url.startswith(web.url) and length > 10_000), request.url

    page.route(f"{endpoint}/**", slowly)
    page.on("requestfinished", note)
    page.goto(web.url)
    return page


def wait_for(page: Page, is_so) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, page.locator("#uploads").inner_text()
        page.wait_for_timeout(50)
