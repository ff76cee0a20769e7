"""/api/v1/uploads: a program sends a recording in pieces, by tus 1.0; `upload` of a new job names it then."""

from http import HTTPStatus

from apiflask import APIBlueprint
from flask import Response, url_for

from app.web.core import tus
from app.web.core.api_key import check_key, owner
from app.web.core.context import konspekt
from app.web.core.partial_uploads import PartialUpload

bp = APIBlueprint("uploads_api", __name__, url_prefix="/api/v1/uploads", enable_openapi=False)
bp.before_request(check_key)


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def abilities() -> Response:
    return tus.abilities()


@bp.post("", provide_automatic_options=False)
@tus.tus
def create() -> Response:
    """Begin an upload; its address is told in `Location`."""
    upload = tus.begin(owner())
    answer = tus.placed(HTTPStatus.CREATED, upload)
    answer.headers["Location"] = url_for("uploads_api.state", upload_id=upload.id)
    return answer


@bp.route("/<upload_id>", methods=["HEAD"])
@tus.tus
def state(upload_id: str) -> Response:
    return tus.placed(HTTPStatus.OK, _mine(upload_id))


@bp.patch("/<upload_id>")
@tus.tus
def append(upload_id: str) -> Response:
    return tus.take_piece(_mine(upload_id))


@bp.delete("/<upload_id>")
@tus.tus
def terminate(upload_id: str) -> Response:
    konspekt().partial_uploads.remove(_mine(upload_id))
    return Response(status=HTTPStatus.NO_CONTENT)


def _mine(upload_id: str) -> PartialUpload:
    return konspekt().partial_uploads.get(owner(), upload_id)
