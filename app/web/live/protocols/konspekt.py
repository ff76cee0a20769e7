"""Our own messages: an event is sent as it is. docs/live.md is the protocol."""

import json
from collections.abc import Iterable

from app.errors import N_, BadInput
from app.live.events import Event, to_dict
from app.web.live.protocols.base import Command, Received, Say
from app.web.live.protocols.json_message import read_object

COMMANDS = {"end": Command.FINISH, "flush": Command.FLUSH}
UNKNOWN = N_('The message was not understood: send sound, or {"type": "end"}; see docs/live.md.')


class KonspektProtocol:
    """Speaks as docs/live.md says."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def read(self, message: str | bytes) -> Iterable[Received]:
        if isinstance(message, bytes):
            return (message,)
        command = COMMANDS.get(str(read_object(message).get("type")))
        if command is None:
            raise BadInput(UNKNOWN)
        return (command,)

    def write(self, event: Event) -> None:
        self._say(json.dumps(to_dict(event), ensure_ascii=False))
