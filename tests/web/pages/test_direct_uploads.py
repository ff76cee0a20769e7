"""/direct-uploads: the page's script sends a recording straight into the bucket."""

from collections.abc import Callable

import requests
from flask import Flask

from app.jobs.job import JobStatus
from app.web.core.context import konspekt
from tests import s3
from tests.web.visitor import Visitor


def test_a_recording_goes_past_this_program_into_the_bucket_and_becomes_a_job(
    make_app: Callable[..., Flask],
) -> None:
    with s3.moto() as endpoint:
        app = make_app(storage="s3-shared", s3_public_endpoint=endpoint, **s3.settings(endpoint))
        anna = Visitor(app.test_client())
        page = anna.client.get("/")
        assert f"connect-src 'self' {endpoint};" in page.headers["Content-Security-Policy"]
        assert 'data-direct="/direct-uploads"' in anna.open()
        said = "Иванов готовит отчёт.".encode()
        refused = anna.post("/direct-uploads", {"name": "a.wav", "bytes": 2**50})
        assert refused.status_code == 413
        begun = anna.post("/direct-uploads", {"name": "../совещание.wav", "bytes": len(said)})
        assert begun.status_code == 201
        address = begun.json["address"]
        assert anna.post(f"{address}/job").status_code == 409, "nothing has arrived"
        [[begin, end, url]] = anna.client.get(address).json["parts"]
        requests.put(url, said[begin:end], timeout=60).raise_for_status()
        assert anna.client.get(address).json == {"arrived": len(said), "parts": []}

        sent = anna.post(f"{address}/job", {"language": "ru"})
        assert sent.status_code == 201, sent.text
        again = anna.post(f"{address}/job", {"language": "ru"})
        assert again.json == sent.json == {"id": address.rpartition("/")[2], "name": "совещание.wav"}
        assert konspekt(app).jobs.worker.run_once()
        [job] = anna.jobs.list(anna.owner)
        assert (job.status, job.size_bytes, job.language) == (JobStatus.DONE, len(said), "ru")
        assert said.decode() in anna.client.get(f"/jobs/{job.id}/download/transcript.txt").text


def test_there_is_none_where_files_stand_on_this_machine(anna: Visitor) -> None:
    assert "data-direct" not in anna.open()
    assert anna.post("/direct-uploads", {"name": "a.wav", "bytes": 1}).status_code == 404
