"""The locks hold every pin with its hashes, and the bill of materials what is shipped beside them."""

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parents[1]


def script(name: str) -> ModuleType:
    """Load a script of docs/, which is no package."""
    spec = importlib.util.spec_from_file_location(name, TOP / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK, SBOM = script("lock"), script("sbom")
NAMES = "requirements.lock", "requirements-cpu.lock", "requirements-cuda.lock"


def test_the_lock_holds_every_pin_and_nothing_else() -> None:
    pins = LOCK.pinned((TOP / "requirements.txt").read_text("utf-8"))
    locked = LOCK.pinned(LOCK.LOCK.read_text("utf-8"))
    torch = pins.pop("torch")
    assert locked == pins, "run `make lock`"
    assert LOCK.pinned(LOCK.CPU_LOCK.read_text("utf-8")) == {"torch": f"{torch}+cpu"}
    cuda = LOCK.pinned(LOCK.CUDA_LOCK.read_text("utf-8"))
    assert cuda["torch"] == torch
    assert "triton" in cuda, "without CUDA it is a gigabyte that nobody calls"


def needed_by(package: str, python: str) -> set[str]:
    """Return what an installed package asks for on a version of Python."""
    minor = python.rpartition(".")[0]
    environment = {
        **default_environment(),
        "python_full_version": python,
        "python_version": minor,
        "extra": "",
    }
    try:
        needs = map(Requirement, importlib.metadata.requires(package) or ())
    except importlib.metadata.PackageNotFoundError:
        return set()
    return {
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or need.marker.evaluate(environment)
    }


def test_what_is_installed_fits_together() -> None:
    """A pin that another one cannot do with installs here one after the other, and on a new machine not."""
    checked = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("python", ["3.11.0", "3.11.15", "3.12.0", "3.13.0"])
def test_the_locks_hold_what_each_python_needs(python: str) -> None:
    """They are installed without a look at dependencies; early versions of 3.11 ask for more than late."""
    pins = LOCK.pinned((TOP / "requirements.txt").read_text("utf-8"))
    cuda = LOCK.pinned(LOCK.CUDA_LOCK.read_text("utf-8"))  # what PyPI's torch asks for, not that for the CPU
    needed = set().union(*(needed_by(package, python) for package in pins))
    assert needed > {"numpy"}
    assert not needed - set(pins) - set(cuda), "pin them in requirements.txt"


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_a_lock_has_hashes_and_an_exact_version(name: str) -> None:
    text = (TOP / name).read_text("utf-8")
    blocks = [block for block in re.split(r"\n(?=\w)", text) if not block.startswith("#")]
    assert blocks
    for block in blocks:
        head, *rows = block.strip().splitlines()
        assert re.match(r"^[\w.-]+==[\w.+!]+ ", head), head
        assert rows, f"{head} has no hash"
        assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", row) for row in rows), head


def test_what_the_lock_knows_is_read_back_whole() -> None:
    locks = [(TOP / name).read_text("utf-8") for name in NAMES]
    known = LOCK.known_hashes()
    assert sum(map(len, known.values())) == sum(text.count("--hash=") for text in locks)


def test_an_audit_of_what_no_database_knows_is_not_passed() -> None:
    """Of a mirror without the database pip-audit says that no holes are known, unless it is strict."""
    makefile = (TOP / "Makefile").read_text("utf-8")
    assert re.search(r"^AUDIT := \S+/pip-audit --strict ", makefile, re.MULTILINE)
    audited = set(re.findall(r"^\t\$\(AUDIT\) -r (\S+)$", makefile, re.MULTILINE))
    assert audited == {name for name in NAMES if "cpu" not in name}, "torch+cpu is in no database; torch is"


def test_the_version_of_a_file_is_that_of_its_name() -> None:
    assert LOCK.version_of("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl") == "2.13.0+cpu"
    assert LOCK.version_of("pyworld-0.3.5.tar.gz") == "0.3.5"
    assert LOCK.version_of("pyworld-0.2.10-cp36-cp36m-win32.exe") is None


def test_a_bill_of_materials_gets_vendored_scripts_and_weights_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = tmp_path / "sbom.json"
    bill.write_text('{"bomFormat": "CycloneDX", "components": [{"bom-ref": "x", "name": "flask"}]}')
    SBOM.main(bill)
    once = bill.read_text("utf-8")
    SBOM.main(bill)
    assert bill.read_text("utf-8") == once
    for words in ("htmx.org", "faster-whisper-base", "qwen2.5-coder-1.5b", "flask", "SHA-256"):
        assert words in once
    assert str(bill) in capsys.readouterr().out
