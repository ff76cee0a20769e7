"""/models: what hears, writes, cleans and makes vectors; what can be fetched for it, how far that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.engines.choosing import chat_speed
from app.engines.choosing.inventory import Option, Role, inventory
from app.engines.choosing.transcribers import wanted_weights
from app.engines.choosing.whisper_sizes import measured, to_fetch
from app.engines.weights import catalogue
from app.engines.weights.facts import WHISPER_MILLIONS, Facts, Work
from app.engines.weights.sources import Weights
from app.errors import N_, Conflict, NotAllowed
from app.jobs.speed import Speed
from app.pipeline import INFOS
from app.web.core.context import konspekt
from app.web.core.machine import machine
from app.web.core.this_machine import sits_here

HOUR_S = 3600.0
NOT_FETCHED_HERE = N_(
    "This server does not let its pages fetch this model. Whoever runs it gets it by %(command)s, or lets"
    " visitors do it by KONSPEKT_FETCH_FROM_PAGE."
)
NOT_HERE = N_("%(name)s is not here, so there is nothing to check. Fetch it first.")
TITLES: Mapping[Work, str] = {
    "transcribe": N_("Hears what is said"),
    "summarize": N_("Writes the minutes"),
    "clean": N_("Cleans speech"),
    "diarize": N_("Tells speakers apart"),
    "vectorize": N_("Makes vectors"),
}

bp = Blueprint("models", __name__, url_prefix="/models")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long an hour of sound takes.

    basis: "here" where it was measured on this machine with this model; "guess" where it was reckoned from
    others; "core": seconds of one core, reckoned from those of the table in docs/recordings.md.
    """

    hour_s: float
    basis: Literal["here", "guess", "core"]


@bp.get("")
def page() -> ResponseReturnValue:
    """Show the models, and the machine that they compute on."""
    return render_template("models.html", **_shown())


@bp.get("/list")
def listed() -> ResponseReturnValue:
    """Give the list alone: what the page asks for while something is fetched or checked."""
    return render_template("_models.html", **_shown())


@bp.post("/<name>/fetch")
def fetch(name: str) -> ResponseReturnValue:
    """Have a model fetched, after those that were asked for before."""
    weights = catalogue.find(name)
    _check_allowed(weights)
    konspekt().model_fetches.request(weights)
    return _answer(weights)


@bp.post("/<name>/check")
def check(name: str) -> ResponseReturnValue:
    """Have the files of a model compared with the published checksums."""
    weights = catalogue.find(name)
    _check_allowed(weights)
    if not weights.present(konspekt().config.models_dir):
        raise Conflict(NOT_HERE, name=name)
    konspekt().model_fetches.request(weights, "check")
    return _answer(weights)


@bp.post("/<name>/cancel")
def cancel(name: str) -> ResponseReturnValue:
    weights = catalogue.find(name)
    _check_allowed(weights)
    konspekt().model_fetches.cancel(name)
    return _answer(weights)


def _check_allowed(weights: Weights) -> None:
    if not may_fetch(weights):
        raise NotAllowed(NOT_FETCHED_HERE, command=weights.command)


def may_fetch(weights: Weights) -> bool:
    """Say whether the present visitor may have this model fetched, as KONSPEKT_FETCH_FROM_PAGE says."""
    match konspekt().config.fetch_from_page:
        case "nobody":
            return False
        case "anything":
            return True
    config, device = konspekt().config, konspekt().engines.device
    return sits_here() or weights in wanted_weights(config, device.kind)


def _answer(weights: Weights) -> ResponseReturnValue:
    """Show the list to a script, the page to a plain form."""
    if "HX-Request" in request.headers:
        return listed()
    return redirect(url_for("models.page", _anchor=f"model-{weights.name}"), HTTPStatus.SEE_OTHER)


def _shown() -> dict[str, object]:
    parts = konspekt()
    device = parts.engines.device
    roles = inventory(parts.config, device.kind, parts.engines.hearing())
    speeds = parts.jobs.speeds.by_engine()
    tasks = parts.model_fetches.tasks()
    speed = measured(parts.config, device.kind) if parts.config.whisper_model == "auto" else None
    return {
        "roles": roles,
        "hears": speed,
        "best": to_fetch(parts.config, device.kind)[0],
        "writes": chat_speed.expected(parts.config, device.kind),
        "writes_measured": chat_speed.measured(parts.config, device.kind) is not None,
        "titles": TITLES,
        "paces": {
            option.weights.name: pace
            for role in roles
            for option in role.options
            if (pace := _pace(option, role, speeds, device.kind))
        },
        "tasks": tasks,
        "first": next(iter(tasks.values()), None),
        "underway": parts.model_fetches.underway(),
        "errors": parts.model_fetches.errors,
        "may_fetch": may_fetch,
        "machine": machine(device, parts.config.compute_threads, parts.config.models_dir),
    }


def _pace(option: Option, role: Role, speeds: Mapping[tuple[str, str], Speed], kind: str) -> Pace | None:
    """Say how long an hour takes: as measured, else reckoned from what is known. None: nothing is."""
    for engine in option.facts.engines:
        if speed := speeds.get((role.work, engine)):
            return Pace(speed.work_s(HOUR_S), "here")
    if kind != "cpu" and role.work != "summarize":
        return None  # what is known was measured on processors
    if role.work == "transcribe":
        return _whisper_pace(option, role, speeds)
    if role.work == "summarize":
        return _chat_pace(option, kind)
    return Pace(INFOS[role.work].typical_cost * HOUR_S, "guess")


def _chat_pace(option: Option, kind: str) -> Pace | None:
    """Reckon the minutes of an hour from tokens a second; those of transformers' folders are not known."""
    if not option.weights.files[0].name.endswith(".gguf"):
        return None
    took_s = chat_speed.hour_s(konspekt().config, kind, option.weights.size_bytes)
    return Pace(took_s, "guess") if took_s else None


def _whisper_pace(option: Option, role: Role, speeds: Mapping[tuple[str, str], Speed]) -> Pace | None:
    """Reckon from another size that was measured here, else from the table in the documents."""
    for other in role.options:
        for engine in _same_engine(option.facts, other.facts):
            if speed := speeds.get((role.work, engine)):
                share = _millions(option.weights) / _millions(other.weights)
                return Pace(speed.work_s(HOUR_S) * share, "guess")
    cost = option.facts.expected_cost
    return Pace(cost * HOUR_S, "core") if cost else None


def _same_engine(one: Facts, other: Facts) -> list[str]:
    kinds = {engine.partition(" ")[0] for engine in one.engines}
    return [engine for engine in other.engines if engine.partition(" ")[0] in kinds]


def _millions(weights: Weights) -> int:
    size = weights.name.rpartition("whisper-")[2].removesuffix(".en")
    return WHISPER_MILLIONS[size]
