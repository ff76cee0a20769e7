import errno
import tempfile
from pathlib import Path

import click
import pytest

from app import create_app
from app.cli.terminal import parts, readable_errors
from app.config import Config
from app.errors import NotFound


def test_an_expected_failure_is_one_sentence_with_its_values() -> None:
    with pytest.raises(click.ClickException) as caught, readable_errors():
        raise NotFound("There are no weights called %(name)s.", name="whisper-giant")
    assert caught.value.message == "There are no weights called whisper-giant."
    assert caught.value.exit_code == 1


def test_a_bug_of_ours_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), readable_errors():
        raise ZeroDivisionError


def test_where_the_system_has_no_temporary_folder_one_of_ours_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    app = create_app(Config(_env_file=None, **folders))  # type: ignore[arg-type]
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_get_default_tempdir", _none)
    with app.app_context():
        config = parts().config
        assert Path(tempfile.gettempdir()) == config.incoming_dir.resolve()
        with tempfile.TemporaryDirectory(prefix="konspekt-") as folder:
            assert Path(folder).parent == config.incoming_dir.resolve()


def _none() -> str:
    raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")
