"""The list of kept live streams; tests/web/live/test_endpoint.py speaks into them."""

import os
import uuid
from pathlib import Path

import pytest
from flask import Flask

from app.web.api import live_streams
from app.web.core.context import konspekt


def keep(folder: Path, owner: str, at_s: int, text: str) -> str:
    recording = uuid.uuid4().hex
    kept = folder / f"live-{recording}"
    kept.mkdir(parents=True)
    (kept / "owner").write_text(owner)
    (kept / "text.jsonl").write_text(text)
    (kept / "sound.wav").write_bytes(bytes(44))
    os.utime(kept / "sound.wav", (at_s, at_s))
    return recording


def test_the_list_comes_by_pages_newest_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_streams, "owner", lambda: "anna")
    folder = konspekt(app).saved_streams._folder
    heard = '{"type": "final", "start": 0.0, "text": "the end"}\n'
    mine = [keep(folder, "anna", 1_000_000 + number // 2, heard + '{"type": "end"}\n') for number in range(5)]
    keep(folder, "boris", 2_000_000, heard)
    under_way = keep(folder, "anna", 3_000_000, heard)
    client, shown, cursor = app.test_client(), [], ""
    while cursor is not None:
        page = client.get(f"/api/live?limit=2&cursor={cursor}").json
        assert len(page["streams"]) == 2
        shown += page["streams"]
        cursor = page["next_cursor"]
    assert shown[0]["recording"] == under_way
    assert {one["recording"] for one in shown} == {under_way, *mine}
    assert [one["ended"] for one in shown] == [False, *5 * [True]]
    assert len(shown) == 6
    assert shown == sorted(shown, key=lambda one: one["written_at"], reverse=True)
    assert client.get("/api/live?cursor=x").status_code == 400
    assert client.get("/api/live?limit=999").status_code == 400
