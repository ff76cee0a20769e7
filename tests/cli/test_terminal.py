import errno
import signal
import tempfile
from pathlib import Path

import click
import pytest
from flask import Flask

from app import create_app
from app.cli.terminal import parts, readable_errors
from app.config import Config
from app.errors import BadInput, NotFound


def made_app(folder: Path) -> Flask:
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    return create_app(Config(_env_file=None, **folders))  # type: ignore[arg-type]


def test_an_expected_failure_is_one_sentence_with_its_values() -> None:
    with pytest.raises(click.ClickException) as caught, readable_errors():
        raise NotFound("There are no weights called %(name)s.", name="whisper-giant")
    assert caught.value.message == "There are no weights called whisper-giant."
    assert caught.value.exit_code == 1


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("ru_RU.UTF-8", "Неизвестный язык: xx."),
        ("C.UTF-8", "Unknown language: xx."),
        ("de_DE.UTF-8", "Unknown language: xx."),
    ],
)
def test_a_failure_is_told_in_the_language_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, told: str
) -> None:
    app = made_app(tmp_path)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", locale)
    with app.app_context(), pytest.raises(click.ClickException) as caught, readable_errors():
        raise BadInput("Unknown language: %(language)s.", language="xx")
    assert caught.value.message == told


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), readable_errors():
        raise ZeroDivisionError


def test_where_the_system_has_no_temporary_folder_one_of_ours_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = made_app(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", _none)
    with app.app_context():
        config = parts().config
        assert Path(tempfile.gettempdir()) == config.incoming_dir.resolve()
        with tempfile.TemporaryDirectory(prefix="konspekt-") as folder:
            assert Path(folder).parent == config.incoming_dir.resolve()


def _none() -> str:
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")


def test_a_setting_that_is_wrong_is_named_also_where_flask_starts_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KONSPEKT_PORT", "abc")
    with pytest.raises(SystemExit, match="2"):
        create_app()
    assert "KONSPEKT_PORT: Input should be a valid integer" in capsys.readouterr().err


def test_what_nohup_has_it_ignore_it_goes_on_ignoring() -> None:
    before, term = signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.getsignal(signal.SIGTERM)
    try:
        with readable_errors():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) not in (term, signal.SIG_IGN)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is term
    finally:
        signal.signal(signal.SIGHUP, before)
