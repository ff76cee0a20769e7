"""The socket: live transcription over WebSocket, and its description for programs."""

from flask import Flask

from app.config import Config


def init_app(app: Flask, config: Config) -> None:
    from app.web.live import endpoint

    endpoint.init_app(app, config)
