"""What foreign programs send: unknown, empty and differently spelled fields."""

import json
from typing import Any

import pytest
from apiflask.fields import Boolean, Integer, List, Nested, String
from apiflask.validators import Length, OneOf
from marshmallow import ValidationError
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from app.web.api.lenient import LenientSchema


class Inner(LenientSchema):
    size = Integer(load_default=7)


class Request(LenientSchema):
    name = String(required=True, validate=Length(1))
    size = Integer(load_default=3)
    loud = Boolean(load_default=False)
    kinds = List(String(validate=OneOf(("a", "b"))), data_key="kinds[]", load_default=list)
    inner = Nested(Inner)


def of_form(*fields: tuple[str, str]) -> dict[str, Any]:
    schema = Request()
    loaded: dict[str, Any] = schema.load(MultiDictProxy(MultiDict(fields), schema))
    return loaded


DEFAULTS = {"name": "x", "size": 3, "loud": False, "kinds": []}


@pytest.mark.parametrize(
    "field", [("hotwords", "x"), ("include[]", "logprobs"), ("size", ""), ("loud", " "), ("kinds[]", "")]
)
def test_unknown_and_empty_fields_change_nothing(field: tuple[str, str]) -> None:
    assert of_form(("name", "x"), field) == DEFAULTS
    assert Request().load({"name": "x", field[0]: None}) == DEFAULTS


@pytest.mark.parametrize(("first", "second"), [("kinds",) * 2, ("kinds[]",) * 2, ("kinds[0]", "kinds[1]")])
def test_a_list_may_be_spelled_in_three_ways(first: str, second: str) -> None:
    assert of_form(("name", "x"), (first, "b"), (second, "a"))["kinds"] == ["b", "a"]


def test_json_may_spell_a_list_with_and_without_brackets() -> None:
    for name in ("kinds", "kinds[]"):
        assert Request().load(json.loads(f'{{"name": "x", "{name}": ["a"]}}'))["kinds"] == ["a"]


def test_objects_within_are_read_alike() -> None:
    assert Request().load({"name": "x", "inner": {"size": None, "more": 1}})["inner"] == {"size": 7}


@pytest.mark.parametrize(
    ("field", "value"),
    [("size", "large"), ("loud", "perhaps"), ("kinds[]", "c"), ("kinds", "c"), ("name", "")],
)
def test_a_wrong_value_of_a_known_field_is_told(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        of_form(*{"name": "x", field: value}.items())
    assert field.removesuffix("[]") in str(caught.value.messages)


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_what_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(ValidationError):
        Request().load(body)
