"""What people see: one file per page or part of a page, with its templates in `templates/`."""

from flask import Flask

from app.errors import N_

SECTIONS = {  # what the head of every page leads to: endpoint -> title
    "pages.index": N_("Recordings"),
    "live_page.page": N_("Live"),
    "lab.page": N_("Read aloud"),
    "lists.page": N_("Vectors"),
}


def init_app(app: Flask) -> None:
    from app.web.pages import (
        batches,
        downloads,
        events,
        lab,
        live,
        questions,
        shares,
        sound,
        start,
        transcripts,
        uploads,
        vectors,
        whisper,
    )

    pages = (
        start,
        uploads,
        events,
        downloads,
        sound,
        transcripts,
        questions,
        shares,
        vectors,
        batches,
        lab,
        live,
        whisper,
    )
    for page in pages:
        app.register_blueprint(page.bp)
    app.jinja_env.globals["answers_questions"] = questions.possible
    app.jinja_env.globals["sections"] = SECTIONS
    app.jinja_env.globals["share_links"] = shares.links
    app.jinja_env.globals["share_days"] = shares.DAYS
