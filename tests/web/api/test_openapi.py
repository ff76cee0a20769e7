"""The description of the API: valid, complete, and what the program does."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode, checks

from app.web.api.openapi import TAGS, WITH_COOKIE
from tests.long import LONG
from tests.web.test_access import rules

N_EXAMPLES = 100 if LONG else 2  # of each address
NOT_DESCRIBED = ("/asyncapi.json", "/openapi.json", "/ws/")
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def spec(app: Flask) -> dict[str, Any]:
    answer: dict[str, Any] = app.test_client().get("/openapi.json").json
    return answer


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_description_is_valid(spec: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(spec).iter_errors()] == []


def test_each_operation_says_what_it_is_who_may_and_how_it_fails(spec: dict[str, Any]) -> None:
    found = dict(operations(spec))
    ids = [operation["operationId"] for operation in found.values()]
    assert len(ids) == len(set(ids))
    schemes = spec["components"]["securitySchemes"].keys()
    for name, operation in found.items():
        assert operation["summary"], name
        assert set(operation["tags"]) <= set(TAGS), name
        assert {scheme for one in operation["security"] for scheme in one} <= schemes, name
        failures = {status for status in operation["responses"] if status >= "400"}
        wanted = {"403", "500"} if name.split(" ")[1] in WITH_COOKIE else {"401", "403", "500", "503"}
        assert wanted <= failures, name


# What OpenAPI has no words for; docs/live.md describes them
SOCKETS = {"GET /v1/realtime", "GET /v1/listen"}


def test_every_address_that_asks_for_a_key_is_described(spec: dict[str, Any], app: Flask) -> None:
    described = {name.replace("{", "<").replace("}", ">") for name, _ in operations(spec)}
    described -= {"OPTIONS /api/v1/uploads", "HEAD /api/v1/uploads/<upload_id>"}  # of no other address
    there_are = {
        rule
        for rule in rules(app)
        if rule.split(" ")[1].startswith(("/api/", "/v1/", "/encode_audio", "/run", "/status"))
    }
    assert described == there_are - SOCKETS


def test_whatever_is_asked_the_answer_is_one_that_is_described(
    make_app: Callable[..., Flask], tone: bytes
) -> None:
    app = make_app(max_active_jobs=10**6)
    client = app.test_client()
    done = client.post("/api/v1/jobs", json={"url": "https://example.org/a.mp4"}).json["id"]
    assert client.post(f"/api/v1/jobs/{done}/cancel").status_code == 200
    app.testing = False
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    n_asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label == "POST /v1/audio/speech":  # it would speak for seconds
            continue
        asks = "requestBody" in operation.definition.raw or list(operation.query)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)[: 2 if asks and LONG else 1]:
            n_asked += ask(operation, mode, done)
            client.post(f"/api/v1/jobs/{done}/cancel")  # nobody works on what was asked for again
    assert n_asked > 25 * N_EXAMPLES


def ask(operation: Any, mode: GenerationMode, done: str) -> int:
    """Ask an address in many ways, as described or not, half of them about a job that there is."""
    n_asked = 0

    @settings(
        max_examples=N_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        nonlocal n_asked
        n_asked += 1
        if n_asked % 2 and case.method != "DELETE" and "job_id" in (case.path_parameters or {}):
            case.path_parameters["job_id"] = done
        answer = case.call()
        assert answer.status_code != 500, case.as_curl_command()
        case.validate_response(answer, checks=CHECKS)

    with suppress(Unsatisfiable):  # of an address that takes nothing there is nothing wrong to ask
        once()
    return n_asked
