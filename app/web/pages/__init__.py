"""What people see: one file per page or part of a page, with its templates in `templates/`."""

from flask import Flask

from app.config import Config


def init_app(app: Flask, config: Config) -> None:
    from app.web.pages import downloads, events, lab, live, sound, start, uploads, vectors

    events.init_app(app, config)
    for page in (start, uploads, downloads, sound, lab, live):
        app.register_blueprint(page.bp)
    vectors.init_app(app)
