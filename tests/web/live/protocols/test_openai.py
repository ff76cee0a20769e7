"""OpenAI's Realtime API, transcription sessions."""

import base64
import json
from dataclasses import replace

import pytest

from app.live.events import Error, Final, Flushed
from app.live.packets import SoundFormat
from app.web.live.protocols.base import Command
from app.web.live.protocols.openai import OpenAiProtocol
from tests.web.live.protocols.acting import AGAIN, HELLO_WORLD, PARTIAL, Said

APPEND = json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(b"sound").decode()})
COMMIT = '{"type": "input_audio_buffer.commit"}'
CLEAR = '{"type": "input_audio_buffer.clear"}'
DELTA, COMPLETED = (f"conversation.item.input_audio_transcription.{what}" for what in ("delta", "completed"))


def update(**sound: object) -> str:
    session = {"type": "transcription", "audio": {"input": sound}}
    return json.dumps({"type": "session.update", "event_id": "mine", "session": session})


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def protocol(said: Said) -> OpenAiProtocol:
    return OpenAiProtocol(said.add)


def kinds(said: Said) -> list[str]:
    return [message["type"] for message in said]


def test_what_is_set_before_the_sound_opens_the_stream(protocol: OpenAiProtocol, said: Said) -> None:
    wish = update(format={"type": "audio/pcm", "rate": 16_000}, transcription={"language": "ru"})
    opening = protocol.open(iter([CLEAR, wish, APPEND]))
    assert (opening.sound, opening.language, opening.early) == (SoundFormat(16_000), "ru", (b"sound",))
    assert kinds(said) == ["session.created", "input_audio_buffer.cleared", "session.updated"]
    assert said[-1]["session"]["audio"]["input"]["transcription"]["language"] == "ru"
    assert said[0]["session"]["audio"]["input"]["format"]["rate"] == 24_000


def test_pauses_make_items_and_their_text_grows_in_deltas(protocol: OpenAiProtocol, said: Said) -> None:
    protocol.open(iter([APPEND]))
    assert [*protocol.read(APPEND)] == [b"sound"]
    said.clear()
    protocol.write(PARTIAL)
    protocol.write(HELLO_WORLD)
    started, first, more, stopped, committed, added, completed = said.take()
    assert (started["audio_start_ms"], stopped["audio_end_ms"]) == (1000, 2000)
    assert first["delta"] + more["delta"] == "Hello, world."
    assert committed["type"] == "input_audio_buffer.committed"
    assert completed["transcript"] == "Hello, world."
    items = {started["item_id"], first["item_id"], committed["item_id"], added["item"]["id"]}
    assert items == {completed["item_id"]}
    protocol.write(AGAIN)
    assert kinds(said)[1] == DELTA
    assert said[1]["delta"] == "Again."
    assert said[3]["previous_item_id"] == completed["item_id"]


def test_what_is_heard_otherwise_by_the_end_comes_with_the_end(protocol: OpenAiProtocol, said: Said) -> None:
    protocol.open(iter([APPEND]))
    said.clear()
    protocol.write(replace(PARTIAL, settled="Yellow"))
    protocol.write(HELLO_WORLD)
    assert [message["delta"] for message in said if message["type"] == DELTA] == ["Yellow"]
    assert said[-1]["transcript"] == "Hello, world."


def test_where_the_client_commits_an_item_holds_all_before_it(protocol: OpenAiProtocol, said: Said) -> None:
    protocol.open(iter([update(turn_detection=None), APPEND]))
    said.clear()
    protocol.write(HELLO_WORLD)
    protocol.write(AGAIN)
    assert [(message["type"], message["delta"]) for message in said.take()] == [
        (DELTA, "Hello, world."),
        (DELTA, " Again."),
    ]
    assert [*protocol.read(COMMIT)] == [Command.FLUSH]
    assert kinds(said) == ["input_audio_buffer.committed", "conversation.item.added"]
    item = said.take()[0]["item_id"]
    protocol.write(AGAIN)
    protocol.write(Flushed(5.0))
    [completed] = said.take()
    assert (completed["type"], completed["item_id"]) == (COMPLETED, item)
    assert completed["transcript"] == "Hello, world. Again. Again."
    assert [*protocol.read(COMMIT)] == []
    assert said.take()[0]["error"]["message"] == "There is no new sound in the buffer."


def test_what_is_cleared_is_forgotten(protocol: OpenAiProtocol, said: Said) -> None:
    protocol.open(iter([APPEND]))
    said.clear()
    assert [*protocol.read(CLEAR)] == [Command.FLUSH]
    assert kinds(said) == ["input_audio_buffer.cleared"]
    protocol.write(HELLO_WORLD)
    protocol.write(Flushed(2.0))
    [*protocol.read(APPEND)]
    assert [*protocol.read(COMMIT)] == [Command.FLUSH]
    protocol.write(AGAIN)
    protocol.write(Flushed(4.0))
    assert [message["transcript"] for message in said if message["type"] == COMPLETED] == ["Again."]


@pytest.mark.parametrize(
    "message",
    [
        '{"type": "response.create"}',
        '{"type": "input_audio_buffer.append", "audio": "no base64"}',
        '{"type": "input_audio_buffer.append"}',
        '{"type": "session.update", "session": {"type": "realtime"}}',
        '{"type": "session.update", "session": {"type": "transcription", "include": ["x"]}}',
        update(format={"type": "audio/pcmu"}),
        update(format={"type": "audio/pcm", "rate": 1}),
        update(format={"type": "audio/pcm", "rate": 8_000}),
        update(transcription={"language": "ru"}),
        update(transcription={"model": "whisper-9"}),
        update(transcription=["x"]),
        "[]",
        b"sound",
    ],
)
def test_a_mistake_is_told_and_the_session_goes_on(
    protocol: OpenAiProtocol, said: Said, message: str | bytes
) -> None:
    protocol.open(iter([APPEND]))
    said.clear()
    assert [*protocol.read(message)] == []
    [told] = said.take()
    assert (told["type"], told["error"]["type"]) == ("error", "invalid_request_error")
    assert told["error"]["event_id"] == ("mine" if "mine" in str(message) else None)
    assert [*protocol.read(APPEND)] == [b"sound"]


def test_the_end_of_a_stream_is_told_as_an_error(protocol: OpenAiProtocol, said: Said) -> None:
    protocol.write(Error("too_long", "Start another."))
    assert said[0]["error"]["code"] == "too_long"


def test_no_text_is_lost_where_a_commit_comes_with_pauses_making_items(
    protocol: OpenAiProtocol, said: Said
) -> None:
    protocol.open(iter([APPEND]))
    said.clear()
    assert [*protocol.read(COMMIT)] == [Command.FLUSH]
    protocol.write(HELLO_WORLD)
    protocol.write(Flushed(2.0))
    assert isinstance(AGAIN, Final)
    protocol.write(AGAIN)
    texts = [message["transcript"] for message in said if message["type"] == COMPLETED]
    assert texts == ["Hello, world.", "Again."]
