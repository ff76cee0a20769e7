"""Programs know an error by its code, on whatever Python the server runs."""

from http import HTTPStatus

import pytest

from app.web.core.reason_phrases import code, phrase

RENAMED = {  # by Python 3.13
    413: ("Request Entity Too Large", "request_entity_too_large"),
    414: ("Request-URI Too Long", "request_uri_too_long"),
    416: ("Requested Range Not Satisfiable", "requested_range_not_satisfiable"),
    422: ("Unprocessable Entity", "unprocessable_entity"),
}


@pytest.mark.parametrize("status", RENAMED)
def test_a_status_keeps_its_name(status: int) -> None:
    assert (phrase(status), code(status)) == RENAMED[status]


@pytest.mark.parametrize("status", HTTPStatus)
def test_every_status_has_a_code_that_a_program_can_compare(status: HTTPStatus) -> None:
    assert code(status).replace("_", "").isalnum()
