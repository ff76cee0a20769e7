"""The error tree: what its docstring promises of each."""

import re

import pytest

from app import errors
from app.errors import AppError, JobCancelled, Overloaded


def test_the_drawn_tree_is_the_tree_that_there_is() -> None:
    drawn = {name: int(status) for name, status in re.findall(r"── (\w+) +(\d{3})", errors.__doc__ or "")}
    found = {
        name: int(kind.status)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, AppError) and kind is not AppError
    }
    assert drawn == found


def test_a_message_is_a_template_that_keeps_its_values_apart() -> None:
    error = AppError("%(name)s has %(n)d parts, 100 %% of them.", name="a.mp3", n=2)
    assert str(error) == "a.mp3 has 2 parts, 100 % of them."
    assert error.message == "%(name)s has %(n)d parts, 100 %% of them."
    assert error.params == {"name": "a.mp3", "n": 2}


def test_a_message_without_values_may_hold_a_percent_sign() -> None:
    assert str(AppError("100 % of it.")) == "100 % of it."


def test_who_is_refused_for_now_learns_when_to_come_again() -> None:
    error = Overloaded("Wait %(minutes)s min.", 90, minutes=2)
    assert error.retry_after_s == error.params["retry_after_s"] == 90
    assert str(error) == "Wait 2 min."


def test_no_engine_swallows_a_cancellation() -> None:
    def careless() -> None:
        try:
            raise JobCancelled
        except Exception:
            pytest.fail("it was swallowed")

    with pytest.raises(JobCancelled):
        careless()
