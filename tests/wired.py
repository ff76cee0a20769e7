"""JobService put together with its integrations, as `create_app` does it."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Flask

from app.config import Config
from app.engines.registry import Engines
from app.integrations.wiring import Integrations
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.pipeline import Stage
from app.web.core.context import konspekt


class WiredService(JobService):
    """`integrations` stands beside it in the program, in `Konspekt`."""

    def __init__(
        self, config: Config, store: JobStore, engines: Engines, stages: Mapping[str, Stage]
    ) -> None:
        self.integrations = Integrations(config, store)
        super().__init__(
            config, store, engines, {**stages, **self.integrations.stages}, self.integrations.hooks
        )


def put_service(app: Flask, service: WiredService) -> None:
    """Let an app have this service instead of its own."""
    parts = replace(konspekt(app), jobs=service, integrations=service.integrations)
    app.extensions["konspekt"] = app.jinja_env.globals["konspekt"] = parts
