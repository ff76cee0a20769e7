"""Start and stop of the program's own threads, which the servers of `wsgi` call around their serving."""

import sys
import tempfile
import threading

import structlog
from flask import Flask, request
from sqlalchemy.exc import OperationalError

from app.engines.choosing import transcribers
from app.errors import N_, AppError, Overloaded
from app.jobs.loop import start_loop
from app.web.core import api_key
from app.web.core.context import Konspekt, konspekt
from app.web.core.reading.process import LOOK_S

log = structlog.get_logger(__name__)

STOP_S = 5  # open answers may take so long to finish after SIGTERM, and jobs to stop
RESTART_S = 2
OPEN_API = (
    "WARNING: the API answers whoever reaches {host}, and asks for no key. Close it: flask keys add NAME"
)
NO_SUCH_MODEL = (
    "WARNING: KONSPEKT_WHISPER_MODEL={model} is no size of Whisper, and there is no model of that name in"
    " models/whisper. Nothing hears by it. Sizes: flask models list"
)
NO_BOOT = 3  # gunicorn's own status, by which its master ends too and starts no other worker


def start_parts(app: Flask) -> None:
    """Start the program's own threads; where the database is away, try until it is back."""
    parts = konspekt(app)
    incoming = parts.config.incoming_dir
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(incoming.resolve())
    parts.engines.device.start()
    start_loop("fetch-whisper", parts.engines.whisper_fetch.run_once, parts.stopping)
    start_loop("fetch-models", parts.model_fetches.run_once, parts.stopping)
    parts.reading.enable()
    start_loop("reading", parts.reading.run_once, parts.stopping, LOOK_S)
    if not _start_jobs(parts):
        app.before_request(refuse_until_started)
        threading.Thread(target=_keep_starting, args=(parts,), name="konspekt-starter", daemon=True).start()


def _start_jobs(parts: Konspekt) -> bool:
    try:
        parts.jobs.start()
    except OperationalError as error:
        log.warning("the database cannot be reached; trying again", reason=str(error.orig))
        return False
    except AppError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NO_BOOT) from None
    if api_key.is_open_to_others(parts):
        print(OPEN_API.format(host=parts.config.host), file=sys.stderr)
    if transcribers.is_unknown(parts.config, parts.engines.device.kind):
        print(NO_SUCH_MODEL.format(model=parts.config.whisper_model), file=sys.stderr)
    start_loop("clips", parts.jobs.clips.run_once, parts.stopping)
    start_loop("pictures", parts.jobs.pictures.run_once, parts.stopping)
    parts.started.set()
    return True


def _keep_starting(parts: Konspekt) -> None:
    while not parts.stopping.wait(RESTART_S) and not _start_jobs(parts):
        pass


def refuse_until_started() -> None:
    if not konspekt().started.is_set() and request.blueprint not in ("health", "metrics"):
        raise Overloaded(N_("The program is starting. Please try again in a moment."), RESTART_S)


def stop_parts(app: Flask) -> None:
    """End open streams and the program's own threads; running jobs go on after the next start."""
    parts = konspekt(app)
    parts.stopping.set()
    parts.live.stop()
    parts.model_fetches.close()
    parts.reading.stop()
    parts.jobs.clips.stop()
    parts.jobs.pictures.stop()
    parts.jobs.stop(STOP_S)
    parts.engines.close()
