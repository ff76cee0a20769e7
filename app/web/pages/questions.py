"""What a chat model does with recordings while the visitor waits: answers, and minutes by an own prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.documents.downloads import DOWNLOADS
from app.documents.minutes import Minutes
from app.documents.transcript import Segment, Transcript
from app.engines.choosing.summarizers import answers_questions, asked
from app.errors import N_, BadInput, NotFound
from app.jobs.job import Job
from app.jobs.service import UNKNOWN
from app.summarization.words import script_language
from app.web.core import documents, sessions
from app.web.core.context import konspekt
from app.web.core.sync_calls import awaited_call, one_of_few_calls

if TYPE_CHECKING:
    from app.summarization.questions import Answered

EMPTY = N_("Write what you want to know first.")
LONG = N_("This may have at most %(most)d characters. Ask for one thing at a time.")
MAX_CHARS = 500
MAX_PROMPT_CHARS = 1000
MOST_RECORDINGS = 8  # that one answer is looked for in

bp = Blueprint("questions", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer is said. recording: its id, and its name; start: seconds."""

    recording: str
    name: str
    start: float
    text: str


@bp.post("/jobs/<job_id>/questions")
@one_of_few_calls
def ask(job_id: str) -> ResponseReturnValue:
    """Answer `question` from the corrected lines: a page, a part of it for htmx, or JSON."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    transcript = konspekt().jobs.results.corrected(job).recording.transcript
    if transcript is None:
        raise NotFound(UNKNOWN)
    answered = _answered(transcript, _words("question", MAX_CHARS))
    return _shown(answered, [(job, one) for one in transcript.segments], transcript.language, job)


@bp.post("/recordings/questions")
@one_of_few_calls
def ask_all() -> ResponseReturnValue:
    """Answer `question` from those of the visitor's recordings that it is about, in the same three forms."""
    question = _words("question", MAX_CHARS)
    asked_about = konspekt().jobs.finder.about(sessions.owner(), question, MOST_RECORDINGS)
    said = [(job, line) for job in asked_about for line in _lines(job)]
    language = script_language((question,), None)
    together = Transcript(tuple(line for _, line in said), language, "", 0.0)
    return _shown(_answered(together, question), said, language)


@bp.post("/jobs/<job_id>/own/<file>")
@one_of_few_calls
def own(job_id: str, file: str) -> Response:
    """Have the chat model write what `prompt` asks for, as one of the documents of minutes."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    wanted = _words("prompt", MAX_PROMPT_CHARS)
    if file not in DOWNLOADS or DOWNLOADS[file].kind != "minutes":
        raise NotFound(UNKNOWN)
    from app.summarization.own_prompt import write_own  # scipy: half a second of every start

    with awaited_call() as (_, progress):

        def write(transcript: Transcript) -> Minutes:
            chat = asked(konspekt().engines.summarizer(transcript.language, progress), progress)
            return write_own(chat, transcript, wanted, progress)

        return documents.document(job, file, own=write)


def possible() -> bool:
    """Tell whether there is a chat model to ask."""
    parts = konspekt()
    return answers_questions(parts.config, parts.engines.device.kind)


def _words(field: str, most: int) -> str:
    words = " ".join(request.form.get(field, "").split())
    if not words:
        raise BadInput(EMPTY)
    if len(words) > most:
        raise BadInput(LONG, most=most)
    return words


def _lines(job: Job) -> tuple[Segment, ...]:
    transcript = konspekt().jobs.results.corrected(job).recording.transcript
    return transcript.segments if transcript else ()


def _shown(
    answered: "Answered", said: Sequence[tuple[Job, Segment]], language: str | None, job: Job | None = None
) -> ResponseReturnValue:
    """Render an answer from these lines; job: all of them are of this one."""
    places = [Place(of.id, of.name, line.start, line.text) for of, line in (said[n] for n in answered.lines)]
    if "HX-Request" in request.headers:
        return render_template("_answer.html", answered=answered, places=places, spoken=language, job=job)
    if not request.accept_mimetypes.accept_html:
        moments: list[dict[str, object]] = [{"text": one.text, "start": one.start} for one in places]
        if job is None:
            for moment, one in zip(moments, places, strict=True):
                moment |= {"job_id": one.recording, "name": one.name}
        return jsonify(said=answered.said, answer=answered.text, moments=moments, engine=answered.engine)
    return render_template("question.html", answered=answered, places=places, spoken=language, job=job)


def _answered(transcript: Transcript, question: str) -> "Answered":
    from app.summarization.questions import answer  # scipy: half a second of every start

    with awaited_call() as (_, progress):
        chat = asked(konspekt().engines.summarizer(transcript.language, progress), progress)
        return answer(chat, transcript, question, progress)
