"""What a status is called: the same on every Python, since programs know our errors by it.

Python 3.13 renamed four of them after RFC 9110, section 15; here they keep the names that they had.
"""

from http import HTTPStatus

_KEPT = {
    413: "Request Entity Too Large",
    414: "Request-URI Too Long",
    416: "Requested Range Not Satisfiable",
    422: "Unprocessable Entity",
}


def phrase(status: int) -> str:
    """Return the name for people: "Not Found"."""
    return _KEPT.get(status) or HTTPStatus(status).phrase


def code(status: int) -> str:
    """Return the name for programs: not_found, conflict, insufficient_storage."""
    return phrase(status).lower().replace(" ", "_").replace("-", "_").replace("'", "")
