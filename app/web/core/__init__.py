"""What every view needs, what pages, API and socket share, and the server."""

from flask import Flask

from app.web.core.context import Konspekt


def init_app(app: Flask, parts: Konspekt) -> None:
    from app.web.core import (
        accounts,
        compression,
        errors,
        health,
        i18n,
        logs,
        metrics,
        multipart,
        rate_limits,
        security,
        sessions,
        traces,
        visits,
    )

    metrics.init_app(app, parts)  # first, so that its clock measures all of an answer
    traces.init_app(app)
    logs.init_app(app)
    security.init_app(app, parts.config)
    sessions.init_app(app, parts.config)
    i18n.init_app(app, parts.config)
    multipart.init_app(app, parts.config)
    errors.init_app(app)
    accounts.init_app(app, parts)
    visits.init_app(app)
    rate_limits.init_app(app)
    compression.init_app(app)
    app.register_blueprint(health.bp)
