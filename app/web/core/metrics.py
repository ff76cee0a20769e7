"""/metrics for Prometheus, closed until a token is set."""

import hmac
import shutil
import time
from collections.abc import Iterator

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from werkzeug.exceptions import NotFound, Unauthorized

from app.web.core.context import Konspekt, konspekt
from app.web.core.health import checked

bp = Blueprint("metrics", __name__)


def init_app(app: Flask, parts: Konspekt) -> None:
    """Measure every answer; the rest is read from the program when it is asked for."""
    registry = CollectorRegistry()
    registry.register(_Program(parts))
    answers = Histogram(
        "konspekt_http_answer_seconds",
        "Time until an answer began.",
        ("endpoint", "method", "status"),
        registry=registry,
    )
    app.extensions["metrics"] = registry
    app.register_blueprint(bp)

    @app.before_request
    def start_clock() -> None:
        g.answer_began = time.perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        if "answer_began" in g:
            labels = (request.endpoint or "none", request.method, str(response.status_code))
            answers.labels(*labels).observe(time.perf_counter() - g.answer_began)
        return response


@bp.get("/metrics")
def metrics() -> Response:
    """Answer whoever has the token."""
    token = konspekt().config.metrics_token
    if token is None:
        raise NotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        raise Unauthorized
    registry: CollectorRegistry = current_app.extensions["metrics"]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Program(Collector):
    """Reads the state of the program at the moment of the question."""

    def __init__(self, parts: Konspekt) -> None:
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        missing = GaugeMetricFamily("konspekt_missing", "1: as /ready says, it is missing.", labels=("what",))
        for what, why in (reasons := checked(self._parts)).items():
            missing.add_metric((what,), bool(why))
        yield missing
        if reasons["database_away"]:
            return  # all else is read from it

        counts = self._parts.jobs.counts()
        jobs = GaugeMetricFamily("konspekt_jobs", "Jobs by status.", labels=("status",))
        for status, n in counts.items():
            jobs.add_metric((status.value,), n)
        yield jobs

        yield from self._queues()
        yield from self._workers()

        speeds = GaugeMetricFamily(
            "konspekt_stage_seconds_per_second",
            "Work of a stage for each second of sound, of about the last five jobs.",
            labels=("stage",),
        )
        for stage, speed in self._parts.jobs.speeds.latest().items():
            if speed.x:
                speeds.add_metric((stage,), speed.y / speed.x)
        yield speeds

        free = GaugeMetricFamily("konspekt_disk_free_bytes", "Free space.", labels=("folder",))
        config = self._parts.config
        for name in ("uploads_dir", "results_dir", "data_dir"):
            free.add_metric((name.removesuffix("_dir"),), shutil.disk_usage(getattr(config, name)).free)
        yield free

    def _queues(self) -> Iterator[Metric]:
        """Say of each queue and priority how much waits, over all processes."""
        jobs = self._parts.jobs
        told = (
            ("konspekt_queue_jobs", "Jobs that wait.", "n_jobs"),
            ("konspekt_queue_sound_seconds", "Seconds of sound that wait.", "sound_s"),
            ("konspekt_queue_oldest_seconds", "Since the oldest that waits was accepted.", "oldest_s"),
            ("konspekt_queue_attempts", "How often the one was begun that was begun most often.", "attempts"),
        )
        depths = jobs.depths()
        for name, what, field in told:
            gauge = GaugeMetricFamily(name, what, labels=("queue", "priority"))
            for depth in depths:
                gauge.add_metric((depth.queue, depth.priority.name.lower()), getattr(depth, field))
            yield gauge
        lost = CounterMetricFamily(
            "konspekt_leases_lost", "Jobs taken back from processes that died, by this process."
        )
        lost.add_metric((), jobs.worker.running.n_lost)
        yield lost

    def _workers(self) -> Iterator[Metric]:
        """Say of each process of Celery's workers what it has done, and since when it is silent."""
        done = CounterMetricFamily("konspekt_worker_jobs", "Jobs begun.", labels=("worker", "queues"))
        seen = GaugeMetricFamily(
            "konspekt_worker_silent_seconds", "Since its last sign of life.", labels=("worker", "queues")
        )
        for worker in self._parts.jobs.workers.alive():
            labels = (worker.name, ",".join(worker.queues))
            done.add_metric(labels, worker.n_done)
            seen.add_metric(labels, worker.seen_s)
        yield done
        yield seen
        alive = GaugeMetricFamily(
            "konspekt_queue_workers", "Workers that live, of each queue that needs some.", labels=("queue",)
        )
        config = self._parts.config
        if config.queue_url:
            for queue, n in self._parts.jobs.workers.by_queue(config.gpu_stages).items():
                alive.add_metric((queue,), n)
        yield alive
