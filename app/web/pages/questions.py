"""What a chat model does with a recording while the visitor waits: answers, and minutes by an own prompt."""

from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.documents.downloads import DOWNLOADS
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.engines.choosing.summarizers import answers_questions, asked
from app.errors import N_, BadInput, NotFound
from app.jobs.service import UNKNOWN
from app.web.core import documents, sessions
from app.web.core.context import konspekt
from app.web.core.sync_calls import awaited_call, one_of_few_calls

if TYPE_CHECKING:
    from app.summarization.questions import Answered

EMPTY = N_("Write what you want to know first.")
LONG = N_("This may have at most %(most)d characters. Ask for one thing at a time.")
MAX_CHARS = 500
MAX_PROMPT_CHARS = 1000

bp = Blueprint("questions", __name__)


@bp.post("/jobs/<job_id>/questions")
@one_of_few_calls
def ask(job_id: str) -> ResponseReturnValue:
    """Answer `question` from the corrected lines: a page, a part of it for htmx, or JSON."""
    job = konspekt().jobs.get(sessions.owner(), job_id)
    transcript = konspekt().jobs.results.corrected(job).recording.transcript
    if transcript is None:
        raise NotFound(UNKNOWN)
    answered = _answered(transcript, _words("question", MAX_CHARS))
    if "HX-Request" in request.headers:
        return render_template("_answer.html", answered=answered, job=job, transcript=transcript)
    if not request.accept_mimetypes.accept_html:
        moments = [{"text": one.text, "start": one.start} for one in answered.moments]
        return jsonify(said=answered.said, answer=answered.text, moments=moments, engine=answered.engine)
    return render_template("question.html", answered=answered, job=job, transcript=transcript)


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


def _answered(transcript: Transcript, question: str) -> "Answered":
    from app.summarization.questions import answer  # scipy: half a second of every start

    with awaited_call() as (_, progress):
        chat = asked(konspekt().engines.summarizer(transcript.language, progress), progress)
        return answer(chat, transcript, question, progress)
