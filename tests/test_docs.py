"""What the documents say is what the code does."""

import importlib.metadata
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app import create_app
from app.config import Config

TOP = Path(__file__).parent.parent
DOCUMENTS = sorted([*TOP.glob("*.md"), *TOP.glob("docs/*.md"), *TOP.glob("models/*.md")])


@pytest.fixture(scope="module")
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", TOP / "docs/tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def settings_rows(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `(KONSPEKT_\w+)` \| (.*?) \| .+ \|$", text, re.MULTILINE)


@pytest.mark.parametrize("document", ["README.md", "README.ru.md", "docs/api.md", "docs/reference.md"])
def test_parts_that_come_from_the_code_are_current(tables: ModuleType, document: str) -> None:
    text = read(document)
    assert text == tables.renewed(document, text), "run: python docs/tables.py"


def test_the_russian_settings_table_has_every_setting_with_its_default(tables: ModuleType) -> None:
    expected = [(f"KONSPEKT_{name.upper()}", tables.default_of(name)) for name in Config.model_fields]
    assert settings_rows(read("README.ru.md")) == expected


def test_both_readmes_have_the_same_parts() -> None:
    for pattern in (r"^## ", r"^\| ---", r"^```", r"^- ", r"^\| ", r"\]\([^)]*\)"):
        english, russian = (
            re.findall(pattern, read(name), re.MULTILINE) for name in ("README.md", "README.ru.md")
        )
        assert len(english) == len(russian), pattern


def test_the_documents_name_every_address(tmp_path: Path) -> None:
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    app = create_app(Config.model_validate(folders))
    rules = [rule for rule in app.url_map.iter_rules() if "static" not in rule.endpoint]
    there_are = {
        f"{method} {rule.rule}"
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "openapi.spec"
    }
    pages = "".join(path.read_text(encoding="utf-8") for path in TOP.glob("docs/*.md"))
    assert set(re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /\S*)` \|", pages, re.MULTILINE)) == there_are


def test_what_stands_for_the_five_systems_exists(tmp_path: Path) -> None:
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    app = create_app(Config.model_validate(folders))
    rules = {f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    text = read("docs/systems.md")
    addresses = re.findall(r"`((?:GET|POST|DELETE) /[^`]*)`", text)
    assert len(addresses) > 20
    assert not set(addresses) - rules
    for words in re.findall(r"`flask ([a-z][^`]*)`", text):
        command: Any = app.cli
        for word in words.split():
            if not hasattr(command, "commands"):
                break  # its arguments
            command = command.commands[word]
    settings = re.findall(r"`KONSPEKT_(\w+)", text)
    assert len(settings) > 5
    assert not {name.lower() for name in settings} - set(Config.model_fields)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_can_be_copied_as_they_stand(path: Path) -> None:
    """What the program installs lies in .venv/bin; a command behind `make run` would never be reached."""
    blocks = re.findall(
        r"^ *```(?:sh|bash|console)?\n(.*?)^ *```", path.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line for block in blocks for line in block.splitlines()]
    bare = re.compile(r"(?:^ *\$? ?|[|;&(] *)(?:flask|python3?|celery|alembic|pytest|gunicorn) ")
    assert not [line for line in lines if bare.search(line) or re.search(r"make run *(&&|;)", line)]


def test_each_trial_behind_a_promise_exists() -> None:
    named = re.findall(r"`(tests/[^`:]+)::(\w+)`", read("docs/reliability.md"))
    assert len(named) > 5
    assert not [name for path, name in named if f"def {name}(" not in read(path)]


def pinned() -> dict[str, str]:
    """Return the version of every package that requirements.txt pins."""
    rows = re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", read("requirements.txt"), re.MULTILINE)
    return dict(rows)


def licences(heading: str) -> dict[str, str]:
    """Return the first and the last column of the tables that stand under a heading of NOTICE.md."""
    part = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", read("NOTICE.md"), re.MULTILINE | re.DOTALL)
    assert part is not None
    rows = re.findall(r"^\| (\S+) \|(?:.* \|)? (.+) \|$", part[1], re.MULTILINE)
    return {name: licence for name, licence in rows if name not in ("Package", "Folder", "---")}


def told_by(package: str) -> str:
    """Return what an installed package's metadata says of its licence."""
    try:
        told = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed here"
    classifiers = [
        row.rpartition(" :: ")[2] for row in told.get_all("Classifier", []) if row.startswith("License")
    ]
    return told.get("License-Expression") or "; ".join(classifiers) or told.get("License") or "read its files"


def test_the_notice_names_the_licence_of_every_pinned_package() -> None:
    rows = licences("Python packages")
    missing = [f"| {name} | {told_by(name)} |" for name in sorted(set(pinned()) - set(rows))]
    assert not missing, "add to the tables of NOTICE.md, with the SPDX name of the licence:\n" + "\n".join(
        missing
    )
    left_over = sorted(set(rows) - set(pinned()))
    assert not left_over, f"no longer in requirements.txt, so delete their rows in NOTICE.md: {left_over}"


def test_the_notice_says_what_the_packages_say() -> None:
    rows = licences("Python packages")
    for package, version in pinned().items():
        try:
            installed = importlib.metadata.distribution(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        expression = installed.metadata.get("License-Expression")
        if expression is not None and installed.version == version:
            assert rows[package].startswith(expression), f"NOTICE.md on {package}: it says {expression}"


def test_the_notice_names_what_the_browser_gets() -> None:
    folders = {folder.name for folder in TOP.glob("static/vendor/*") if folder.is_dir()}
    assert set(licences("In the browser")) == folders, (
        "NOTICE.md, In the browser: one row a folder of static/vendor"
    )


def test_the_order_of_the_rooms_is_the_one_that_is_checked() -> None:
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract.get("containers") == ["app"])
    drawn = " → ".join(layers).replace("(", "").replace(")", "")
    assert f"`{drawn}`" in read("CONTRIBUTING.md")


PROGRAM = ("app/", "templates/", "static/")
ROW = re.compile(r"^\| \[.+\]\(#(\S+)\) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def recipes() -> dict[str, list[str]]:
    """Return the numbered steps of each part of CONTRIBUTING.md, by the anchor of its heading."""
    found = {}
    for heading, part in re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", read("CONTRIBUTING.md"), re.MULTILINE | re.DOTALL
    ):
        anchor = heading.lower().replace(" ", "-")
        found[anchor] = re.findall(r"^\d+\. (.*?)(?=^\d+\. |^\n|\Z)", part, re.MULTILINE | re.DOTALL)
    return found


def files_in(steps: list[str]) -> set[str]:
    """Return the paths that stand in steps; `<name>` in a path stands for any name."""
    return set(re.findall(r"`((?:app|templates|static|tests|docs)/[\w<>./-]*)`", "".join(steps)))


COUNTED = ROW.findall(read("CONTRIBUTING.md"))


@pytest.mark.parametrize(("anchor", "n_files", "at_most"), COUNTED, ids=[row[0] for row in COUNTED])
def test_a_change_touches_no_more_files_than_its_recipe_says(anchor: str, n_files: str, at_most: str) -> None:
    named = sorted(path for path in files_in(recipes()[anchor]) if path.startswith(PROGRAM))
    assert len(named) == int(n_files) <= int(at_most), named


def test_every_change_and_both_walks_are_counted() -> None:
    with_files = {
        anchor
        for anchor, steps in recipes().items()
        if any(path.startswith(PROGRAM) for path in files_in(steps)) and anchor != "the-rules-in-short"
    }
    assert {anchor for anchor, _, _ in COUNTED} == with_files


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_files_that_a_document_names_are_there(path: Path) -> None:
    named = sorted(files_in([path.read_text(encoding="utf-8")]))
    missing = [name for name in named if not any(TOP.glob(re.sub(r"<\w+>", "*", name)))]
    assert not missing
