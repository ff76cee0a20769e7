"""Konspekt as an installed app: manifest, service worker, offline page, what is shared to it."""

from flask import Blueprint, Response, current_app, jsonify, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.errors import N_, NotAllowed
from app.web.core.i18n import locale
from app.web.core.security import csrf

NOT_READY = N_(
    "This browser was not ready to take what is shared. Open Konspekt in it once, and share the recording"
    " again."
)
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
MASKABLE = ("icon-maskable-512.png", "512x512", "maskable")
COLOUR, DESK = "#1f6f5c", "#f4f5f1"

bp = Blueprint("installed", __name__)


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the app to the browser (W3C Web Application Manifest), with what may be shared to it."""
    start = url_for("pages.index")
    answer = jsonify(
        id=start,
        name="Konspekt",
        short_name="Konspekt",
        description=gettext("Recordings and their minutes"),
        lang=locale(),
        start_url=start,
        scope=start,
        display="standalone",
        background_color=DESK,
        theme_color=COLOUR,
        icons=[
            {
                "src": url_for("static", filename=f"app/{file}"),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for file, sizes, purpose in (*ICONS, MASKABLE)
        ],
        shortcuts=[
            {"name": gettext(title), "url": url_for(endpoint)}
            for endpoint, title in (("live_page.page", "Live"), ("library.page", "Recordings"))
        ],
        share_target={
            "action": url_for("installed.share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "files", "accept": ["audio/*", "video/*"]}]},
        },
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/worker.js")
def worker() -> Response:
    """Give the service worker; from here, so that the whole site is its scope."""
    answer = send_from_directory(str(current_app.static_folder), "app/worker.js", max_age=0)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/offline")
def offline() -> ResponseReturnValue:
    """Show what the browser shows of a page that it does not reach; it keeps this one for that."""
    return render_template("offline.html")


@bp.post("/share")
@csrf.exempt  # type: ignore[untyped-decorator]  # nothing is done here
def share() -> ResponseReturnValue:
    """Refuse what is shared: the service worker takes it, unless the browser has none yet."""
    raise NotAllowed(NOT_READY)  # as every address refuses what another site sends
