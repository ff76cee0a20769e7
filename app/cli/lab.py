"""The speech lab from a terminal: flask lab corpus, label, train-…, evaluate."""

import os
import subprocess
import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from app.cli import translated
from app.cli.terminal import readable_errors, words
from app.cli.working import finished
from app.errors import N_

lab = AppGroup("lab", help="Make the corpus, train our own nets, judge them.")

LABELLED = N_("Recordings labelled: %(n)d. Read them over on /lab/labels before training.")
_ANY = {"ignore_unknown_options": True, "help_option_names": []}


def _run(modules: list[str], arguments: tuple[str, ...]) -> None:
    """Run scripts of the lab in their own process: training wants its own threads and may be killed."""
    for module in modules:
        script = [sys.executable, "-m", "app.training.script", module]
        done = subprocess.run([*script, *arguments], env=os.environ | translated.catalogues(), check=False)
        if done.returncode:
            raise SystemExit(done.returncode)


@lab.command("corpus", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def corpus(arguments: tuple[str, ...]) -> None:
    """Generate the corpus of spoken sentences."""
    _run(["corpus"], arguments or ("data/raw/speech",))


@lab.command("train-autoencoder", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def train_autoencoder(arguments: tuple[str, ...]) -> None:
    """Train the repair autoencoder; --help shows the options."""
    _run(["train_autoencoder"], arguments or ("data/trained/repair",))


@lab.command("train-multispeaker", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def train_multispeaker(arguments: tuple[str, ...]) -> None:
    """Train the multi-speaker synthesis; --help shows the options."""
    _run(["train_multispeaker"], arguments or ("data/trained/synthesis",))


@lab.command("evaluate", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate(arguments: tuple[str, ...]) -> None:
    """Judge the repair, and write tables, charts and the report."""
    _run(["evaluate"], arguments)


@lab.command("evaluate-synthesis", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def evaluate_synthesis(arguments: tuple[str, ...]) -> None:
    """Judge the synthesis."""
    _run(["evaluate_synthesis"], arguments)


@lab.command("experiment", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def experiment(arguments: tuple[str, ...]) -> None:
    """Train voices in four ways under one budget, with and without repair, and compare them."""
    _run(["experiment"], arguments)


@lab.command("ship", context_settings=_ANY)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ship(arguments: tuple[str, ...]) -> None:
    """Make of a training what comes with the program: KIND TRAINED TARGET."""
    _run(["ship"], arguments)


@lab.command("label")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--language", default="auto", help="ISO 639-1 code of the speech.")
@with_appcontext
def label(folder: Path, language: str) -> None:
    """Write down FOLDER/wavs/*.wav with the program's own transcriber into FOLDER/metadata.csv.

    What is labelled there already stays as it is; /lab/labels corrects it.
    """
    from app.training.corpus.labels import Label, read_labels, write_labels

    with readable_errors():
        labels = {one.name: one for one in read_labels(folder)}
        for path in sorted((folder / "wavs").glob("*.wav")):
            if path.stem in labels:
                continue
            with finished(path, language, ("extract", "transcribe")) as recording:
                assert recording.transcript is not None
                text = " ".join(segment.text for segment in recording.transcript.segments)
            labels[path.stem] = Label(path.stem, text, text)
            write_labels(folder, labels.values())
        click.echo(words(LABELLED, n=len(labels)))
