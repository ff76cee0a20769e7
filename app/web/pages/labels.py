"""/lab/labels: what `flask lab label` has heard is listened to, corrected and accepted before a training."""

from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.errors import N_, BadInput, NotAllowed, NotFound
from app.training.corpus import labels
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.this_machine import sits_here

A_PAGE = 20  # recordings
ELSEWHERE = N_(
    "Labels are files of the server, so they are corrected on that machine only. From elsewhere, come through"
    " a tunnel: ssh -L 5000:localhost:5000 SERVER"
)

bp = Blueprint("labels", __name__, url_prefix="/lab/labels")


def corpora() -> list[Path]:
    """Return the labelled folders in `data/raw`. Raises NotAllowed to who is not on this machine."""
    if not sits_here():
        raise NotAllowed(ELSEWHERE)
    return sorted(table.parent for table in (konspekt().config.data_dir / "raw").glob("*/metadata.csv"))


@bp.get("")
def page() -> ResponseReturnValue:
    """Show which corpora there are, and how much of each is accepted."""
    found = [(folder.name, labels.read_labels(folder)) for folder in corpora()]
    return render_template("labels.html", corpora=found)


@bp.get("/<corpus>")
def listed(corpus: str) -> ResponseReturnValue:
    """Show the labels to be read over; `?all=1`: the accepted ones as well."""
    return _shown(corpus)


@bp.get("/<corpus>/<name>.wav")
def listen(corpus: str, name: str) -> ResponseReturnValue:
    """Give the recording to the player."""
    return send_file(labels.sound_of(_folder(corpus), name).resolve(), mimetype="audio/wav", conditional=True)


@bp.post("/<corpus>/<name>")
def accept(corpus: str, name: str) -> ResponseReturnValue:
    """Keep a label as it stands in the form, and show the next ones."""
    folder, text = _folder(corpus), request.form.get("text", "")
    try:
        labels.accept(folder, name, text)
    except BadInput as refusal:
        return _shown(corpus, refused=name, refusal=translate(refusal)), refusal.status
    every = "1" if request.form.get("all") else None
    return redirect(url_for("labels.listed", corpus=corpus, all=every), HTTPStatus.SEE_OTHER)


def _shown(corpus: str, refused: str = "", refusal: str = "") -> str:
    every = bool(request.values.get("all"))
    found = labels.read_labels(_folder(corpus))
    wanted = [label for label in found if every or not label.accepted]
    start = min(max(0, request.args.get("from", 0, type=int)), max(0, len(wanted) - 1))
    start -= start % A_PAGE
    return render_template(
        "labels_of.html",
        corpus=corpus,
        labels=wanted[start : start + A_PAGE],
        start=start,
        more=start + A_PAGE if start + A_PAGE < len(wanted) else None,
        n=len(found),
        n_accepted=sum(label.accepted for label in found),
        every=every,
        refused=refused,
        refusal=refusal,
    )


def _folder(corpus: str) -> Path:
    """Return a labelled folder by its name: only those that are listed."""
    for folder in corpora():
        if folder.name == corpus:
            return folder
    raise NotFound(N_("There is no such corpus in data/raw."))
