"""The house rules that import contracts cannot say."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.elsewhere import NOTHING_TO_TEST, TESTED_BY

TOP = Path(__file__).parent.parent
MODULES = sorted((TOP / "app").rglob("*.py"))
HEAVY = {
    "demucs",
    "docx",
    "moviepy",
    "pocketsphinx",
    "scipy",
    "silero_vad",
    "sklearn",
    "torch",
    "transformers",
    "whisper",
}


def imported_by(code: str, folder: Path) -> set[str]:
    """Run `code` in a fresh interpreter; return the top-level packages that it has imported."""
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(TOP), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_program_is_put_together_without_anything_heavy(tmp_path: Path) -> None:
    assert not HEAVY & imported_by("from app import create_app; create_app()", tmp_path)


def test_the_server_starts_without_anything_heavy(tmp_path: Path) -> None:
    assert not HEAVY & imported_by("import run", tmp_path)


@pytest.mark.parametrize(
    "module", ["app.config", "app.errors", "app.documents.transcript", "app.jobs.job", "app.audio.waveform"]
)
def test_the_lower_layers_load_nothing_of_the_web(tmp_path: Path, module: str) -> None:
    assert not {"flask", "apiflask", "werkzeug", "sqlalchemy"} & imported_by(f"import {module}", tmp_path)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TOP)))
def test_a_file_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250  # 100 is typical


def test_no_archive_or_program_has_slipped_into_the_sources() -> None:
    """What pip or a build leaves behind; what belongs to the product stands in folders of its own."""
    kept = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True)
    if kept.returncode:
        pytest.skip("not a checkout")
    suffixes = {".gz", ".zip", ".whl", ".bz2", ".xz", ".so", ".deb", ".log", ".tmp", ".orig", ".rej"}
    assert not [name for name in kept.stdout.splitlines() if Path(name).suffix in suffixes]


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "misc", "manager", "tools"}
    assert not [path for path in MODULES if path.stem in drawers or path.parent.name in drawers]


def test_every_module_says_what_it_is_for() -> None:
    assert not [path for path in MODULES if not path.read_text(encoding="utf-8").startswith('"""')]


def test_every_module_has_a_test_of_its_place_or_stands_in_the_list() -> None:
    modules = {path.relative_to(TOP / "app").as_posix(): path for path in MODULES if path.stem != "__init__"}
    own = {
        name
        for name, path in modules.items()
        if (TOP / "tests" / name).with_name(f"test_{path.stem}.py").is_file()
    }
    listed = [name for names in TESTED_BY.values() for name in names] + list(NOTHING_TO_TEST)
    assert len(listed) == len(set(listed)), "tests/elsewhere.py names a module twice"
    without = {name for name in modules if not name.startswith("jobs/migrations/")} - own
    assert not without - set(listed), "write their tests, or say in tests/elsewhere.py what tests them"
    assert not set(listed) - without, (
        "they are gone or have tests of their own: delete them in tests/elsewhere.py"
    )
    assert not [test for test in TESTED_BY if not (TOP / test).is_file()], (
        "tests/elsewhere.py names missing tests"
    )


def test_the_rate_of_speech_stands_in_one_place() -> None:
    written = [path for path in MODULES if re.search(r"\b16_?000\b", path.read_text(encoding="utf-8"))]
    assert written == [TOP / "app" / "audio" / "waveform.py"]


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("app", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError with the circle


def names_of(module: str) -> set[str]:
    """Return what can be imported from a module of the program: its names, and the modules in its folder."""
    path = TOP / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():
        return set()
    found = {inner.stem for inner in path.glob("*")} if path.is_dir() else set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def test_tests_and_benchmarks_import_what_there_is() -> None:
    wrong = [
        f"{path.relative_to(TOP)}: {node.module}.{alias.name}"
        for folder in ("tests", "benchmarks", "docs")
        for path in sorted((TOP / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "app"
        for alias in node.names
        if alias.name not in names_of(node.module or "")
    ]
    assert not wrong
