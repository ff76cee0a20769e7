"""What comes back from a server elsewhere: how far jobs are, and their documents as files."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import click
from rich.progress import Progress

from app.cli.output import STDOUT, check, write
from app.cli.remote.server import WAIT_S, Job, Server
from app.cli.several import SOME_FAILED
from app.cli.terminal import COLUMNS, CONSOLE, FAILED, words
from app.documents.downloads import file_stem
from app.errors import N_

LOOK_S = 2.0  # at each of several jobs, whose progress is shown

STATES = {
    "queued": N_("queued"),
    "running": N_("running"),
    "done": N_("done"),
    "failed": N_("failed"),
    "cancelled": N_("cancelled"),
}
_ENDED = ("done", "failed", "cancelled")


def tell(jobs: Sequence[Job], as_json: bool = False, quiet: bool = False) -> None:
    """Print a line for each job; as_json: as the API describes it; quiet: its id alone."""
    for job in jobs:
        if as_json:
            click.echo(json.dumps(job, ensure_ascii=False))
        elif quiet:
            click.echo(job["id"])
        else:
            click.echo(f"{job['id']}  {_state(job):<16}  {job['name']}")


def ended(server: Server, jobs: Sequence[Job], quiet: bool) -> list[Job]:
    """Return the jobs when all have ended, with a bar for each meanwhile."""
    known = {job["id"]: job for job in jobs}
    with Progress(*COLUMNS, console=CONSOLE, disable=quiet) as bars:
        rows = {job_id: bars.add_task(job["name"][:30], total=1.0) for job_id, job in known.items()}
        while left := [job_id for job_id, job in known.items() if job["status"] not in _ENDED]:
            for job_id in left:
                known[job_id] = server.wait(job_id, LOOK_S if len(left) > 1 or not quiet else WAIT_S)
                bars.update(rows[job_id], completed=known[job_id]["progress"])
        for row in rows.values():
            bars.update(row, completed=1.0)
    return [*known.values()]


def fetch(
    server: Server, jobs: Sequence[Job], names: Sequence[str], out: Path, force: bool, quiet: bool
) -> None:
    """Write documents of the jobs that are done: into the folder `out` under their names, or one to it."""
    done = [job for job in jobs if job["status"] == "done"]
    single = (
        len(done) == len(jobs) == len(names) == 1 and (out == STDOUT or bool(out.suffix)) and not out.is_dir()
    )
    if not single and (out == STDOUT or out.is_file()):
        raise click.UsageError(words(N_("Several documents need a folder: -o FOLDER/")))
    if not single:
        out.mkdir(parents=True, exist_ok=True)
    for job, name, path in _places(done, names, out, single):
        kind, _, extension = name.partition(".")
        if path != STDOUT:
            check(path, path.parent, force)  # no recording of ours is there to be lost
        write(server.document(job["id"], kind, extension), path, force, quiet=quiet)


def end(jobs: Sequence[Job]) -> None:
    """End the command as it went: 3 where some of several have failed."""
    failed = [job for job in jobs if job["status"] != "done"]
    for job in failed:
        reason = (job.get("error") or {}).get("message") or words(N_("It was cancelled."))
        click.echo(words(FAILED, name=job["name"], reason=reason), err=True)
    if failed:
        sys.exit(SOME_FAILED if len(jobs) > 1 else 1)


def _state(job: Job) -> str:
    if job["status"] == "running":
        return words(N_("running %(percent)s %%"), percent=f"{100 * job['progress']:.0f}")
    if job["status"] == "queued" and job.get("position"):
        return words(N_("queued, %(place)d."), place=job["position"])
    return words(STATES.get(job["status"]) or str(job["status"]))


def _places(
    jobs: Sequence[Job], names: Sequence[str], out: Path, single: bool
) -> list[tuple[Job, str, Path]]:
    """Say where each document goes; recordings of one name are told apart by their ids."""
    if single:
        return [(jobs[0], names[0], out)]
    stems = [file_stem(PurePosixPath(job["name"]).stem) or job["id"] for job in jobs]
    places = []
    for job, stem in zip(jobs, stems, strict=True):
        own = stem if stems.count(stem) == 1 else f"{stem} {job['id'][:8]}"
        places += [(job, name, out / f"{own}.{name}") for name in names]
    return places
