"""What other programs' clients ask for: what is not known here is refused by name."""

from collections.abc import Collection, Mapping
from typing import Any

from app.errors import N_, BadInput

NOT_DONE = N_("The server cannot do what %(name)s asks for. Leave it out.")


def refuse_others(asked: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise BadInput where something unknown is asked for; what is switched off is not asked for."""
    for name, value in asked.items():
        if name not in known and value not in (None, False, "", "false", 0, [], {}):
            raise BadInput(NOT_DONE, name=name[:50])
