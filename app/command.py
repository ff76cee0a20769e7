"""The command `konspekt` of an installed program: all that `flask …` does, the server, and jobs elsewhere."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
from click.shell_completion import get_completion_class
from flask.cli import ScriptInfo

from app import create_app
from app.cli import COMMANDS, translated
from app.cli.remote.jobs import jobs
from app.documents.catalogues import compile_catalogues
from app.web.core.server import main as serve_until_stopped
from app.web.core.server import read_config

COMPLETE = "_KONSPEKT_COMPLETE"  # by which click knows that a shell asks


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="konspekt", message="%(prog)s %(version)s")
def konspekt() -> None:
    """Recorded meetings become their minutes, on your own machine.

    Settings are variables of the environment, or lines of .env in the folder that `konspekt home` names.
    """


@konspekt.command()
def serve() -> None:
    """Start the server, until Ctrl-C."""
    serve_until_stopped(create_app)


@konspekt.command()
def home() -> None:
    """Print the folder of settings, recordings and results."""
    click.echo(read_config().beside_run_py)


@konspekt.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print what completes this command in a SHELL: eval "$(konspekt completion bash)"."""
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(konspekt, {}, "konspekt", COMPLETE).source())


for command in (*COMMANDS, jobs):
    konspekt.add_command(command)


def main() -> None:
    """Do what the command line says; settings are read once a command needs the program."""
    with TemporaryDirectory(prefix="konspekt-") as folder:
        group = konspekt
        if translated.speaks_otherwise():
            translated.use(compile_catalogues(Path(folder)))
            group = translated.translated(konspekt)
        run(group)


def run(group: click.Group) -> None:
    """Read the command line."""
    group(
        prog_name="konspekt",
        complete_var=COMPLETE,
        obj=ScriptInfo(create_app=lambda: create_app(read_config()), load_dotenv_defaults=False),
    )
