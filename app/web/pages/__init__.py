"""What people see: one file per page or part of a page, with its templates in `templates/`."""

from flask import Flask

from app.config.home import shipped
from app.documents.labels import LANGUAGES
from app.engines.choosing.summarizers import ADVISED
from app.errors import N_
from app.web.core import share_links, shown_lines

SCRIPTS = shipped("static/recording")
SECTIONS = {  # what the head of every page leads to: endpoint -> title
    "pages.index": N_("Send"),
    "library.page": N_("Recordings"),
    "live_page.page": N_("Live"),
    "lab.page": N_("Read aloud"),
    "lists.page": N_("Vectors"),
    "lab.experiment": N_("Speech lab"),
    "models.page": N_("Models"),
}


def init_app(app: Flask) -> None:
    from app.web.pages import (
        api_docs,
        batches,
        clips,
        direct_uploads,
        downloads,
        events,
        installed,
        keys,
        lab,
        labels,
        library,
        links,
        live,
        models,
        oidc,
        questions,
        resumable,
        settings,
        shares,
        sign_in,
        sound,
        speakers,
        start,
        transcripts,
        uploads,
        vectors,
        versions,
        voices,
        whisper,
    )

    pages = (
        start,
        library,
        uploads,
        resumable,
        direct_uploads,
        links,
        events,
        downloads,
        sound,
        transcripts,
        speakers,
        voices,
        questions,
        versions,
        shares,
        clips,
        vectors,
        batches,
        lab,
        labels,
        live,
        whisper,
        models,
        installed,
        api_docs,
        sign_in,
        oidc,
        settings,
        keys,
    )
    for page in pages:
        app.register_blueprint(page.bp)
    app.jinja_env.globals["chat_command"] = ADVISED.command
    app.jinja_env.globals["answers_questions"] = questions.possible
    app.jinja_env.globals["sections"] = SECTIONS
    app.jinja_env.globals["recording_scripts"] = sorted(path.name for path in SCRIPTS.glob("*.js"))
    app.jinja_env.globals["share_links"] = share_links.links
    app.jinja_env.globals["pending_picture"] = sound.pending_picture
    app.jinja_env.globals["clips_of"] = clips.of_page
    app.jinja_env.globals["share_days"] = shares.DAYS
    app.jinja_env.globals["minutes_languages"] = LANGUAGES
    app.jinja_env.globals["part_s"] = shown_lines.PART_S
