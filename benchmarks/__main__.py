"""Run every benchmark module, or those that are named; each figure is printed as it comes.

A benchmark is a module of this package with `measure() -> Iterable[Figure]` and `TAKES_MIN`, the minutes that
it takes on two busy cores; it is found by itself. It runs in a process of its own, for ten minutes at most.
"""

import argparse
import pkgutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.figure import Figure
from benchmarks.one import NotWholeError, measured
from benchmarks.results import Results, earlier

NOT_MEASURED = {
    "__main__",
    "acts",
    "figure",
    "minutes_scores",
    "one",
    "one_lock",
    "orders",
    "results",
    "rounds",
    "same_words",
    "sentences",
    "summary_scores",
    "talks",
    "transcription_child",
    "whisper_live",
}
KNOWN = [
    module.name
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if module.name not in NOT_MEASURED
]


def main(arguments: Sequence[str]) -> int:
    """Return 1 where a promise does not hold, or a module did not come to its end."""
    wanted = _arguments(arguments)
    if unknown := sorted(set(wanted.names) - set(KNOWN)):
        raise SystemExit(f"no benchmark {', '.join(unknown)}; there are {', '.join(KNOWN)}")
    before = earlier(wanted.against) if wanted.against else {}
    results, console = Results(wanted.json, wanted.long), Console(highlight=False)
    holds = True
    for name in wanted.names or KNOWN:
        began, figures, why = time.monotonic(), list[Figure](), None
        try:
            for told in measured(name, long=wanted.long):
                if isinstance(told, Figure):
                    figures.append(told)
                    console.print(_line(name, told, before))
                else:
                    console.print(f"[bold]{name}[/]: " + (_LONG if wanted.long else f"about {told:g} min"))
        except NotWholeError as error:
            why = str(error)
            console.print(f"[red]{name} is not whole: {why}")
        took_s = time.monotonic() - began
        console.print(f"{name} took {took_s / 60:.1f} min")
        results.add(name, took_s, figures, why)
        holds = holds and why is None and all(figure.holds for figure in figures)
    return 0 if holds else 1


_LONG = "more rounds, an hour perhaps"


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure, beside the peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(KNOWN)}; all by default")
    parser.add_argument("--long", action="store_true", help="measure more rounds and longer recordings")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    parser.add_argument("--against", type=Path, metavar="FILE", help="print an earlier --json beside them")
    return parser.parse_args(arguments)


def _line(name: str, figure: Figure, before: Mapping[tuple[str, str], float]) -> str:
    mark = ("[green]holds[/]" if figure.holds else "[red]misses[/]") if figure.promise else ""
    line = f"  {figure.what}: [bold]{figure.value:.3g}{figure.unit}[/] {figure.promise} {mark}".rstrip()
    earlier_value = before.get((name, figure.what))
    return line if earlier_value is None else f"{line}  (before: {earlier_value:.3g}{figure.unit})"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended too
    sys.exit(main(sys.argv[1:]))
