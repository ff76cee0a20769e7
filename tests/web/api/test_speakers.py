"""What a program learns of the speakers of a job, and how it calls them."""

from datetime import UTC, datetime

import numpy as np
import pytest
from flask import Flask

from app.engines.diarization import KnownVoice
from app.integrations.submitting import OWNER
from app.web.core.context import konspekt
from tests.web.pages.test_speakers import FIRST, SECOND, told_apart
from tests.web.visitor import Visitor


@pytest.fixture
def program(app: Flask) -> Visitor:
    """Give a program, which has no cookie and owns what is nobody's."""
    return Visitor(app.test_client(), owner=OWNER)


def test_a_program_learns_who_speaks_and_which_name_was_said(program: Visitor) -> None:
    url = f"/api/v1/jobs/{told_apart(program).id}/speakers"
    first, second = program.client.get(url).json["speakers"]
    assert first == {"id": FIRST, "name": "Speaker 1", "seconds": 3.0, "said_name": None}
    assert second["said_name"] == {"name": "Марина", "start": 0.0, "text": "Марина, что с отчётом?"}
    answer = program.client.patch(url, json={"speaker": SECOND, "name": "Марина"})
    assert answer.status_code == 200
    assert [one["name"] for one in answer.json["speakers"]] == ["Speaker 1", "Марина"]
    assert program.client.get(url).json == answer.json
    lines = program.client.get(url.replace("speakers", "transcript")).json["lines"]
    assert [line["speaker"] for line in lines] == [FIRST, "Марина"] * 2
    for wanted, status in (
        ({"speaker": FIRST}, 400),
        ({"speaker": FIRST, "name": ""}, 400),
        ({"speaker": "Speaker 9", "name": "Иван"}, 404),
    ):
        assert program.client.patch(url, json=wanted).status_code == status, wanted
    assert program.client.get(url).json == answer.json
    assert program.client.get("/api/v1/jobs/unknown/speakers").status_code == 404
    kept = program.client.patch(url, json={"speaker": FIRST, "name": "Иван", "remember": True})
    assert kept.status_code == 503  # there are no weights here, so nothing is changed either
    assert program.client.get(url).json == answer.json
    remembered = konspekt(program.app).jobs.parts.voices
    remembered.remember(OWNER, KnownVoice("Иван", np.ones(2, np.float32), "a model"), datetime.now(UTC))
    (voice,) = program.client.get("/api/v1/voices").json["voices"]
    assert set(voice) == {"id", "name", "recordings", "created_at", "used_at"}
    assert program.client.delete(f"/api/v1/voices/{voice['id']}").status_code == 204
    assert program.client.delete(f"/api/v1/voices/{voice['id']}").status_code == 404
    silent = f"/api/v1/jobs/{program.done().id}/speakers"
    assert program.client.get(silent).json == {"speakers": []}
