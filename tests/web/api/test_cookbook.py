"""Every block of docs/cookbook.md is run as it stands: by a shell and by Python, against one server."""

import csv
import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from flask import Flask
from werkzeug.serving import make_server

from app.audio.wav import write_wav
from app.pipeline import STAGES
from app.web.core import event_streams
from app.web.core.context import konspekt
from tests.receiver import Receiver
from tests.speech import english
from tests.wired import WiredService, put_service

COOKBOOK = (Path(__file__).parents[3] / "docs/cookbook.md").read_text(encoding="utf-8")
KEY, SECRET = "k" * 16, "s" * 32
CALL = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Anna>We decided to meet on Monday.

00:00:05.000 --> 00:00:09.000
<v Anna>Boris, please send the report by December 15, 2026.

00:00:10.000 --> 00:00:12.000
<v Boris>Yes, I will send it.
"""


@dataclass(frozen=True)
class Kitchen:
    """Where the recipes are tried: a folder, and the program on a port."""

    folder: Path
    app: Flask
    receiver: Receiver
    callbacks: list[tuple[dict[str, str], bytes]]

    def text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8-sig")

    def jobs(self) -> list[dict[str, Any]]:
        key = {"Authorization": f"Bearer {KEY}"}
        found: list[dict[str, Any]] = self.app.test_client().get("/api/v1/jobs", headers=key).json["jobs"]
        return found

    def called(self) -> str:
        """Return the event that the receiver is told of once the newest job has ended."""
        key = {"Authorization": f"Bearer {KEY}"}
        self.app.test_client().get(f"{self.jobs()[0]['url']}/wait?wait_s=60", headers=key)
        konspekt(self.app).integrations.webhooks.run_once(datetime.now(UTC))
        told = self.receiver.received.pop()
        assert told.is_signed_with(SECRET.encode())
        self.callbacks.append((told.headers, told.body))
        event: str = told.json["event"]
        return event


def recipes() -> dict[int, dict[str, str]]:
    """Return the blocks of each task by their languages."""
    parts = re.split(r"^## (\d+)\. .*$", COOKBOOK, flags=re.MULTILINE)
    return {
        int(number): dict(re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        for number, text in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.fixture
def kitchen(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kitchen]:
    monkeypatch.setattr(event_streams, "WAIT_S", 0.05)
    monkeypatch.setattr(event_streams, "PAUSE_S", 0.0)
    app = make_app(
        transcriber="pocketsphinx", api_key=KEY, webhook_secret=SECRET, allowed_networks="127.0.0.1/32",
        max_active_jobs=100,
    )  # fmt: skip
    parts = konspekt(app)
    put_service(app, WiredService(parts.config, parts.jobs._store, parts.engines, STAGES))
    folder = tmp_path / "kitchen"
    folder.mkdir()
    write_wav(folder / "meeting.wav", english("We open the office."))
    (folder / "call.vtt").write_text(CALL, encoding="utf-8")
    server, over = make_server("127.0.0.1", 0, app, threaded=True), threading.Event()

    def work() -> None:
        while not over.is_set():
            if not konspekt(app).jobs.worker.run_once():
                over.wait(0.02)

    threads = [threading.Thread(target=work), threading.Thread(target=server.serve_forever, args=(0.05,))]
    for thread in threads:
        thread.start()
    with Receiver() as receiver:
        monkeypatch.chdir(folder)
        for name, value in (
            ("KONSPEKT", f"http://127.0.0.1:{server.server_port}"),
            ("KEY", KEY),
            ("RECEIVER", receiver.url),
            ("SECRET", SECRET),
        ):
            monkeypatch.setenv(name, value)
        yield Kitchen(folder, app, receiver, [])
    over.set()
    server.shutdown()
    for thread in threads:
        thread.join()
    server.server_close()


def the_minutes_are_a_word_document(kitchen: Kitchen) -> None:
    assert any("office" in paragraph.text for paragraph in docx.Document("minutes.docx").paragraphs)


def there_are_subtitles(kitchen: Kitchen) -> None:
    assert re.match(r"1\n00:00:0\d,\d+ --> .*\n.*office", kitchen.text("meeting.srt"), re.DOTALL)


def the_minutes_have_the_decision(kitchen: Kitchen) -> None:
    assert "We decided to meet on Monday" in kitchen.text("minutes.md")


def it_was_sent_once(kitchen: Kitchen) -> None:
    if (kitchen.folder / "addresses.txt").exists():
        assert len(set(kitchen.text("addresses.txt").split())) == 1
        assert len(kitchen.text("addresses.txt").split()) == 3


def it_was_followed_to_its_end(kitchen: Kitchen) -> None:
    assert kitchen.text("events.txt").rstrip().endswith("event: end")


def it_was_called(kitchen: Kitchen) -> None:
    assert kitchen.called() == "job.done"


def the_line_is_corrected(kitchen: Kitchen) -> None:
    assert "We decided to meet on Tuesday." in kitchen.text("corrected.txt")


def the_assignment_has_its_day(kitchen: Kitchen) -> None:
    assert "20261215" in kitchen.text("assignments.ics")
    (row,) = csv.DictReader(kitchen.text("assignments.csv").splitlines())
    assert any("report" in value for value in row.values())


def there_is_a_link(kitchen: Kitchen) -> None:
    address = "/shared/" + json.loads(kitchen.text("share.json"))["url"].split("/shared/")[1]
    assert kitchen.app.test_client().get(address).status_code == 200


def nothing_failed(kitchen: Kitchen) -> None:
    assert json.loads(kitchen.text("failed.json"))["jobs"] == []


CHECKS = {
    1: the_minutes_are_a_word_document,
    2: there_are_subtitles,
    3: the_minutes_have_the_decision,
    4: it_was_sent_once,
    5: it_was_followed_to_its_end,
    6: it_was_called,
    7: the_line_is_corrected,
    8: the_assignment_has_its_day,
    9: there_is_a_link,
    10: nothing_failed,
}


def test_every_recipe_gives_what_it_promises(kitchen: Kitchen, capsys: pytest.CaptureFixture[str]) -> None:
    assert recipes().keys() == CHECKS.keys()
    (opening,) = re.findall(
        r"and in Python from\n\n```python\n(.*?)^```$", COOKBOOK, re.MULTILINE | re.DOTALL
    )
    names: dict[str, Any] = {}
    exec(compile(opening, "opening", "exec"), names)
    for number, blocks in recipes().items():
        done = subprocess.run(
            ["bash", "-eu", "-c", blocks["sh"]], capture_output=True, text=True, timeout=90, check=False
        )
        assert done.returncode == 0, f"{number} in the shell: {done.stderr}"
        CHECKS[number](kitchen)
        exec(compile(blocks["python"], f"recipe {number}", "exec"), names)
        if number < 10:
            CHECKS[number](kitchen)
    names["http"].close()
    said = capsys.readouterr().out
    assert "2026-12-15" in said, "the eighth prints the assignments"
    assert kitchen.jobs() == [], "the tenth deletes what is done"
    assert len(kitchen.callbacks) == 2
    assert all(names["is_ours"](headers, body) for headers, body in kitchen.callbacks)
    assert not names["is_ours"](kitchen.callbacks[0][0], b"another body")
