"""WhisperLive's messages."""

import json

import pytest

from app.errors import BadInput
from app.live.events import Error, Ready, Warn
from app.live.packets import SoundFormat
from app.web.live.protocols.base import Command
from app.web.live.protocols.whisperlive import END_OF_AUDIO, WhisperLiveProtocol
from tests.web.live.protocols.acting import AGAIN, HELLO_WORLD, PARTIAL, Said

HELLO = {  # as its client 0.10.0 sends it
    **{"uid": "u", "language": "en", "task": "transcribe", "model": "small", "use_vad": True},
    **{"send_last_n_segments": 2, "no_speech_thresh": 0.45, "clip_audio": False, "same_output_threshold": 10},
    **{"enable_translation": False, "target_language": "fr", "hotwords": None, "enable_diarization": False},
    **{"max_speakers": 10, "known_speakers": [], "word_timestamps": False, "initial_prompt": None},
    "vad_parameters": None,
}


def test_its_client_gets_the_last_segments_and_the_present_one() -> None:
    said = Said()
    protocol = WhisperLiveProtocol(said.add)
    opening = protocol.open(iter([json.dumps({**HELLO, "language": None})]))
    assert (opening.sound, opening.language) == (SoundFormat(16_000, 1, "f32le"), "auto")
    protocol.write(Ready("s", "an engine", "auto"))
    assert said.take() == [{"uid": "u", "message": "SERVER_READY", "backend": "faster_whisper"}]
    assert [*protocol.read(b"sound")] == [b"sound"]
    protocol.write(PARTIAL)
    present = {"start": "1.000", "end": "1.500", "text": "Hello word", "completed": False}
    assert said.take() == [{"uid": "u", "segments": [present]}]
    for _ in range(2):
        protocol.write(HELLO_WORLD)
    protocol.write(AGAIN)
    detected, *_, last = said.take()
    assert detected == {"uid": "u", "language": "en"}
    assert [(one["text"], one["completed"]) for one in last["segments"]] == [
        ("Hello, world.", True),
        ("Again.", True),
    ]
    assert [*protocol.read(END_OF_AUDIO)] == [Command.FINISH]


def test_what_is_not_heeded_is_told_and_words_and_speakers_come_where_they_are_wanted() -> None:
    said = Said()
    protocol = WhisperLiveProtocol(said.add)
    wishes = {"initial_prompt": "Konspekt", "word_timestamps": True, "enable_diarization": True}
    assert protocol.open(iter([json.dumps(HELLO | wishes)])).speakers
    protocol.write(Ready("s", "an engine", "en"))
    assert said.take()[1]["status"] == "WARNING"
    protocol.write(AGAIN)
    [segment] = said.take()[0]["segments"]
    assert (segment["speaker"], segment["words"][0]["word"]) == ("Speaker 2", "Again.")
    protocol.write(Warn("x", "a warning"))
    protocol.write(Error("x", "an error"))
    assert [(one["status"], one["message"]) for one in said] == [
        ("WARNING", "a warning"),
        ("ERROR", "an error"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        {"uid": None},
        {"task": "translate"},
        {"enable_translation": True},
        {"known_speakers": [{"name": "Anna"}]},
        {"language": "xx"},
        {"something_new": 1},
    ],
)
def test_what_cannot_be_done_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        WhisperLiveProtocol(Said().add).open(iter([json.dumps(HELLO | asked)]))


def test_text_in_the_middle_is_refused() -> None:
    with pytest.raises(BadInput):
        [*WhisperLiveProtocol(Said().add).read("stop")]
