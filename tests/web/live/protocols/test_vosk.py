"""Vosk's websocket: one answer for each packet."""

import pytest

from app.errors import BadInput
from app.live.events import End, Flushed
from app.live.packets import SoundFormat
from app.web.live.protocols.base import Command
from app.web.live.protocols.vosk import VoskProtocol
from tests.web.live.protocols.acting import AGAIN, HELLO_WORLD, PARTIAL, Said

CONFIG = '{"config": {"sample_rate": 8000.0}}'


def test_each_packet_is_answered_once_and_what_is_left_comes_after_the_eof() -> None:
    said = Said()
    protocol = VoskProtocol(said.add)
    assert protocol.open(iter([CONFIG])).sound == SoundFormat(8000)

    def answers(*events: object) -> list[dict[str, object]]:
        for event in events:
            protocol.write(event)  # type: ignore[arg-type]
        assert [*protocol.read(b"packet")] == [b"packet"]
        return said.take()

    assert answers() == [{"partial": ""}]
    assert answers(PARTIAL) == [{"partial": "Hello word"}]
    [result] = answers(HELLO_WORLD, AGAIN)
    assert result["text"] == "Hello, world."
    assert result["result"] == [
        {"conf": 0.5, "end": 1.4, "start": 1.0, "word": "Hello,"},
        {"conf": 1.0, "end": 2.0, "start": 1.5, "word": "world."},
    ]
    assert answers()[0]["text"] == "Again."
    assert answers() == [{"partial": ""}]
    protocol.write(HELLO_WORLD)
    assert [*protocol.read('{"eof" : 1}')] == [Command.FINISH]
    assert said.take() == []
    protocol.write(AGAIN)
    protocol.write(End(5.0))
    [rest] = said.take()
    assert (rest["text"], len(rest["result"])) == ("Hello, world. Again.", 3)


def test_words_are_left_out_where_they_are_not_wanted_and_a_reset_gives_what_is_there() -> None:
    said = Said()
    protocol = VoskProtocol(said.add)
    protocol.open(iter(['{"config": {"sample_rate": 16000, "words": false, "phrase_list": []}}']))
    assert [*protocol.read('{"reset": 1}')] == [Command.FLUSH]
    protocol.write(HELLO_WORLD)
    protocol.write(Flushed(2.0))
    assert said.take() == [{"text": "Hello, world."}]
    assert [*protocol.read('{"config": {"words": true}}')] == []


@pytest.mark.parametrize(
    "first",
    [
        b"\0\0",
        "{}",
        '{"config": {}}',
        '{"config": 5}',
        '{"config": {"sample_rate": "16000"}}',
        '{"config": {"sample_rate": 16000, "phrase_list": ["yes", "no"]}}',
        '{"config": {"sample_rate": 16000, "max_alternatives": 3}}',
    ],
)
def test_what_would_be_misread_is_refused(first: str | bytes) -> None:
    with pytest.raises(BadInput):
        VoskProtocol(Said().add).open(iter([first]))


@pytest.mark.parametrize("message", ['{"config": {"sample_rate": 16000}}', '{"grammar": ["x"]}', "eof"])
def test_a_stream_is_not_changed_in_its_middle(message: str) -> None:
    protocol = VoskProtocol(Said().add)
    protocol.open(iter([CONFIG]))
    with pytest.raises(BadInput):
        [*protocol.read(message)]
