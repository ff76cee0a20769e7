"""Upkeep from a terminal: flask models, flask janitor."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext
from rich.progress import Progress, ProgressColumn, Task
from rich.text import Text

from app.cli.several import SOME_FAILED
from app.cli.terminal import COLUMNS, CONSOLE, FAILED, parts, readable_errors, words
from app.engines.weights import origin
from app.engines.weights.catalogue import CATALOGUE, find
from app.engines.weights.condition import check
from app.engines.weights.fetch import fetch
from app.engines.weights.sources import Weights
from app.errors import N_, EngineFailed, NotFound
from app.integrations.wiring import Integrations
from app.jobs.folders import Folders
from app.jobs.janitor import Janitor
from app.jobs.store import JobStore
from app.jobs.voices import Voices

models = AppGroup("models", help="Weights: which there are, and how to get them.")


class Fetched(ProgressColumn):
    """How much of a file is here, and how fast it comes."""

    def render(self, task: Task) -> Text:
        done, total, speed = (f"{(n or 0) / 1e6:.1f}" for n in (task.completed, task.total, task.speed))
        return Text(
            words(N_("%(done)s of %(total)s MB, %(speed)s MB/s"), done=done, total=total, speed=speed)
        )


@models.command("list")
def list_models() -> None:
    """List what can be fetched, how large it is and from where, and what is here."""
    models_dir = parts().config.models_dir
    for name, weights in CATALOGUE.items():
        if weights.present(models_dir):
            source = origin.read(weights, models_dir) or words(N_("elsewhere"))
            state = words(N_("here, from %(source)s"), source=source)
        else:
            titles = words(N_(", else ")).join(source.title for source in weights.sources)
            state = words(N_("from %(source)s"), source=titles)
        size = words(N_("%(n)s MB"), n=f"{weights.size_bytes / 1e6:.0f}")
        click.echo(f"{name:<30}{size:>9}  {state}")


NAMES = click.argument("names", metavar="NAME...", nargs=-1, required=True)


@models.command("fetch")
@NAMES
def fetch_models(names: Sequence[str]) -> None:
    """Fetch the weights of each NAME; where it broke off, it goes on."""
    _each(names, _fetch)


@models.command("check")
@NAMES
def check_models(names: Sequence[str]) -> None:
    """Compare the files of each NAME with the published checksums."""
    _each(names, _check)


def _each(names: Sequence[str], do: Callable[[Weights], None]) -> None:
    """Do it with each, once all names are known; one that fails is told, and the others are done."""
    with readable_errors():
        wanted = [find(name) for name in dict.fromkeys(names)]
    failed = 0
    for weights in wanted:
        try:
            with readable_errors():
                do(weights)
        except click.ClickException as error:
            if len(wanted) == 1:
                raise
            failed += 1
            click.echo(words(FAILED, name=weights.name, reason=error.message), err=True)
    if failed:
        sys.exit(SOME_FAILED)


def _fetch(weights: Weights) -> None:
    config = parts().config
    if weights.present(config.models_dir):
        click.echo(words(N_("%(name)s is here already."), name=weights.name))
        return
    with Progress(*COLUMNS, Fetched(), console=CONSOLE) as bars:
        row = bars.add_task(weights.name, total=weights.size_bytes)
        fetch(
            weights,
            config.models_dir,
            lambda done: bars.update(row, completed=int(done * weights.size_bytes)),
            config.disk_reserve_bytes,
            config.weights_mirror,
        )
    source = origin.read(weights, config.models_dir)
    click.echo(words(N_("%(name)s is here, from %(source)s."), name=weights.name, source=source))


def _check(weights: Weights) -> None:
    models_dir = parts().config.models_dir
    if not weights.present(models_dir):
        raise NotFound(
            N_("%(name)s is not here. Get it: %(command)s"), name=weights.name, command=weights.command
        )
    with Progress(*COLUMNS, console=CONSOLE) as bars:
        row = bars.add_task(weights.name, total=1.0)
        damaged = check(weights, models_dir, lambda done: bars.update(row, completed=done))
    if damaged:
        raise EngineFailed(
            N_("%(files)s is not the published file. Delete it and run “%(command)s”."),
            files=", ".join(damaged),
            command=weights.command,
        )
    click.echo(words(N_("%(name)s is as it was published."), name=weights.name))


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@with_appcontext
def janitor(dry_run: bool) -> None:
    """Delete what was kept long enough."""
    config = parts().config
    store = JobStore(config)
    store.migrate()
    now = datetime.now(UTC)
    if dry_run:
        over = [job for job in store.visible() if job.expires_at is not None and job.expires_at <= now]
        for job in over:
            click.echo(f"{job.id}  {job.name}")
        click.echo(words(N_("%(n)d would be deleted."), n=len(over)))
    else:
        hooks, voices = Integrations(config, store).hooks, Voices(store, config.voice_memory_days)
        swept = Janitor(store, Folders(config), hooks, voices).sweep(now)
        left = swept.orphans + swept.stale_uploads
        click.echo(words(N_("%(n)d deleted, %(left)d leftovers removed."), n=swept.removed, left=left))
    store.close()
