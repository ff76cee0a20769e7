"""Help and mistakes in Russian, where the terminal is Russian."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup

from app import create_app
from app.cli import translated
from app.command import konspekt
from app.config import Config
from app.web.core.i18n import compile_catalogues
from tests.cli.terminal import run


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_catalogues(tmp_path_factory.mktemp("catalogues"))


@pytest.fixture
def _russian(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")


def installed(catalogues: Path, *words: str) -> Result:
    translated.use(catalogues)
    return CliRunner().invoke(translated.translated(konspekt), words, prog_name="konspekt")


def paths(command: click.Command, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if command.context_settings.get("help_option_names") != []:  # else a training tells its own
        yield before
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*before, name))


@pytest.mark.usefixtures("_russian")
def test_every_help_of_every_command_is_russian(catalogues: Path) -> None:
    for words in paths(konspekt):
        told = installed(catalogues, *words, "--help")
        assert told.exit_code == 0
        assert told.stdout.startswith("Использование:"), words
        assert "Показать эту справку и выйти." in told.stdout, words
        for text in ("Options:", "Commands:", "default:", "Show this"):
            assert text not in told.stdout, words
    for text in translated.help_texts(konspekt):
        said = gettext.gettext(text)
        assert said != text
        assert re.search("[а-я]", said), text


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("transcribe", "--nosuch"), "Ошибка: Нет параметра '--nosuch'."),
        (("nosuch",), "Ошибка: Нет команды 'nosuch'."),
        (("keys", "add"), "Ошибка: Не хватает аргумента 'NAME'."),
        (("keys", "add", "x", "--scope", "all"), "Неверное значение для '--scope': 'all' — не одно из:"),
        (("keys", "add", "x", "--expires", "soon"), "«soon» — не срок. Напишите 12h"),
        (("transcribe", "a.wav", "--language", "xx"), "«xx» — не язык."),
        (("jobs", "--server", "http://127.0.0.1:1", "show", "a b"), "«a b» — не номер задания."),
    ],
)
def test_a_mistake_is_told_in_russian(catalogues: Path, words: tuple[str, ...], said: str) -> None:
    told = installed(catalogues, *words)
    assert told.exit_code in (1, 2)
    assert said in told.stderr


@pytest.mark.usefixtures("_russian")
def test_flask_speaks_russian_too(tmp_path: Path) -> None:
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    config = Config(_env_file=None, **folders)  # type: ignore[arg-type]
    flask = FlaskGroup(create_app=lambda: create_app(config), add_version_option=False)
    told = " ".join(CliRunner().invoke(flask, ["transcribe", "--help"], prog_name="flask").stdout.split())
    assert told.startswith("Использование:")
    assert "Язык речи, кодом или названием; auto определяет его." in told
    commands = CliRunner().invoke(flask, ["--help"], prog_name="flask").stdout
    assert "Записать текстом сказанное" in commands
    assert "Показать адреса приложения." in commands, "Flask's own"


def test_elsewhere_it_speaks_english_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    told = run(tmp_path, "transcribe", "--nosuch")
    assert "Error: No such option '--nosuch'." in told.stderr
    assert "Usage:" in told.stderr
