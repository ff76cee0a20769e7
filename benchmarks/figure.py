"""One line of the table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure. at_most, at_least: the promise, if there is one."""

    what: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def holds(self) -> bool:
        return not (
            (self.at_most is not None and self.value > self.at_most)
            or (self.at_least is not None and self.value < self.at_least)
        )

    @property
    def promise(self) -> str:
        bounds = ("at least", self.at_least), ("at most", self.at_most)
        return ", ".join(f"{name} {bound:g}{self.unit}" for name, bound in bounds if bound is not None)
