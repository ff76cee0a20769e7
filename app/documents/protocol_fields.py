"""What stands in a business form of minutes and no recording can know: asked of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from app.documents.sanitize import one_line
from app.errors import N_, BadInput

MAX_CHARS = 1000  # the names of a large council
WRONG_DAY = N_("Give the date of the protocol as year, month and day: 2026-11-30.")


@dataclass(frozen=True, slots=True)
class ProtocolFields:
    """Number, day, place, chair, secretary and who was present; "" or None: the form has a blank there."""

    number: str = ""
    day: date | None = None
    place: str = ""
    chair: str = ""
    secretary: str = ""
    present: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """Read what a form sends, by the names of the fields. Raises BadInput where the day is none."""
        texts = {one.name: one_line(given.get(one.name, ""))[:MAX_CHARS] for one in fields(cls)}
        try:
            day = date.fromisoformat(written) if (written := texts.pop("day")) else None
        except ValueError as error:
            raise BadInput(WRONG_DAY) from error
        return cls(day=day, **texts)


UNSAID = ProtocolFields()
