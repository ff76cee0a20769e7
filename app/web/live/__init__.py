"""The sockets: live transcription in our own way and in those of other programs, and its description."""

import sys

from flask import Flask

from app.config import Config
from app.integrations.live_servers import LiveServers


def init_app(app: Flask, config: Config) -> None:
    from app.web.core.context import konspekt
    from app.web.live import endpoint, foreign

    endpoint.init_app(app, config)
    app.register_blueprint(foreign.bp)
    if servers := konspekt(app).live_servers:
        konspekt(app).services.append(lambda: _show(app, servers))
    if config.wyoming_port is not None:
        konspekt(app).services.append(lambda: _serve_wyoming(app, config.host, config.wyoming_port or 0))


def _show(app: Flask, servers: LiveServers) -> None:
    from app.integrations.live_servers import SHOW_EVERY_S
    from app.jobs.loop import start_loop
    from app.web.core.context import konspekt

    parts = konspekt(app)

    def turn() -> None:
        if parts.started.is_set():  # else there may be no tables yet
            servers.show()

    start_loop("live-servers", turn, parts.stopping, SHOW_EVERY_S)


def _serve_wyoming(app: Flask, host: str, port: int) -> None:
    from app.jobs.loop import start_loop
    from app.web.core.context import konspekt
    from app.web.live.wyoming import WyomingServer

    try:
        server = WyomingServer(app, host, port)
    except OSError as error:
        print(f"KONSPEKT_WYOMING_PORT={port}: {error.strerror}", file=sys.stderr)
        raise SystemExit(3) from None
    start_loop("wyoming", server.run_once, konspekt(app).stopping)
