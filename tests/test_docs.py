"""What the documents say is what the code does."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

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


@pytest.mark.parametrize("document", ["README.md", "README.ru.md", "docs/api.md"])
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
    assert set(re.findall(r"^\| `((?:GET|POST|PUT|DELETE) /\S*)` \|", pages, re.MULTILINE)) == there_are


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not missing
