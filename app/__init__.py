"""Konspekt: recorded meetings become their minutes on your own machine."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

    from app.config import Config

_TOP = Path(__file__).parent.parent


def create_app(config: "Config | None" = None) -> "APIFlask":
    """Put the program together: the one place that knows every part. Starts no thread, loads no model."""
    # Imported here, because whoever imports anything below `app` passes through this module.
    from apiflask import APIFlask
    from flask_bootstrap import Bootstrap5

    from app import cli
    from app.audio.limits import Limits
    from app.config import Config
    from app.engines.registry import LocalEngines
    from app.jobs.service import JobService
    from app.jobs.store import JobStore
    from app.live.hub import LiveHub
    from app.live.kept import KeptStreams
    from app.web import (
        downloads,
        encode,
        errors,
        events,
        health,
        i18n,
        incoming,
        lab,
        lists,
        live,
        live_page,
        logs,
        metrics,
        openai,
        pages,
        security,
        service,
        sessions,
        sound,
        speech,
        uploads,
        vectors,
    )  # fmt: skip
    from app.web.context import Konspekt

    config = config or Config()
    for folder in (config.data_dir, config.uploads_dir, config.results_dir, config.models_dir):
        folder.mkdir(parents=True, exist_ok=True)
    engines = LocalEngines(config)
    parts = Konspekt(
        config,
        engines,
        JobService(config, JobStore(config), engines),
        LiveHub(engines, config.max_live_streams),
        KeptStreams(
            config.uploads_dir / "incoming", Limits(config.max_duration_s, config.disk_reserve_bytes)
        ),
    )

    app = APIFlask(
        __name__,
        title="Konspekt",
        version="0.1.0",
        docs_path=None,
        json_errors=False,
        template_folder=str(_TOP / "templates"),
        static_folder=str(_TOP / "static"),
    )
    app.extensions["konspekt"] = parts
    app.jinja_env.globals["konspekt"] = parts
    metrics.init_app(app, parts)  # first, so that its clock measures all of an answer
    logs.init_app(app)
    security.init_app(app, config)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    sessions.init_app(app, config)
    i18n.init_app(app, config)
    incoming.init_app(app, config)
    errors.init_app(app)
    events.init_app(app, config)
    for blueprint in (pages.bp, uploads.bp, downloads.bp, sound.bp, health.bp, lab.bp, live_page.bp):
        app.register_blueprint(blueprint)
    openai.init_app(app)
    speech.init_app(app)
    service.init_app(app)
    vectors.init_app(app)
    encode.init_app(app)
    lists.init_app(app)
    live.init_app(app, config)
    cli.init_app(app)
    return app
