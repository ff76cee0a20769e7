"""A voice that a person asks for is remembered, known again in his recordings alone, listed and deleted."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from app.web.core import voices
from app.web.core.context import konspekt
from tests.pipeline.test_voiceprints import Loudness
from tests.web.pages.test_speakers import SECOND, told_apart
from tests.web.visitor import JSON, Visitor

STAGES = ("extract", "transcribe", "diarize", "summarize")


@pytest.fixture(autouse=True)
def diarizer(monkeypatch: pytest.MonkeyPatch, anna: Visitor) -> None:
    """Have weights; how a voice is taken from the sound is tested in tests/pipeline/test_voiceprints.py."""
    weights = SimpleNamespace(present=lambda _: True, command="")
    monkeypatch.setattr(voices, "DIARIZATION", weights)
    monkeypatch.setattr(voices, "voice_called", lambda *_: np.array([1, 0], np.float32))
    monkeypatch.setattr(konspekt(anna.app).engines, "diarizer", lambda _: Loudness())


def listed(visitor: Visitor) -> list[str]:
    return re.findall(r"<li><p><b>([^<]+)</b>", visitor.open("/voices"))


def test_a_voice_is_known_again_in_the_recordings_of_who_asked_for_it(anna: Visitor, boris: Visitor) -> None:
    job = told_apart(anna)
    kept = anna.post(f"/jobs/{job.id}/voices", {"name": "Вера <b>", "speaker": SECOND}, headers=JSON)
    assert (kept.status_code, kept.json) == (200, {"message": "The voice of Вера <b> is remembered."})
    assert boris.post(f"/jobs/{job.id}/voices", {"name": "Вера"}).status_code == 404
    assert listed(anna) == ["Вера &lt;b&gt;"]
    assert listed(boris) == []
    page = anna.open(f"/jobs/{anna.done(stages=STAGES).id}")
    assert '<strong class="who">Вера &lt;b&gt;</strong>' in page
    assert "Known by voice: Вера" in page
    assert "Вера" not in boris.open(f"/jobs/{boris.done(stages=STAGES).id}")
    (voice,) = konspekt(anna.app).jobs.parts.voices.of(anna.owner)
    assert boris.post(f"/voices/{voice.id}/delete").status_code == 404
    boris.post("/voices/delete")
    assert anna.post(f"/voices/{voice.id}/delete").location == "/voices"
    assert listed(anna) == []
    assert "Вера" not in anna.open(f"/jobs/{anna.done(stages=STAGES).id}")


def test_what_is_no_name_is_not_remembered_and_without_weights_the_way_to_get_them_is_told(
    anna: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = told_apart(anna)
    for name in ("", " ", "я" * 201, "Speaker 2"):
        assert anna.post(f"/jobs/{job.id}/voices", {"name": name}).status_code == 422, name
    monkeypatch.setattr(voices, "DIARIZATION", SimpleNamespace(present=lambda _: False, command="flask x"))
    refused = anna.post(f"/jobs/{job.id}/voices", {"name": "Вера"}, headers=JSON)
    assert (refused.status_code, "flask x" in refused.text) == (503, True)
    assert listed(anna) == []
