"""Transcription by OpenAI's API: the official client works unchanged when it is pointed at this server."""

import os
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, jsonify, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound

from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.wav import WavFile
from app.documents.render import RENDERERS
from app.documents.transcript import Transcript
from app.engines.base import TranscribeOptions
from app.engines.compute.device import Priority
from app.errors import N_, JobCancelled, Overloaded
from app.pipeline.stages.transcribe import hear
from app.progress import Progress
from app.web.api import transcription_answers
from app.web.api.transcription_schema import ERROR, TranscriptionForm
from app.web.core.api_key import check_key
from app.web.core.context import konspekt
from app.web.core.multipart import Part, linger
from app.web.core.security import csrf

FRAME_BYTES = 2**20  # what the form's other fields and the multipart frame add to the file
RETRY_AFTER_S = 30

P = ParamSpec("P")
T = TypeVar("T")

RESPONSES: dict[int | str, Any] = {
    200: {
        "description": "The transcript, in `response_format`.",
        "content": {kind: {} for kind in ("application/json", "text/plain", "text/event-stream")},
    }
}

bp = APIBlueprint("openai", __name__, url_prefix="/v1", tag="OpenAI")
bp.before_request(check_key)


def init_app(app: Flask) -> None:
    csrf.exempt(bp)  # no cookie opens anything here
    app.extensions["openai_calls"] = threading.BoundedSemaphore(konspekt(app).config.max_sync_calls)
    app.config.update(
        VALIDATION_ERROR_STATUS_CODE=400, VALIDATION_ERROR_SCHEMA=ERROR, HTTP_ERROR_SCHEMA=ERROR
    )
    app.register_blueprint(bp)


def large_body(view: Callable[P, T]) -> Callable[P, T]:
    """Let a recording be sent here, if the disk has room for it. It stands above `bp.input`."""

    @wraps(view)
    def admitted(*args: P.args, **kwargs: P.kwargs) -> T:
        konspekt().jobs.admit(0, request.content_length or 0)
        request.max_content_length = konspekt().config.max_upload_bytes + FRAME_BYTES
        return view(*args, **kwargs)

    return admitted


@contextmanager
def call_slot() -> Iterator[None]:
    """Take one of the places of synchronous calls. Raises Overloaded where there is none."""
    calls: threading.BoundedSemaphore = current_app.extensions["openai_calls"]
    if not calls.acquire(blocking=False):
        linger()
        raise Overloaded(N_("The server is overloaded, please try again later."), retry_after_s=RETRY_AFTER_S)
    try:
        yield
    finally:
        calls.release()


def one_of_few_calls(view: Callable[P, T]) -> Callable[P, T]:
    """Refuse a call beyond the cap before its body is read."""

    @wraps(view)
    def capped(*args: P.args, **kwargs: P.kwargs) -> T:
        with call_slot():
            return large_body(view)(*args, **kwargs)

    return capped


@bp.post("/audio/transcriptions")
@one_of_few_calls
@bp.input(TranscriptionForm, location="form_and_files", arg_name="form")
@bp.doc(
    summary="Transcribe a recording",
    description="Answers when the transcript is ready. For long recordings use the page: it has a queue.",
    responses=RESPONSES,
)
def transcriptions(form: dict[str, Any]) -> Response:
    options = TranscribeOptions(
        language=form["language"].lower().partition("-")[0],
        prompt=form["prompt"],
        temperature=form["temperature"],
        priority=Priority.INTERACTIVE,
    )
    incoming = konspekt().config.uploads_dir / "incoming"
    with tempfile.TemporaryDirectory(prefix="call-", dir=incoming) as folder:
        transcript = _transcribe(received(form["file"]), Path(folder), options)
    if form["stream"]:
        return Response(transcription_answers.events(transcript), mimetype="text/event-stream")
    match form["response_format"]:
        case "json":
            return jsonify(transcription_answers.plain(transcript))
        case "verbose_json":
            return jsonify(transcription_answers.verbose(transcript, form["timestamp_granularities"]))
        case text_format:
            return Response(RENDERERS[text_format](transcript), content_type="text/plain; charset=utf-8")


@bp.get("/models")
@bp.doc(
    summary="List the models",
    description="One, under the name that clients ask for: the engine that is set up.",
)
def models() -> Response:
    return jsonify(object="list", data=[_model(name) for name in MODELS])


@bp.get("/models/<name>")
@bp.doc(summary="Describe a model")
def model(name: str) -> Response:
    if name not in MODELS:
        raise NotFound
    return jsonify(_model(name))


MODELS = ("whisper-1",)


def _model(name: str) -> dict[str, str | int]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "konspekt"}


def received(file: FileStorage) -> Path:
    """Return where the uploaded file lies; it is gone when the request is over."""
    part = file.stream
    assert isinstance(part, Part)
    part.close()
    return part.path


def _transcribe(source: Path, folder: Path, options: TranscribeOptions) -> Transcript:
    config, engines = konspekt().config, konspekt().engines
    progress = while_asked(folder)
    speech = folder / "speech.wav"
    limits = Limits(config.max_duration_s, config.disk_reserve_bytes)
    try:
        decode_speech(source, speech, limits=limits, progress=progress)
        return hear(WavFile(speech), engines, options, progress)
    except JobCancelled:
        raise Overloaded(N_("The server is being restarted. Please try again."), RETRY_AFTER_S) from None


def while_asked(folder: Path) -> Progress:
    """Return a progress that stops the work when the client has gone away or the server stops.

    It also keeps `folder` fresh, so that the janitor does not take it for one that was left behind.
    """
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    stopping = konspekt().stopping

    def progress(_done: float) -> None:
        if stopping.is_set() or _hung_up(connection):
            raise JobCancelled
        os.utime(folder)

    return progress


def _hung_up(connection: socket.socket | None) -> bool:
    if connection is None or isinstance(connection, ssl.SSLSocket) or sys.platform == "win32":
        return False  # TLS cannot be peeked into, and Windows cannot peek without waiting
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
