"""The built image at work: `make image-check`, which builds it before."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.pipeline.checkpoint import checkpoint_path, latest_records
from tests.e2e.test_kill import said_twice
from tests.e2e.visitor import Visitor
from tests.image.container import IMAGE, Container

TOP = Path(__file__).parents[2]
SPEECH = TOP / "app/live/measured_speech.flac"
RUSSIAN = Path(os.environ.get("KONSPEKT_TEST_MEDIA", "nowhere")) / "golos-ru.wav"
WEIGHTS = Path(os.environ.get("KONSPEKT_TEST_WEIGHTS", Path.home() / ".cache/konspekt-tests"))
BUILD_TOOLS = ("gcc", "cc", "g++", "make", "ld", "cmake", "git", "curl", "wget")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not IMAGE, reason="no image is named: make image-check")]


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    with Container(
        tmp_path_factory.mktemp("volumes"), transcriber="pocketsphinx", max_fetch_bytes=0
    ) as container:
        yield container


def test_it_is_healthy_by_its_own_check(container: Container) -> None:
    container.podman("healthcheck", "run", container.name)


def test_it_runs_as_nobody_and_writes_to_its_volumes_only(container: Container) -> None:
    assert container.run("id", "-u").stdout.strip() == "10001"
    assert "Read-only file system" in container.run("touch", "/opt/konspekt/app/x").stderr
    assert container.run("touch", "/data/x", "/models/x", "/tmp/x").returncode == 0
    capabilities = container.run("sh", "-c", "grep CapEff /proc/1/status").stdout.split()[1]
    assert int(capabilities, 16) == 0


@pytest.mark.parametrize("tool", BUILD_TOOLS)
def test_there_are_no_tools_to_build_with(container: Container, tool: str) -> None:
    assert container.run("which", tool).returncode != 0


def test_every_library_of_the_program_can_be_loaded(container: Container) -> None:
    """What was left out of the packages is missed by nobody."""
    modules = (
        "torch whisper demucs.api ctranslate2 transformers xllamacpp sklearn scipy.signal pyworld"
        " soundfile soxr typst silero_vad pocketsphinx docx boto3 psycopg pymorphy3"
        " dateparser moviepy lxml tokenizers numba"
    )
    code = "; ".join(f"import {module}" for module in modules.split())
    done = container.run(
        "python", "-W", "ignore", "-c", code + "; from app.audio import espeak; print('loaded')"
    )
    assert done.stdout.strip().endswith("loaded"), done.stderr


def test_a_recording_becomes_documents(container: Container) -> None:
    with Visitor(container) as visitor:
        job_id = visitor.send(SPEECH, language="en")
        visitor.wait_for(job_id, "done", timeout_s=240)
        text = visitor.download(job_id, "transcript.txt").text
        assert len(text.split()) > 5, text
        print(f"\n{text}")
        assert visitor.download(job_id, "minutes.docx").content.startswith(b"PK")
        assert visitor.download(job_id, "minutes.pdf").content.startswith(b"%PDF")
    assert "Traceback" not in container.log()


@pytest.mark.skipif(not RUSSIAN.is_file(), reason="no recordings: KONSPEKT_TEST_MEDIA")
@pytest.mark.skipif(not (WEIGHTS / "whisper").is_dir(), reason="no weights yet: tests/engines/whisper")
def test_weights_are_fetched_into_the_volume_and_hear_russian(tmp_path: Path) -> None:
    with (
        Container(tmp_path, mirror=WEIGHTS, weights_mirror="/mirror") as container,
        Visitor(container) as visitor,
    ):
        fetched = container.run("flask", "models", "fetch", "faster-whisper-base")
        assert fetched.returncode == 0, fetched.stderr
        assert (tmp_path / "models/whisper/faster-whisper-base/model.bin").is_file()
        job_id = visitor.send(RUSSIAN, language="ru")
        visitor.wait_for(job_id, "done", timeout_s=240)
        text = visitor.download(job_id, "transcript.txt").text
        print(f"\n{text}")
        assert "сколько" in text


def test_a_stop_in_mid_stage_keeps_the_job_and_a_new_container_goes_on(tmp_path: Path) -> None:
    with (
        Container(tmp_path, transcriber="pocketsphinx", max_fetch_bytes=0) as container,
        Visitor(container) as visitor,
    ):
        job_id = visitor.send(said_twice(SPEECH, tmp_path), language="en")
        checkpoint = checkpoint_path(tmp_path / "data/results" / job_id, "transcribe")
        while not latest_records(checkpoint, 9):
            assert not visitor.job(job_id).status.ended
            time.sleep(0.01)
        began = time.monotonic()
        assert container.stop() == 0
        print(f"\nstopped in {time.monotonic() - began:.1f} s")
        assert time.monotonic() - began < 15
        back = visitor.job(job_id)
        assert (back.status.value, back.attempt) == ("queued", 0)
        assert latest_records(checkpoint, 9)
        container.start()
        done = visitor.wait_for(job_id, "done", timeout_s=240)
        assert done.attempt == 1


def test_a_secret_comes_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/api_key").write_text("a key of some length\n")
    with Container(tmp_path, api_key_file="/data/api_key") as container:
        assert requests.get(f"{container.url}/v1/models", timeout=30).status_code == 401
        headers = {"Authorization": "Bearer a key of some length"}
        assert requests.get(f"{container.url}/v1/models", headers=headers, timeout=30).status_code == 200
