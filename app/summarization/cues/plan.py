"""How firmly a sentence says what is to be done next."""

from enum import Enum


class Plan(Enum):
    """CONCLUDED: decided as it is said; PLANNED: if nobody objects; PROPOSED: if somebody takes it."""

    CONCLUDED = "concluded"
    PLANNED = "planned"
    PROPOSED = "proposed"
