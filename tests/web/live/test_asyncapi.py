"""The description of the socket for programs says what the socket says."""

import json
from typing import Any, get_args

import pytest
from flask import Flask

from app.documents.transcript import Word
from app.live.events import Event, Final, to_dict
from app.web.live.asyncapi import EVENTS, description
from app.web.live.hello import Hello


@pytest.fixture
def messages() -> Any:
    return description()["channels"]["transcribe"]["messages"]


def test_it_is_served(app: Flask) -> None:
    assert app.test_client().get("/asyncapi.json").json == json.loads(json.dumps(description()))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type)
def test_every_message_is_named_with_all_its_fields(messages: Any, kind: Any) -> None:
    payload = messages[kind.type]["payload"]
    assert set(payload["required"]) == set(payload["properties"]) == {"type", *kind.__dataclass_fields__}
    assert payload["properties"]["type"] == {"const": kind.type}
    assert messages[kind.type]["summary"] == (kind.__doc__ or "").partition("\n")[0]


def test_every_event_of_a_stream_is_described() -> None:
    assert set(EVENTS) == set(get_args(Event))


def test_a_record_within_a_message_is_found_where_it_is_referred_to(messages: Any) -> None:
    document = description()
    reference = messages["final"]["payload"]["properties"]["words"]["items"]["$ref"]
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    said = to_dict(Final(0.0, 1.0, "yes", (Word(0.0, 1.0, "yes", 0.9),), "en", False, 1.0))
    assert set(found["properties"]) == set(said["words"][0])


def test_hello_is_described_by_what_reads_it(messages: Any) -> None:
    fields = messages["hello"]["payload"]["properties"]
    assert set(fields) == {field.alias or name for name, field in Hello.model_fields.items()}
    assert (fields["sample_rate"]["minimum"], fields["sample_rate"]["maximum"]) == (8000, 192_000)
    assert fields["from"]["default"] == 0
