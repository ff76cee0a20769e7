"""What a stage is: its function, how its result is kept, and what the rest of the program knows of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from app.engines.registry import Engines
from app.errors import N_
from app.pipeline.recording import Recording
from app.progress import Progress

Stage = Callable[[Recording, Engines, Progress], Recording]
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Artifact(Generic[F]):
    """How a stage's result is kept as JSON: a record F of plain values, which is validated when it is read.

    Args:
        file: its name in `Recording.folder`.
        form: checks that what was read is an F.
        dump: takes the result out of a recording. TypeError: the stage has not left any.
        load: puts it back; None where the stage must run again.
        engine: names, for people, which engine made it.
    """

    file: str
    form: TypeAdapter[F]
    dump: Callable[[Recording], F]
    load: Callable[[Recording, F], Recording | None]
    engine: Callable[[Recording], str]


@dataclass(frozen=True, slots=True)
class StageInfo:
    """A stage for the rest of the program.

    Args:
        name: in the job's row and in JSON; also of its file and of its function.
        artifact: how its result is kept.
        run: the function; None where it is made from the settings (`app/integrations/wiring.py`).
        title: its name for people, `sentence` what the page says while it runs: gettext templates.
        switch: its label on the upload form, for a stage that is off unless a visitor switches it on.
        always: every uploaded recording goes through it.
        of_sound_alone: needs nothing but the speech, so it is done also where a stage before it has failed.
        typical_cost: seconds of work per second of sound, as a rule (small models, two cores). Only the share
            of a stage in the whole rests on it; times that are shown are measured.
    """

    name: str
    artifact: Artifact[Any]
    run: Stage | None = None
    title: str = ""
    sentence: str = N_("Working")
    switch: str = ""
    always: bool = False
    of_sound_alone: bool = False
    typical_cost: float = 0.1
