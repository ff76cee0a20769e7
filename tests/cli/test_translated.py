"""Help and mistakes in Russian, where the terminal is Russian."""

import ast
import gettext
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import click
import pytest
from click.testing import CliRunner, Result
from flask.cli import FlaskGroup

from app import cli, create_app, training
from app.cli import lab, translated
from app.command import konspekt
from app.config import Config
from app.documents.catalogues import compile_catalogues
from app.live import client
from app.training import parsing, script
from tests.cli.terminal import run

ENGLISH = (
    r"Usage|Options:|Commands:|OPTIONS|COMMAND|\bARGS|TEXT|INTEGER|PATH\b"
    r"|default:|required\]|Show (this|the)|\b(the|of|is|are)\b"
)


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
        assert re.search(ENGLISH, told.stdout) is None, words
    for text in translated.help_texts(konspekt):
        said = gettext.gettext(text)
        assert said != text
        assert re.search("[а-я]", said), text


@pytest.mark.usefixtures("_russian")
def test_the_trainings_tell_their_options_in_russian(
    catalogues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(command: list[str], env: dict[str, str], check: bool) -> CompletedProcess[str]:
        """Run a script of the lab in this process, where torch is imported already; test_lab starts one."""
        monkeypatch.setattr(sys, "argv", command[2:])
        monkeypatch.delitem(sys.modules, f"app.training.{command[3]}", raising=False)  # other tests import it
        monkeypatch.setenv(parsing.CATALOGUES, env[parsing.CATALOGUES])
        try:
            script.main()
        except SystemExit as ended:
            if isinstance(ended.code, str):
                click.echo(ended.code, err=True)
            return CompletedProcess(command, ended.code if isinstance(ended.code, int) else 1)
        return CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", here)
    told = installed(catalogues, "lab", "ship", "--help")
    assert told.exit_code == 0
    assert told.stdout.startswith("использование: flask lab ship [-h]")
    assert re.search(r"usage|options|positional|show this|\b(the|of|is|with)\b", told.stdout) is None
    wrong = installed(catalogues, "lab", "ship", "synthesis", "--nosuch")
    assert wrong.exit_code == 2
    assert "ошибка: не указаны обязательные аргументы: trained, target" in wrong.stderr
    missing = installed(catalogues, "lab", "ship", "synthesis", "nothing", "out")
    assert missing.exit_code == 1
    assert missing.stderr.startswith("Ошибка: ")


@pytest.mark.usefixtures("_russian")
def test_the_client_of_live_transcription_is_russian(
    tmp_path: Path, catalogues: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        client.main(["--help"])
    told = capsys.readouterr().out
    assert told.startswith("использование: python -m app.live.client")
    assert re.search(r"usage|options|show this|\b(the|of|is|as)\b", told) is None
    with pytest.raises(SystemExit, match="2"):
        client.main([str(tmp_path / "missing.wav")])
    assert "ошибка: нет файла" in capsys.readouterr().err
    (tmp_path / "notes.mp3").write_text("Dear colleagues,")
    assert client.main([str(tmp_path / "notes.mp3")]) == 1
    assert "Это не аудио и не видео" in capsys.readouterr().err
    translated.use(catalogues)  # the client's own are gone
    client.show(1, {"type": "waiting", "place": 2, "expected_s": 30})
    client.show(1, {"type": "progress", "stage": "transcribe", "fraction": 0.5})
    client.show(1, {"type": "ready", "recording": "abc"})
    client.show(1, {"type": "lag", "seconds": 4})
    said = "".join(capsys.readouterr())
    for words in (
        "место в очереди: 2",
        "Расшифровка 50%",
        "сохранено: /api/live/abc",
        "отстаёт от звука на 4 с",
    ):
        assert words in said


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize("name", sorted(lab.lab.commands.keys() - {"label"}))
def test_every_script_of_the_lab_tells_its_options_by_the_catalogue(name: str) -> None:
    folder = Path(training.__file__).parent / name.replace("-", "_")
    source = folder.with_suffix(".py") if folder.with_suffix(".py").exists() else folder / "__main__.py"
    text = source.read_text("utf-8")
    assert re.search(rf'new_parser\(\s*"{name}",\s+N_\(', text)
    assert "ArgumentParser" not in text
    assert not re.search(r"help=[^_]", text), "each help is marked for translation"


@pytest.mark.usefixtures("_russian")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("transcribe", "--nosuch"), "Ошибка: Нет параметра '--nosuch'."),
        (("nosuch",), "Ошибка: Нет команды 'nosuch'."),
        (("keys", "add"), "Ошибка: Не хватает аргумента 'NAME'."),
        (("keys", "add", "x", "--scope", "all"), "Неверное значение для '--scope': 'all' — не одно из:"),
        (("keys", "add", "x", "--expires", "soon"), "«soon» — не срок. Напишите 12h"),
        (("transcribe", "no.wav"), "Ошибка: Неверное значение для 'FILES...': Файл 'no.wav' не существует."),
        (("transcribe", __file__, "-o", "no/such/x.srt"), "no/such нет; сначала создайте её."),
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
    assert commands.startswith("Использование: flask [ПАРАМЕТРЫ] КОМАНДА [АРГУМЕНТЫ]...")
    assert commands.count("Использование:") == 1
    assert re.search(ENGLISH, commands) is None, "its head is written before the program is loaded"


def test_elsewhere_it_speaks_english_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    told = run(tmp_path, "transcribe", "--nosuch")
    assert "Error: No such option '--nosuch'." in told.stderr
    assert "Usage:" in told.stderr


PRINTING = ("click.echo", "click.secho", "bars.add_task", "bars.track")


def test_no_command_prints_a_sentence_that_is_not_in_the_catalogue() -> None:
    for path in Path(cli.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in PRINTING:
                written = " ".join(untranslated(call))
                assert re.search(r"[A-Za-z]{3}", written) is None, f"{path.name}: {written}"


def untranslated(node: ast.AST) -> Iterator[str]:
    """Yield the strings that are printed, but for what `words` says and what formats or names a field."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        elif not isinstance(child, ast.Call | ast.Subscript | ast.FormattedValue) and (
            getattr(child, "arg", None) != "fg"  # a colour
        ):
            yield from untranslated(child)
