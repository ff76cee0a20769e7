"""Start and stop of the program's own threads, which the servers of `wsgi` call around their serving."""

import os
import sys
import tempfile
import threading
from functools import partial

import structlog
from flask import Flask, request

from app import tracing
from app.engines.choosing import transcribers
from app.engines.choosing.whisper_speed import LOOK_S, WhisperSpeed
from app.errors import N_, AppError, Overloaded
from app.jobs.database import DATABASE_AWAY
from app.jobs.job import JobStatus
from app.jobs.loop import start_loop
from app.web.core import api_key
from app.web.core.context import Konspekt, konspekt
from app.web.core.departed import LOOK_S as LOOK_FOR_DEPARTED_S
from app.web.core.departed import forget_streams
from app.web.core.reading.process import LOOK_S as READING_LOOK_S

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
    tracing.start(parts.config.otlp_endpoint)
    incoming = parts.config.incoming_dir
    incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
    tempfile.tempdir = str(incoming.resolve())
    parts.engines.device.start()
    start_loop("fetch-whisper", parts.engines.whisper_fetch.run_once, parts.stopping)
    start_loop("fetch-models", parts.model_fetches.run_once, parts.stopping)
    for start in parts.services:
        start()
    parts.reading.enable()
    start_loop("reading", parts.reading.run_once, parts.stopping, READING_LOOK_S)
    if not _start_jobs(parts):
        app.before_request(refuse_until_started)
        threading.Thread(target=_keep_starting, args=(parts,), name="konspekt-starter", daemon=True).start()


def _start_jobs(parts: Konspekt) -> bool:
    try:
        parts.integrations.check()
        parts.jobs.start()
    except DATABASE_AWAY as error:
        log.warning("the database cannot be reached; trying again", reason=str(error).partition("\n")[0])
        return False
    except AppError as error:
        print(error, file=sys.stderr)
        raise SystemExit(NO_BOOT) from None
    if api_key.is_open_to_others(parts):
        print(OPEN_API.format(host=parts.config.host), file=sys.stderr)
    if transcribers.is_unknown(parts.config, parts.engines.device.kind):
        print(NO_SUCH_MODEL.format(model=parts.config.whisper_model), file=sys.stderr)
    start_loop("departed", partial(forget_streams, parts), parts.stopping, LOOK_FOR_DEPARTED_S)
    start_loop("clips", parts.jobs.clips.run_once, parts.stopping)
    start_loop("pictures", parts.jobs.pictures.run_once, parts.stopping)
    start_loop("speed", _whisper_speed(parts).run_once, parts.stopping, LOOK_S)
    parts.started.set()
    return True


def _whisper_speed(parts: Konspekt) -> WhisperSpeed:
    def idle() -> bool:
        if parts.stopping.is_set() or parts.live.n_open:
            return False
        counts = parts.jobs.counts()
        return not (counts.get(JobStatus.RUNNING) or counts.get(JobStatus.QUEUED))

    return WhisperSpeed(
        parts.config,
        parts.engines.device,
        lambda: parts.engines.loaded_whisper,
        idle,
        parts.model_fetches.request,
    )


def _keep_starting(parts: Konspekt) -> None:
    try:
        while not parts.stopping.wait(RESTART_S) and not _start_jobs(parts):
            pass
    except SystemExit:  # in a thread it would end the thread alone
        os._exit(NO_BOOT)


def refuse_until_started() -> None:
    if not konspekt().started.is_set() and request.blueprint not in ("health", "metrics"):
        raise Overloaded(N_("The program is starting. Please try again in a moment."), RESTART_S)


def stop_parts(app: Flask) -> None:
    """End open streams and the program's own threads; running jobs go on after the next start."""
    parts = konspekt(app)
    parts.stopping.set()
    parts.live.stop()
    if parts.live_servers:
        parts.live_servers.leave()
    parts.model_fetches.close()
    parts.reading.stop()
    parts.jobs.clips.stop()
    parts.jobs.pictures.stop()
    parts.jobs.stop(STOP_S)
    parts.engines.close()
    tracing.stop()
