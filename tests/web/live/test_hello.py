"""The first message of a stream: its defaults, and one sentence about what is wrong with it."""

import json
from typing import Any

import pytest
from flask import Flask

from app.errors import BadInput
from app.live.packets import SoundFormat
from app.web.live.hello import Hello, read_hello


@pytest.fixture(autouse=True)
def context(app: Flask) -> Any:
    with app.test_request_context():
        yield


def test_an_empty_object_is_enough() -> None:
    hello = read_hello("{}")
    assert hello == Hello()
    assert hello.sound == SoundFormat(16_000, 1, "s16le")
    assert (hello.language, hello.mode) == ("auto", "live")
    assert (hello.keep, hello.recording, hello.from_s) == (False, None, 0)


def test_every_field_is_read_and_others_are_passed_over() -> None:
    sound = {"sample_rate": 48_000, "channels": 2, "format": "f32le", "language": "ru"}
    told = {**sound, "mode": "file", "keep": True, "recording": "0f" * 16, "from": 12, "client": "mine"}
    hello = read_hello(json.dumps(told))
    assert hello.sound == SoundFormat(48_000, 2, "f32le")
    assert (hello.language, hello.mode, hello.keep) == ("ru", "file", True)
    assert (hello.recording, hello.from_s) == ("0f" * 16, 12.0)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ('{"config": {"sample_rate": 8000}, "channels": 1}', "WhisperLive and Vosk"),
        ('{"uid": "x", "language": "en", "task": "transcribe"}', "WhisperLive and Vosk"),
        ('{"encoding": "linear16"}', "Nothing of the first message"),
    ],
)
def test_other_programs_clients_are_not_taken_for_ours(message: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_hello(message)


@pytest.mark.parametrize("message", ["", "{", "[]", "5", "null", '"x"', b"{}", None])
def test_what_is_no_object_is_refused(message: object) -> None:
    with pytest.raises(BadInput, match="must be a JSON object"):
        read_hello(message)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        *(
            ("sample_rate", value, "between 8000 and 192000")
            for value in (7_999, 192_001, 16e3, "16000", True, None)
        ),
        *(("channels", value, "between 1 and 8") for value in (0, 9, 1.0, "1")),
        *(("format", value, "s16le or f32le") for value in ("mp3", 5, ["s16le"], None)),
        *(("mode", value, "live or file") for value in ("batch", None, {})),
        *(("keep", value, "true or false") for value in (1, "yes", None)),
        *(("recording", value, "what “ready” named") for value in (5, ["x"])),
        *(
            ("from", value, "must be seconds")
            for value in (-1, "0", True, None, 1e9, float("nan"), float("inf"))
        ),
        *(("language", value, "Unknown language") for value in ("xx", 5, None)),
    ],
)
def test_a_wrong_field_is_named_with_what_is_right(name: str, value: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_hello(json.dumps({name: value}))
