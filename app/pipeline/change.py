"""Change: one version of what people have corrected in a recording, as its journal keeps it."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from app.documents.corrections import Line
from app.documents.minutes import Minutes
from app.documents.well_formed import well_formed_line, well_formed_minutes


@dataclass(frozen=True, slots=True)
class Change:
    """One version. lines: key -> the line as it is now, None where it is deleted; minutes: all of them.

    drop_minutes: those that a person has changed give way to those of the stage. Where that writes them
    anew, replaced: those that it had written; anew: which of SECTIONS it writes, none: all; language: which
    they are to be in. own: of minutes that are brought back, the sections that a person has written.
    """

    lines: dict[int, Annotated[Line, AfterValidator(well_formed_line)] | None]
    minutes: Annotated[Minutes, AfterValidator(well_formed_minutes)] | None = None
    drop_minutes: bool = False
    replaced: Annotated[Minutes, AfterValidator(well_formed_minutes)] | None = None
    anew: tuple[str, ...] = ()
    language: str | None = None
    own: tuple[str, ...] | None = None
