"""What is wrong with a field is told in the language of who sent it."""

import re

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate

from app.web.core.field_errors import SAID, field_error
from app.web.core.problem import Problem, problem_form
from app.web.core.reason_phrases import phrase


class Everything(Schema):
    """Refuses whatever `WRONG` sends, by each kind of field and check that schemas of the API use."""

    text = fields.String(validate=validate.Length(max=3))
    short = fields.String(validate=validate.Length(min=3))
    between = fields.String(validate=validate.Length(1, 3))
    number = fields.Float()
    whole = fields.Integer(validate=validate.Range(1, 200))
    least = fields.Integer(validate=validate.Range(min=1))
    switch = fields.Boolean()
    names = fields.List(fields.String())
    named = fields.Dict()
    url = fields.URL()
    chosen = fields.String(validate=validate.OneOf(["a, b", "c"]))
    needed = fields.String(required=True)


WRONG = (
    {"text": "long", "short": "a", "between": "long", "whole": 900, "least": 0, "chosen": "d", "other": 1},
    {"text": 1, "number": "x", "whole": "x", "switch": "maybe", "names": 1, "named": 1, "url": "x"},
    {"text": None, "needed": "a"},
)


@pytest.mark.parametrize("sent", WRONG)
def test_every_refusal_of_a_field_is_russian(app: Flask, sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load(sent)
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        for name, reasons in refused.value.messages_dict.items():
            for reason in reasons:
                assert re.search("[а-я]", field_error(reason)), f"{name}: {reason}"
        assert field_error("Must be one of: a, b, c.").endswith(": a, b, c.")
    with app.test_request_context():
        for template in SAID:
            assert field_error(template) == template, "in English it stays as it was"


def test_an_answer_of_the_api_tells_it_so(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/jobs?limit=9999", headers={"Accept-Language": "ru"})
    assert answer.json["title"] == "Неверный запрос"
    assert answer.json["detail"] == "Ошибка в поле limit: должно быть не меньше 1 и не больше 200."
    assert answer.json["errors"] == [{"field": "limit", "detail": "должно быть не меньше 1 и не больше 200."}]


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 416, 422, 429, 500, 503, 507]
)
def test_the_title_of_a_problem_is_the_phrase_of_its_status_in_the_language_of_the_reader(
    app: Flask, status: int
) -> None:
    with app.test_request_context():
        assert problem_form(Problem(status, "code", ""))["title"] == phrase(status)
    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert re.fullmatch("[А-я ]+", problem_form(Problem(status, "code", ""))["title"])
