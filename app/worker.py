"""The entry of Celery's workers: `celery -A app.worker worker`, or `make worker`.

The pool is Celery's prefork with one child. The child does the jobs and loads the models, once; the parent
loads neither them nor torch, so it can speak with the broker, count the time limits and put another child in
the place of one that was killed while a model computes. Torch is not forked: the child imports it. Another
child on the same machine (`--concurrency 2`) loads the models again; threads of one process are what the
program has without Celery.
"""

import logging
import os
import signal
import sys
import time
from multiprocessing import get_context
from typing import Any

from celery import signals

from app import tracing
from app.config import Config
from app.jobs.celery_app import TASK, make_celery
from app.jobs.database import DATABASE_AWAY
from app.jobs.queues import QUEUES
from app.jobs.worker_process import WorkerProcess
from app.web.core import logs
from app.web.core.server import own_folders, read_config

logger = logging.getLogger(__name__)

RETRY_S = 2.0


def _settings() -> Config:
    config = read_config()
    if config.queue_url is None:
        print("Set KONSPEKT_QUEUE_URL to the Redis that the web processes use.", file=sys.stderr)
        raise SystemExit(2)
    return config


config = _settings()
celery = make_celery(config)
_ending = get_context("fork").Event()  # set by the parent, read by its children
_process: WorkerProcess | None = None


def work(task: Any, job_id: str) -> None:
    """Do the next job of the queue by which the message came; that of `job_id` may wait still."""
    assert _process is not None
    queue = task.request.delivery_info["routing_key"]
    try:
        if not _process.work(queue if queue in QUEUES else QUEUES[0]):
            logger.debug("a message for job %s: none waits", job_id)
    except DATABASE_AWAY as error:
        logger.warning("the database does not answer: %s", str(error).partition("\n")[0])
        time.sleep(RETRY_S)  # the message is gone, the job's row is not: it is sent again


def _log(**_: object) -> None:
    logs.configure(config)


def _start(**_: object) -> None:
    """Start the child. One that cannot would still take messages, so its parent ends, for all to see."""
    try:
        _put_together()
    except Exception:
        logger.exception("this worker cannot start")
        os.kill(os.getppid(), signal.SIGQUIT)  # the end that Celery tells as a failure
        raise


def _put_together() -> None:
    """Put the program together, and wait for a database that is away."""
    global _process
    from app import create_app
    from app.web.core.context import konspekt

    tracing.start(config.otlp_endpoint)
    parts = konspekt(create_app(own_folders(config)))
    while True:
        try:
            parts.jobs.prepare()
            break
        except DATABASE_AWAY as error:
            logger.warning("the database cannot be reached; trying again: %s", error)
            time.sleep(RETRY_S)
    make_process = parts.jobs.parts.worker_process
    assert make_process is not None
    _process = make_process(_ending.is_set)
    _process.start(tuple(name for name in QUEUES if name in celery.amqp.queues.consume_from))


def _stop(**_: object) -> None:
    if _process:
        _process.stop()
    tracing.stop()


def _give_back(**_: object) -> None:
    """Have the job in hand given back with its finished stages: Celery would wait for its end."""
    _ending.set()


celery.task(work, name=TASK, bind=True)
signals.setup_logging.connect(_log)
signals.worker_process_init.connect(_start)
signals.worker_process_shutdown.connect(_stop)
signals.worker_shutting_down.connect(_give_back)
