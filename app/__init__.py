"""Konspekt: recorded meetings become their minutes on your own machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from app.config import Config


def create_app(config: "Config | None" = None) -> "APIFlask":
    """Put the program together: the one place that knows every part. Starts no thread, loads no model."""
    # Imported here, because whoever imports anything below `app` passes through this module.
    from threading import BoundedSemaphore

    from apiflask import APIFlask
    from flask_bootstrap import Bootstrap5

    from app import cli
    from app.config.home import shipped
    from app.config.proxies import ask_this_machine_directly
    from app.engines.choosing.model_fetches import ModelFetches
    from app.engines.registry import LocalEngines
    from app.integrations.live_servers import LiveServers
    from app.integrations.wiring import Integrations
    from app.jobs.dispatcher import Dispatcher
    from app.jobs.service import JobService
    from app.jobs.store import JobStore
    from app.jobs.thread_dispatcher import ThreadDispatcher
    from app.jobs.worker import Worker
    from app.live.hub import LiveHub
    from app.live.saved_streams import SavedStreams
    from app.live.waiting_line import WaitingLine
    from app.pipeline import STAGES
    from app.pipeline.limits import limits_of
    from app.web import api, core, live, pages
    from app.web.core.context import Konspekt
    from app.web.core.documents import renderer
    from app.web.core.partial_uploads import PartialUploads
    from app.web.core.places import Places, Turns
    from app.web.core.rate_limits import RateLimits
    from app.web.core.reading.process import ReadingProcess
    from app.web.core.server import read_config
    from app.web.core.sign_in_limits import SignInLimits

    ask_this_machine_directly()
    config = config or read_config()
    for folder in (config.data_dir, config.uploads_dir, config.results_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # whatever the umask is
    config.models_dir.mkdir(parents=True, exist_ok=True)
    engines, store = LocalEngines(config), JobStore(config)
    integrations = Integrations(config, store)

    def dispatch(worker: Worker, n_workers: int) -> Dispatcher:
        if not config.queue_url:
            return ThreadDispatcher(worker, n_workers)
        from app.jobs.celery_app import make_celery
        from app.jobs.celery_dispatcher import CeleryDispatcher

        return CeleryDispatcher(make_celery(config), store)

    hub = LiveHub(engines, config.max_live_streams)
    several = config.queue_url or config.live_url or config.storage == "s3-shared"
    live_servers = (
        LiveServers(store, config.live_url, lambda: (hub.n_open, hub.n_places)) if several else None
    )

    parts = Konspekt(
        config,
        engines,
        JobService(config, store, engines, {**STAGES, **integrations.stages}, integrations.hooks, dispatch),
        integrations,
        hub,
        SavedStreams(config.incoming_dir, limits_of(config), integrations.shared_streams),
        WaitingLine(config.live_queue),
        WaitingLine(config.live_queue),
        BoundedSemaphore(config.max_sync_calls),
        Places(config.max_event_streams, max(1, config.max_event_streams // 3)),
        Places(None, config.max_uploads_per_visitor),
        PartialUploads(config),
        Turns(at_once=4, at_once_of_one=2, in_line=96, in_line_of_one=24),
        ModelFetches(config),
        ReadingProcess(
            config.model_copy(update={"rate": "", "visitor_rate": ""}), create_app
        ),  # counted here
        RateLimits(config, config.rate),
        RateLimits(config, config.visitor_rate),
        SignInLimits(config),
        live_servers,
    )

    app = APIFlask(
        __name__,
        title="Konspekt",
        version="0.1.0",
        docs_path=None,
        json_errors=False,
        template_folder=str(shipped("templates")),
        static_folder=str(shipped("static")),
    )
    app.extensions["konspekt"] = parts
    app.jinja_env.globals["konspekt"] = parts
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    integrations.watch(parts.jobs, renderer(app))
    core.init_app(app, parts)
    pages.init_app(app)
    api.init_app(app)
    live.init_app(app, config)
    cli.init_app(app)
    return app
