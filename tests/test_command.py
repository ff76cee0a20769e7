"""The command of an installed program: what lies beside `app` is in the package, and found from anywhere."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import COMMANDS
from app.command import konspekt

TOP = Path(__file__).parents[1]
PAGES = """
import re
from pathlib import Path
from app import create_app
from app.config.home import HOME
from app.web.core.context import konspekt
app = create_app()
konspekt(app).jobs.prepare()
client = app.test_client()
heading = re.findall("<h1[^>]*>([^<]*)", client.get("/", headers={"Accept-Language": "ru"}).text)
found = [client.get(path).status_code for path in ("/static/konspekt.css", "/lab")]
Path("told").write_text(f"{HOME} {heading} {found}", "utf-8")
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `pip install .` does, and unpack it as that does."""
    folder = tmp_path_factory.mktemp("wheel")
    words = (
        "-q",
        "egg_info",
        "-e",
        str(folder),
        "build",
        "-b",
        str(folder / "build"),
        "bdist_wheel",
        "-d",
        str(folder),
    )
    subprocess.run(
        [sys.executable, "setup.py", *words], cwd=TOP, check=True, capture_output=True, timeout=120
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_the_package_holds_every_file_that_the_program_reads(package: Path) -> None:
    def names(folder: Path) -> set[str]:
        found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        return {name for name in found if "__pycache__" not in name and not name.endswith(".mako")}

    shipped = {name for name in names(package / "app") if name.startswith("shipped/")}
    assert names(TOP / "app") == names(package / "app") - shipped
    for folder in ("templates", "static", "models/repair", "models/synthesis"):
        assert names(TOP / folder) == names(package / "app/shipped" / folder)


def test_an_installed_program_runs_from_anywhere_with_its_data_in_the_users_folder(
    package: Path, tmp_path: Path
) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("KONSPEKT_")}
    own |= {"PYTHONPATH": str(package), "XDG_DATA_HOME": str(tmp_path), "KONSPEKT_MAX_FETCH_BYTES": "0"}
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PAGES],
        cwd=tmp_path,
        env=own,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "told").read_text(
        "utf-8"
    ) == f"{tmp_path / 'konspekt'} ['Из записи — протокол'] [200, 200]"


def test_it_has_all_commands_and_completes_them() -> None:
    told = CliRunner().invoke(konspekt, ["--help"]).output
    names = {command.name for command in COMMANDS} | {"serve", "home", "jobs", "completion"}
    assert names <= set(told.split())
    env = {"_KONSPEKT_COMPLETE": "bash_complete", "COMP_WORDS": "konspekt jobs c", "COMP_CWORD": "2"}
    script = CliRunner().invoke(konspekt, ["completion", "bash"]).output
    assert "_KONSPEKT_COMPLETE=bash_complete" in script
    found = CliRunner(env=env).invoke(konspekt, [], prog_name="konspekt", complete_var="_KONSPEKT_COMPLETE")
    assert found.output.split() == ["plain,cancel"]
