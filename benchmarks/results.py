"""The results of a run as JSON, written after each module, and those of an earlier run to compare with."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure


@dataclass(frozen=True, slots=True)
class Results:
    """What was measured where and when.

    Args:
        path: of the file; None: none is written.
        long: whether more was measured: only runs of the same kind compare.
    """

    path: Path | None
    long: bool
    modules: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, took_s: float, figures: list[Figure], cut_off: str | None) -> None:
        """Note what a module has measured; cut_off: why that is not all."""
        told = [{**asdict(figure), "holds": figure.holds} for figure in figures]
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        self.modules[name] = {"took_s": round(took_s, 1), "cut_off": cut_off, "load": load, "figures": told}
        if self.path:
            of = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "long": self.long}
            machine = {"machine": platform.platform(), "cores": os.cpu_count()}
            written = {**of, **machine, "modules": self.modules}
            self.path.write_text(json.dumps(written, ensure_ascii=False, indent=1), encoding="utf-8")


def earlier(path: Path) -> dict[tuple[str, str], float]:
    """Return the values of a file by module and figure. Raises SystemExit where it is none of ours."""
    try:
        modules = json.loads(path.read_text(encoding="utf-8"))["modules"]
        return {
            (name, figure["what"]): float(figure["value"])
            for name, module in modules.items()
            for figure in module["figures"]
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SystemExit(f"{path} holds no results of a benchmark: {error}") from error
