"""How often visitors may have work done by the pages: sending, asking, searching, opening live streams."""

from flask import Flask, current_app, request

from app.web.core import sessions
from app.web.core.context import konspekt
from app.web.core.rate_limits import network

COUNTED = frozenset(
    {
        "uploads.upload",
        "resumable.create",
        "direct_uploads.create",
        "installed.share",
        "links.send",
        "pages.retry",
        "questions.ask",
        "questions.ask_all",
        "questions.own",
        "transcripts.again",
        "live_page.minutes",
        "clips.create",
        "library.several",
        "lists.send",
        "lists.again",
        "lab.speak",
    }
)
SEARCH = "library.page"  # where it is asked for words


def init_app(app: Flask) -> None:
    app.before_request(count_work)


def count_work() -> None:
    """Count the request where its view works for long. Raises TooManyRequests before its body is read."""
    if request.endpoint in COUNTED or (request.endpoint == SEARCH and request.args.get("q", "").strip()):
        count()


def count() -> None:
    """Count for the account, or for the address: a cookie is thrown away as soon as it is counted."""
    owner = sessions.owner() if current_app.config["ACCOUNTS"] else ""
    konspekt().visit_limits.count(f"visitor {owner or network(request.remote_addr or '')}")
