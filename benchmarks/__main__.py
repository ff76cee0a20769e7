"""Run every benchmark module, or those that are named, and print one table.

A benchmark is a module of this package with `measure() -> Iterable[Figure]`; it is found by itself.
"""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.figure import Figure

NOT_MEASURED = {
    "__main__",
    "figure",
    "minutes_scores",
    "one_lock",
    "summary_scores",
    "talks",
    "transcription_child",
    "whisper_live",
}


def main(names: Sequence[str]) -> int:
    """Return 1 where a promise does not hold."""
    here = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    known = [name for name in here if name not in NOT_MEASURED]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    console = Console()
    table = Table("benchmark", "what", "measured", "promised", "", title="Konspekt, measured on this machine")
    holds = True
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()) as progress:
        for name in names or known:
            running = progress.add_task(name)
            for figure in importlib.import_module(f"benchmarks.{name}").measure():
                table.add_row(name, *_cells(figure))
                progress.console.print(name, *_cells(figure))
                holds = holds and figure.holds
            progress.update(running, total=1, completed=1)
    console.print(table)
    return 0 if holds else 1


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    mark = ("[green]holds" if figure.holds else "[red]misses") if figure.promise else ""
    return figure.what, f"{figure.value:.3g}{figure.unit}", figure.promise, mark


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
