import click
import pytest

from app.cli.terminal import readable_errors
from app.errors import NotFound


def test_an_expected_failure_is_one_sentence_with_its_values() -> None:
    with pytest.raises(click.ClickException) as caught, readable_errors():
        raise NotFound("There are no weights called %(name)s.", name="whisper-giant")
    assert caught.value.message == "There are no weights called whisper-giant."
    assert caught.value.exit_code == 1


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), readable_errors():
        raise ZeroDivisionError
