"""Our own messages."""

import pytest

from app.errors import BadInput
from app.live.events import HeardUpTo
from app.web.live.protocols.base import Command
from app.web.live.protocols.konspekt import KonspektProtocol
from tests.web.live.protocols.acting import Said


def test_sound_and_commands_are_read_and_events_are_said_as_they_are() -> None:
    said = Said()
    protocol = KonspektProtocol(said.add)
    assert [*protocol.read(b"sound")] == [b"sound"]
    assert [*protocol.read('{"type": "flush"}')] == [Command.FLUSH]
    assert [*protocol.read('{"type": "end"}')] == [Command.FINISH]
    protocol.write(HeardUpTo(2.5))
    assert said == [{"type": "heard", "heard": 2.5}]


@pytest.mark.parametrize("message", ['{"eof": 1}', '{"type": "start"}', '{"type": ["end"]}', "END", "[]"])
def test_what_is_not_understood_is_refused(message: str) -> None:
    with pytest.raises(BadInput):
        [*KonspektProtocol(Said().add).read(message)]
