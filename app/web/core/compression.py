"""Makes pages, styles and scripts small on their way to the browser: a slow line is the common one.

Answers of the API stay as they are: programs compare their ETags to the letter. What a page holds beside a
visitor's secrets cannot be guessed from its length (BREACH): cookies are `SameSite=Lax`, so no foreign site
can have it sent again and again.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from app.web.core.errors import API_PREFIXES
from app.web.core.security import FILES

TYPES = {
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
}
LEAST_BYTES = 1000  # less fits into one packet anyway
MOST_BYTES = 8_000_000  # more takes a thread too long
LEVEL = 6


def init_app(app: Flask) -> None:
    @app.after_request
    def compress(answer: Response) -> Response:
        if answer.mimetype not in TYPES or request.path.startswith(API_PREFIXES):
            return answer
        answer.vary.add("Accept-Encoding")
        n_bytes = answer.content_length
        if (
            answer.status_code != 200
            or "Content-Encoding" in answer.headers
            or request.accept_encodings.best_match(("identity", "gzip")) != "gzip"
            or n_bytes is None
            or not LEAST_BYTES < n_bytes < MOST_BYTES
        ):
            return answer
        answer.direct_passthrough = False
        data = answer.get_data()
        answer.close()  # the file that it was read from
        answer.set_data(_file(data) if request.endpoint in FILES else _compressed(data))
        answer.content_encoding = "gzip"
        etag, weak = answer.get_etag()
        if etag and not weak:
            answer.set_etag(etag, weak=True)  # other bytes that say the same
        return answer


def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, LEVEL, mtime=0)


@lru_cache(64)
def _file(data: bytes) -> bytes:
    """Compress a file that is the same for everybody, once."""
    return _compressed(data)
