"""The speech lab in the browser: its experiment, its report, and a page that reads text aloud."""

import re

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.config.home import shipped
from app.documents.minutes import Minutes
from app.engines.sound import SpokenVoice
from app.errors import N_, AppError, BadInput, EngineUnavailable, NotFound
from app.pipeline.read_aloud import FORMATS, MAX_LETTERS, choose_voice, read_aloud
from app.training.experiment.results import FILE, load
from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.errors import translate
from app.web.core.sync_calls import awaited_call, one_of_few_calls

LAB = shipped("docs/lab")
# The report is one file: its style stands in it, its pictures are data: URLs, and nothing in it runs.
REPORT_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
SYSTEMS = {  # of the experiment, by their names in its results
    "natural": N_("natural"),
    "base": N_("base"),
    "improved": N_("improved"),
    "multi-speaker": N_("multi-speaker"),
    "multi-speaker with repair": N_("multi-speaker with repair"),
    "improved, not augmented": N_("improved, not augmented"),
    "improved, not cleaned": N_("improved, not cleaned"),
    "vocoder alone": N_("the recording, by the vocoder alone"),
    "damaged": N_("the damaged recording"),
    "repair alone": N_("the damaged recording, by the repair alone"),
    "multi-speaker and repair, trained apart": N_("multi-speaker and repair, trained apart"),
    "multi-speaker with repair, by the vocoder": N_("multi-speaker with repair, by the vocoder"),
}
HEARD = re.compile(r"experiment-[a-z0-9-]+\.(png|mp3)")
SPEEDS = ("0.75", "1", "1.25", "1.5")

bp = Blueprint("lab", __name__)


@bp.get("/lab")
def experiment() -> ResponseReturnValue:
    """Show what voices trained in different ways have reached under one budget."""
    try:
        found = load(LAB / FILE)
    except FileNotFoundError:
        found = None
    return render_template(
        "lab.html", found=found, systems=SYSTEMS, has_report=(LAB / "report.html").exists()
    )


@bp.get("/lab/<file>")
def heard(file: str) -> ResponseReturnValue:
    """Give a chart or a sound of the experiment."""
    if not HEARD.fullmatch(file) or not (LAB / file).exists():
        raise NotFound(N_("There is no such file in the report of the speech lab."))
    return send_file(LAB / file, conditional=True)


@bp.get("/lab/report")
def report() -> ResponseReturnValue:
    """Show what our own nets were measured at."""
    if not (LAB / "report.html").exists():
        raise NotFound(N_("There is no report of the speech lab yet. Make it: make lab-report"))
    answer = Response((LAB / "report.html").read_text(encoding="utf-8"), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = REPORT_CSP
    return answer


@bp.get("/speak")
def page() -> ResponseReturnValue:
    """Show the form; `?job=` fills in the minutes of a recording."""
    job_id, text = request.args.get("job"), ""
    if job_id:
        jobs = konspekt().jobs
        minutes = jobs.results.corrected(jobs.get(sessions.owner(), job_id)).recording.minutes
        text = aloud(minutes)[:MAX_LETTERS] if minutes else ""
    return form(text)


def form(text: str = "", refusal: AppError | None = None) -> ResponseReturnValue:
    voices: tuple[SpokenVoice, ...] = ()
    try:
        voices = konspekt().engines.voices()
    except EngineUnavailable as error:
        refusal = refusal or error
    shown = render_template(
        "speak.html",
        text=text,
        voices=voices,
        speeds=SPEEDS,
        formats=list(FORMATS),
        max_letters=MAX_LETTERS,
        chosen=choose_voice("auto", text, voices) if voices and text else None,
        refusal=translate(refusal) if refusal else None,
    )
    return shown, refusal.status if refusal else 200


@bp.post("/speak")
@one_of_few_calls
def speak() -> ResponseReturnValue:
    """Answer with the sound, for the player of the page or of the browser."""
    text, kind, speed = (request.form.get(name, "") for name in ("text", "format", "speed"))
    kind, speed = kind if kind in FORMATS else "mp3", speed if speed in SPEEDS else "1"
    try:
        if len(text) > MAX_LETTERS:
            raise BadInput(N_("The text is too long: at most %(most)s letters."), most=MAX_LETTERS)
        engine, voice = konspekt().engines.synthesizer(), request.form.get("voice", "auto")
        with awaited_call() as (folder, progress):
            sound = read_aloud(text, voice, float(speed), kind, folder, engine, progress).read_bytes()
    except BadInput as refusal:
        return form(text, refusal)
    answer = Response(sound, content_type=FORMATS[kind])
    answer.headers["Content-Disposition"] = f'inline; filename="speech.{kind}"'
    return answer


def aloud(minutes: Minutes) -> str:
    """Return the minutes as sentences: what was spoken of, what was decided, who does what."""
    lines: list[str] = []
    for topic in minutes.topics:
        lines += [topic.title, *(point.text for point in topic.points)]
    lines += [point.text for point in minutes.decisions]
    lines += [": ".join(part for part in (item.who, item.text) if part) for item in minutes.action_items]
    once = [line.strip() for line in dict.fromkeys(lines) if line.strip()]
    return "\n".join(line if line[-1] in ".!?…" else f"{line}." for line in once)
