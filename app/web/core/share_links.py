"""The addresses of shared recordings, for pages and API.

An address is the id of the link, signed with the program's key: nobody guesses it, and it is shown again.
"""

from datetime import UTC, datetime

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from app.errors import NotFound
from app.jobs.job import Job
from app.jobs.shares import NOT_VALID, Share
from app.web.core.context import konspekt


def links(job: Job) -> list[tuple[Share, str]]:
    """Return a job's links with their addresses, for its owner."""
    return [(share, address(share)) for share in konspekt().jobs.shares.of(job, datetime.now(UTC))]


def address(share: Share) -> str:
    """Return where whoever has the link reads the recording."""
    return url_for("shares.page", token=_signer().dumps(share.id), _external=True)


def opened(token: str) -> tuple[Job, Share]:
    """Return what an address leads to. Raises NotFound where it is none of ours, or over."""
    try:
        share_id = str(_signer().loads(token))
    except BadSignature as error:
        raise NotFound(NOT_VALID) from error
    return konspekt().jobs.shares.open(share_id, datetime.now(UTC))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="share")
