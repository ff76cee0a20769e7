"""Write the locks: the pins of requirements.txt, and what torch needs for CUDA, with hashes of their files.

`make lock` runs it after a pin has changed; it asks for what the locks do not hold, with --all for all.
Hashes are those that PyPI names for every file of a version, so that one lock holds for all systems; those of
torch for the CPU are of the wheels that this machine's pip finds on its disk (`find-links`). What the locks
hold of a version stays: a machine with other wheels adds its own. triton, a gigabyte for which openai-whisper
asks too, stands with CUDA: on a CPU nobody calls it.
"""

import hashlib
import io
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

TOP = Path(__file__).parents[1]
LOCK, CPU_LOCK, CUDA_LOCK = (TOP / f"requirements{name}.lock" for name in ("", "-cpu", "-cuda"))
MOST_BYTES = 50 * 10**6  # of a wheel that is fetched for its metadata
INDEX = "https://pypi.org/simple"
HEAD = "# Written by docs/lock.py (`make lock`). {what}\n\n"
TORCH = "torch"
LINUX_ONLY = "; platform_system == 'Linux'"
LINUX = {"platform_system": "Linux", "sys_platform": "linux", "platform_machine": "x86_64"}


def main() -> None:
    pins, known = pinned((TOP / "requirements.txt").read_text("utf-8")), known_hashes()
    torch = pins.pop(TORCH)
    cuda = pinned(CUDA_LOCK.read_text("utf-8")) if CUDA_LOCK.is_file() else {}
    if cuda.get(TORCH) != torch or "--all" in sys.argv:
        cuda = {TORCH: torch, **cuda_pins(torch)}
    what = "All but torch. Install it with --no-deps --require-hashes, as the two for torch."
    text = "".join(entry(name, version, known) for name, version in sorted(pins.items()))
    LOCK.write_text(HEAD.format(what=what) + text, "utf-8")
    what = "torch for the CPU, where pip finds that build; else requirements-cuda.lock."
    CPU_LOCK.write_text(HEAD.format(what=what) + entry(TORCH, f"{torch}+cpu", known), "utf-8")
    what = "torch as PyPI has it, and what that needs on Linux to compute by CUDA."
    text = entry(TORCH, cuda.pop(TORCH), known)
    text += "".join(entry(name, version, known, LINUX_ONLY) for name, version in sorted(cuda.items()))
    CUDA_LOCK.write_text(HEAD.format(what=what) + text, "utf-8")


def pinned(text: str) -> dict[str, str]:
    """Return the version of each package that a requirements file pins."""
    rows = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in rows}


def known_hashes() -> dict[tuple[str, str], set[str]]:
    """Return the hashes that the locks hold already, by package and version."""
    known: dict[tuple[str, str], set[str]] = {}
    for lock in (LOCK, CPU_LOCK, CUDA_LOCK):
        text = lock.read_text("utf-8") if lock.is_file() else ""
        for block in re.split(r"\n(?=\w)", text):
            head = re.match(r"([\w.-]+)==(\S+)", block)
            if head:
                known[head[1], head[2]] = set(re.findall("sha256:([0-9a-f]{64})", block))
    return known


def entry(name: str, version: str, known: dict[tuple[str, str], set[str]], marker: str = "") -> str:
    hashes = known.get((name, version), set())
    if (not hashes or "--all" in sys.argv) and "+" not in version:
        of_version = [file for file in files(name) if version_of(file["filename"]) == version]
        hashes = hashes | {file["hashes"]["sha256"] for file in of_version}
        print(f"{name}=={version}: {len(hashes)} files")
    hashes = hashes | on_disk(name, version)
    if not hashes:
        raise SystemExit(f"{name}=={version} is not on {INDEX}")
    lines = " \\\n    ".join(f"--hash=sha256:{value}" for value in sorted(hashes))
    return f"{name}=={version}{' ' + marker if marker else ''} \\\n    {lines}\n"


@cache
def files(name: str) -> list[dict[str, Any]]:
    accept = {"Accept": "application/vnd.pypi.simple.v1+json"}
    found: list[dict[str, Any]] = json.loads(get(f"{INDEX}/{name}/", accept))["files"]
    return found


def version_of(file: str) -> str | None:
    """Return the version of a distribution by its file's name."""
    try:
        parse = parse_wheel_filename if file.endswith(".whl") else parse_sdist_filename
        return str(parse(file)[1])
    except ValueError:
        return None


def on_disk(name: str, version: str) -> set[str]:
    """Return the hashes of wheels of this version in the folders that pip is told to look into."""
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in wheels_on_disk()
        if canonicalize_name(parse_wheel_filename(path.name)[0]) == name and version_of(path.name) == version
    }


@cache
def wheels_on_disk() -> tuple[Path, ...]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    folders = " ".join(re.findall(r"find-links='([^']*)'", told)).split()
    return tuple(wheel for folder in folders for wheel in Path(folder).glob("*.whl"))


def cuda_pins(torch: str) -> dict[str, str]:
    """Return what PyPI's build of torch for Linux needs beside its CPU build: the newest that fit."""
    wanted: dict[str, SpecifierSet] = {}
    found: dict[str, str] = {}
    open_ = [one for one in needs("torch", torch, "") if one.marker is not None]
    while open_:
        one = open_.pop()
        name = canonicalize_name(one.name)
        wanted[name] = wanted.get(name, SpecifierSet()) & one.specifier
        version = newest(name, wanted[name])
        if found.get(name) != version or one.extras:
            found[name] = version
            for extra in ("", *one.extras):
                open_ += needs(name, version, extra)
    return found


def newest(name: str, wanted: SpecifierSet) -> str:
    versions = {version for file in files(name) if (version := version_of(file["filename"]))}
    return max((version for version in versions if wanted.contains(version)), key=Version)


def needs(name: str, version: str, extra: str) -> list[Requirement]:
    """Return what a version needs on Linux, by the metadata of one of its wheels."""
    of_version = [file for file in files(name) if version_of(file["filename"]) == version]
    wheels = [
        file for file in of_version if file["filename"].endswith(".whl") and "win" not in file["filename"]
    ]
    wheel = next(
        (file for file in wheels if "manylinux" in file["filename"] and "x86_64" in file["filename"]),
        wheels[0],
    )
    metadata = metadata_of(wheel)
    found = [Requirement(row) for row in re.findall(r"^Requires-Dist: (.*)$", metadata, re.MULTILINE)]
    environment = {**default_environment(), **LINUX, "extra": extra}
    return [
        one
        for one in found
        if (one.marker is None or one.marker.evaluate(environment))
        and ("extra ==" in str(one.marker)) == bool(extra)
    ]


def metadata_of(wheel: dict[str, Any]) -> str:
    """Return what a wheel says of itself; "" of a large one that the index has no metadata of."""
    try:
        return get(f"{wheel['url']}.metadata", {}).decode()
    except urllib.error.HTTPError:
        if wheel["size"] > MOST_BYTES:  # NVIDIA's libraries: cuda-toolkit names what they need
            return ""
    with zipfile.ZipFile(io.BytesIO(get(wheel["url"], {}))) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return archive.read(name).decode()


def get(url: str, headers: dict[str, str]) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:  # noqa: S310
        text: bytes = answer.read()
    return text


if __name__ == "__main__":
    main()
