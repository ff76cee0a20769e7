"""/api/live: what programs have spoken into the live socket with `"keep": true`, fetched by them."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from apiflask import APIBlueprint, Schema
from apiflask.fields import Boolean, DateTime, Float, Integer, List, Nested, String
from apiflask.validators import Range, Regexp
from flask import Response, send_file, url_for

from app.documents.document import Document
from app.documents.downloads import DOWNLOADS
from app.errors import NotFound
from app.jobs.service import UNKNOWN
from app.live.saved_stream import SavedStream
from app.web.api.lenient import LenientSchema
from app.web.core import documents
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.i18n import locale

SOUND = "sound.wav"

bp = APIBlueprint("live_streams", __name__, url_prefix="/api", tag="Live")
bp.before_request(check_key)


class KeptStream(Schema):
    """As it stands in the list."""

    recording = String(metadata={"description": "What `ready` named."})
    open = Boolean(metadata={"description": "Somebody still speaks into it."})
    ended = Boolean(metadata={"description": "All of its sound stands in its text."})
    duration_s = Float()
    written_at = DateTime()
    files = List(String(), metadata={"description": "Addresses of its text in each form, and of its sound."})


class KeptText(KeptStream):
    text = String(metadata={"description": "What was heard of it so far."})


class KeptStreams(Schema):
    streams = List(Nested(KeptStream))
    next_cursor = String(allow_none=True, metadata={"description": "Of the next page; null: there is none."})


class KeptQuery(LenientSchema):
    limit = Integer(load_default=100, validate=Range(1, 200))
    cursor = String(
        load_default="",
        validate=Regexp(r"^([0-9]{1,20}-[0-9a-f]{32})?$"),
        metadata={"description": "`next_cursor` of the page before."},
    )


@bp.get("/live/<recording>")
@bp.output(KeptText)
@bp.doc(summary="Say what was heard of a kept live stream, also while it goes on")
def kept_stream(recording: str) -> dict[str, Any]:
    saved = _find(recording)
    return _told(saved) | {"text": saved.transcript().text.strip()}


@bp.get("/live")
@bp.input(KeptQuery, location="query", arg_name="query")
@bp.output(KeptStreams)
@bp.doc(
    summary="List the live streams that were kept for the program",
    description="Those that it sent with `keep`, newest first; each until six hours after its last sound.",
)
def kept_streams(query: dict[str, Any]) -> dict[str, Any]:
    places = {_place(saved): saved for saved in konspekt().saved_streams.of(owner(), also_open=True)}
    left = sorted(
        (place for place in places if not query["cursor"] or place < _read(query["cursor"])), reverse=True
    )
    page, limit = left[: query["limit"]], query["limit"]
    cursor = f"{page[-1][0]}-{page[-1][1]}" if len(left) > limit else None
    return {"streams": [_told(places[place]) for place in page], "next_cursor": cursor}


def _place(saved: SavedStream) -> tuple[int, str]:
    """Return where a stream stands in the list: by its last sound, and among equals by its id."""
    return round(saved.written_at * 1000), saved.recording


def _read(cursor: str) -> tuple[int, str]:
    written_ms, recording = cursor.split("-")
    return int(written_ms), recording


@bp.get("/live/<recording>/<file>")
@bp.doc(summary="Get its text, such as transcript.txt, .srt, .vtt, .md, .json, or sound.wav")
def kept_file(recording: str, file: str) -> Response:
    saved = _find(recording, whole=file == SOUND)
    if file == SOUND:
        response = send_file(saved.sound, "audio/wav", as_attachment=True, download_name=SOUND)
        response.headers["Cache-Control"] = "private, no-store"
        return response
    if file not in _texts():
        raise NotFound(UNKNOWN)
    when = datetime.fromtimestamp(saved.written_at).astimezone()
    document = Document.of(f"live {when:%Y-%m-%d %H-%M}", when, saved.transcript(), None)
    return documents.given(document, file, document.locale(locale()))


@bp.delete("/live/<recording>")
@bp.output({}, status_code=HTTPStatus.NO_CONTENT)
@bp.doc(summary="Delete a kept live stream; one that goes on ends")
def delete_kept(recording: str) -> str:
    konspekt().saved_streams.remove(_find(recording))
    return ""


def _find(recording: str, whole: bool = False) -> SavedStream:
    saved = konspekt().saved_streams.find(owner(), recording, whole)
    if saved is None:
        raise NotFound(UNKNOWN)
    return saved


def _texts() -> list[str]:
    return [name for name, download in DOWNLOADS.items() if download.kind == "transcript"]


def _told(saved: SavedStream) -> dict[str, Any]:
    return {
        "recording": saved.recording,
        "open": konspekt().saved_streams.is_open(saved.recording),
        "ended": saved.ended,
        "duration_s": round(saved.duration_s(), 3),
        "written_at": datetime.fromtimestamp(saved.written_at, UTC),
        "files": [
            url_for("live_streams.kept_file", recording=saved.recording, file=name)
            for name in (*_texts(), SOUND)
        ],
    }
