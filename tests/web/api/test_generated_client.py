"""A typed client is made of /openapi.json by openapi-python-client: it compiles, and a round trip passes."""

import compileall
import importlib
import json
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from flask import Flask
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile

from app.web.core.context import konspekt

CONFIG = Path(__file__).parents[3] / "docs/client.yaml"
PACKAGE = "konspekt_client"


@pytest.fixture
def package(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Generate the client as docs/api.md says, but for the formatting of its files."""
    document, folder = tmp_path / "openapi.json", tmp_path / PACKAGE
    document.write_text(json.dumps(app.test_client().get("/openapi.json").json), encoding="utf-8")
    chosen = ConfigFile.load_from_path(CONFIG)
    chosen.post_hooks = []
    found = generate(
        config=Config.from_sources(chosen, MetaType.NONE, document, "utf-8", True, folder),
    )
    assert [(one.header, one.detail) for one in found] == [], "every answer can be told to the client"
    assert compileall.compile_dir(folder, quiet=1)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module(PACKAGE)
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_a_program_sends_texts_and_files_and_takes_minutes(
    package: ModuleType, app: Flask, tone: bytes
) -> None:
    from konspekt_client.api.jobs import (  # type: ignore[import-not-found]
        append_to_upload,
        create_job,
        create_upload,
        get_document,
        wait_for_job,
    )
    from konspekt_client.models import (  # type: ignore[import-not-found]
        CreateJobFilesBody,
        JobAnswer,
        NewJob,
        Problem,
    )
    from konspekt_client.types import File  # type: ignore[import-not-found]

    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://localhost") as http:
        client = package.Client(base_url="http://localhost").set_httpx_client(http)
        job = create_job.sync(client=client, body=NewJob(text="Anna: We meet on Monday.", name="a.txt"))
        assert isinstance(job, JobAnswer)
        assert (job.name, job.status) == ("a.txt", "queued")
        assert konspekt(app).jobs.worker.run_once()
        done = wait_for_job.sync(job.id, client=client, wait_s=1.0)
        assert isinstance(done, JobAnswer)
        assert (done.status, done.error) == ("done", None)
        minutes = get_document.sync_detailed(job.id, "minutes", client=client, format_="md")
        assert b"MEET ON MONDAY" in minutes.content
        sent = File(payload=BytesIO(tone), file_name="tone.wav", mime_type="audio/wav")
        heard = create_job.sync(client=client, body=CreateJobFilesBody(file=sent, language="en"))
        assert isinstance(heard, JobAnswer)
        assert (heard.name, heard.language) == ("tone.wav", "en")
        begun = create_upload.sync_detailed(client=client, upload_length=len(tone), tus_resumable="1.0.0")
        upload_id = begun.headers["Location"].rpartition("/")[2]
        piece = File(payload=BytesIO(tone))
        there = append_to_upload.sync_detailed(
            upload_id, client=client, body=piece, upload_offset=0, tus_resumable="1.0.0"
        )
        assert (there.status_code, there.headers["Upload-Offset"]) == (204, str(len(tone)))
        of_pieces = create_job.sync(client=client, body=NewJob(upload=upload_id, name="pieces.wav"))
        assert isinstance(of_pieces, JobAnswer)
        assert of_pieces.name == "pieces.wav"
        unknown = wait_for_job.sync("0" * 32, client=client, wait_s=0.0)
        assert isinstance(unknown, Problem)
        assert (unknown.status, unknown.code) == (404, "not_found")
