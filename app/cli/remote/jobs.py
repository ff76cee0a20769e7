"""konspekt jobs: recordings are sent to a server elsewhere, and their documents come back."""

from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.options import LANGUAGE, SPEAKERS, TERMS
from app.cli.output import FORCE, OUT
from app.cli.remote.results import end, ended, fetch, tell
from app.cli.remote.server import Job, Server, opened
from app.cli.several import AS_JSON, QUIET
from app.cli.terminal import readable_errors, words
from app.documents.downloads import DOWNLOADS
from app.documents.forms import FORMS
from app.errors import N_
from app.pipeline import SWITCHES

STATES = ("queued", "running", "done", "failed", "cancelled")
USUAL = "minutes.docx"
NO_DOCUMENT = N_("There is no document “%(name)s”. There are: %(names)s.")
TEXTS = (".srt", ".vtt", ".txt")  # of what was said: only minutes are written of them
IDS = click.argument("job_ids", metavar="ID…", nargs=-1, required=True)


@click.group()
@click.option("--server", envvar="KONSPEKT_SERVER", default="http://localhost:5000", show_default=True,
              help="Its address; also KONSPEKT_SERVER.")  # fmt: skip
@click.option("--key", envvar="KONSPEKT_KEY", help="A key of its API; also KONSPEKT_KEY.")
@click.pass_context
def jobs(context: click.Context, server: str, key: str | None) -> None:
    """Send recordings to a server elsewhere, and get their documents."""
    context.obj = context.with_resource(opened(server, key))


def _document(_context: click.Context, _option: click.Parameter, names: Sequence[str]) -> Sequence[str]:
    for name in names:
        if name not in DOWNLOADS:
            raise click.BadParameter(words(NO_DOCUMENT, name=name, names=", ".join(DOWNLOADS)))
    return names


DOCUMENTS = click.option(
    "--format", "names", multiple=True, callback=_document, metavar="minutes.docx",
    help="A document, as minutes.docx, transcript.srt or everything.zip; again for more.",
)  # fmt: skip


@jobs.command()
@click.argument("sources", metavar="FILE|URL…", nargs=-1, required=True)
@LANGUAGE
@SPEAKERS
@TERMS
@click.option("--model", default="auto", help="Whisper's size, one of those that the server has.")
@click.option("--form", type=click.Choice(tuple(FORMS)), default="minutes", help="Of the minutes.")
@click.option("--with", "switches", multiple=True, type=click.Choice(tuple(SWITCHES)),
              help="What is done besides; again for more.")  # fmt: skip
@click.option("--wait", is_flag=True, help="Wait for the end; -o and --format do so too.")
@DOCUMENTS
@OUT
@FORCE
@QUIET
@AS_JSON
@click.pass_obj
def send(
    server: Server, sources: tuple[str, ...], language: str, speakers: str | None, terms: str, model: str,
    form: str, switches: tuple[str, ...], wait: bool, names: tuple[str, ...], out: Path | None, force: bool,
    quiet: bool, as_json: bool,
) -> None:  # fmt: skip
    """Send recordings; with -o FOLDER wait for them, and write their documents there."""
    fields = {"language": language, "terms": terms, "model": model, "form": form}
    fields |= {"speakers": speakers} if speakers else {}
    fields |= dict.fromkeys(switches, "true")
    with readable_errors():
        for source in sources:
            if "://" not in source and not Path(source).is_file():
                raise click.UsageError(words(N_("There is no file %(name)s."), name=source))
        sent = [_sent(server, source, fields) for source in sources]
        if wait or names or out:
            done = ended(server, sent, quiet or as_json)
            tell(done, as_json, quiet)
            if names or out:
                fetch(server, done, names or (USUAL,), out or Path(), force, quiet or as_json)
            end(done)
        else:
            tell(sent, as_json, quiet)


@jobs.command("list")
@click.option("--status", multiple=True, type=click.Choice(STATES), help="Only these; again for more.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1), help="How many.")
@AS_JSON
@click.pass_obj
def list_jobs(server: Server, status: tuple[str, ...], most: int, as_json: bool) -> None:
    """List the jobs, newest first."""
    tell([*server.jobs(status, most)], as_json)


@jobs.command()
@IDS
@AS_JSON
@click.pass_obj
def show(server: Server, job_ids: tuple[str, ...], as_json: bool) -> None:
    """Say how far jobs are."""
    tell([server.job(job_id) for job_id in job_ids], as_json)


@jobs.command()
@IDS
@QUIET
@AS_JSON
@click.pass_obj
def wait(server: Server, job_ids: tuple[str, ...], quiet: bool, as_json: bool) -> None:
    """Wait for the end of jobs."""
    with readable_errors():
        done = ended(server, [server.job(job_id) for job_id in job_ids], quiet or as_json)
        tell(done, as_json, quiet)
        end(done)


@jobs.command()
@IDS
@DOCUMENTS
@OUT
@FORCE
@QUIET
@click.pass_obj
def get(
    server: Server, job_ids: tuple[str, ...], names: tuple[str, ...], out: Path | None, force: bool,
    quiet: bool,
) -> None:  # fmt: skip
    """Write the documents of jobs into a folder, or one of them into a file."""
    with readable_errors():
        found = [server.job(job_id) for job_id in job_ids]
        fetch(server, found, names or (USUAL,), out or Path(), force, quiet)


@jobs.command()
@IDS
@click.pass_obj
def cancel(server: Server, job_ids: tuple[str, ...]) -> None:
    """Cancel jobs; what has ended stays as it is."""
    tell([server.do(job_id, "cancel") for job_id in job_ids])


@jobs.command()
@IDS
@click.pass_obj
def retry(server: Server, job_ids: tuple[str, ...]) -> None:
    """Try failed or cancelled jobs again; what was finished is not done again."""
    tell([server.do(job_id, "retry") for job_id in job_ids])


@jobs.command()
@IDS
@click.pass_obj
def delete(server: Server, job_ids: tuple[str, ...]) -> None:
    """Delete jobs with all their files."""
    for job_id in job_ids:
        server.delete(job_id)
        click.echo(words(N_("%(name)s is deleted."), name=job_id), err=True)


def _sent(server: Server, source: str, fields: dict[str, str]) -> Job:
    if "://" in source:
        return server.send({**fields, "url": source})
    path = Path(source)
    if path.suffix.lower() in TEXTS:
        return server.send({**fields, "text": path.read_text("utf-8-sig", "replace"), "name": path.name})
    with path.open("rb") as file:
        return server.send(fields, file, path.name)
