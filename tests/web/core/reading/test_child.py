"""What the process makes of a request is what the program answers by itself."""

from pathlib import Path

from flask import Flask
from werkzeug.test import EnvironBuilder

from app.web.core.reading.child import answered
from tests.web.visitor import Visitor


def environ(app: Flask, path: str, cookie: str, **options: str) -> dict[str, str]:
    """Write a request as it is sent to the process: its texts alone."""
    built = EnvironBuilder(path, headers={"Cookie": cookie, **options}).get_environ()
    return {name: value for name, value in built.items() if isinstance(value, str)}


def test_its_answers_are_those_of_the_program(
    app: Flask, anna: Visitor, boris: Visitor, tmp_path: Path
) -> None:
    job = anna.done("совещание")
    for visitor, status in ((anna, "200 OK"), (boris, "404 NOT FOUND")):
        for file in ("download/transcript.md", "transcript", "download/transcript.txt?form=protocol"):
            path = f"/jobs/{job.id}/{file}"
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            made = answered(app, environ(app, path, f"session={cookie.value}"), tmp_path)
            assert made is not None
            here = visitor.client.get(path)
            assert made[0] == here.status == status
            assert status != "200 OK" or made[2].read_bytes() == here.data
            assert dict(made[1]).get("ETag") == here.headers.get("ETag")
            assert dict(made[1])["Content-Type"] == here.headers["Content-Type"]
            made[2].unlink()


def test_an_answer_that_finds_no_room_is_none(app: Flask, tmp_path: Path) -> None:
    assert answered(app, environ(app, "/", ""), tmp_path / "missing") is None
