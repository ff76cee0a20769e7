"""Weights whose checksum we do not know: what their own server says of them, and whether they are whole."""

import json
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import requests

from app.engines.weights.catalogue import WeightFile
from app.errors import N_, EngineUnavailable

_TIMEOUT = (5, 20)
_SHA256 = re.compile(r'"?([0-9a-f]{64})"?')


def as_served(file: WeightFile) -> WeightFile:
    """Return the file with the size and the checksum that its server tells.

    Model hubs name both in the headers of the answer that leads to their storage (X-Linked-Size and -ETag),
    so they are looked for in every answer on the way. That proves that the file is what the hub has, and no
    more; a hub that is lied to is not found out.

    Raises:
        EngineUnavailable: the server does not answer, or does not say how large the file is.
    """
    try:
        headers = {"Accept-Encoding": "identity"}
        with requests.head(file.url, headers=headers, timeout=_TIMEOUT, allow_redirects=True) as last:
            last.raise_for_status()
            answers = [*last.history, last]
    except requests.RequestException as error:
        raise _silent(file) from error
    sizes = [answer.headers.get("X-Linked-Size", "") for answer in answers]
    sizes.append(last.headers.get("Content-Length", ""))
    size = next((int(text) for text in sizes if text.isdecimal()), 0)
    tags = (_SHA256.fullmatch(answer.headers.get("X-Linked-ETag", "")) for answer in answers)
    if not size:
        raise _silent(file)
    return replace(file, size_bytes=size, sha256=next((tag[1] for tag in tags if tag), ""))


def is_whole(path: Path, kind: str) -> bool:
    """Tell whether a file of a known kind (".json", ".safetensors", ".bin") is complete; others may be."""
    return kind not in _FORMS or _FORMS[kind](path)


def _json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_bytes()), dict)
    except ValueError:
        return False


def _safetensors(path: Path) -> bool:
    """Compare the file's size with what its header says: 8 bytes of length, the header, the tensors."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, 100_000_000)))
        ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    except (ValueError, KeyError, TypeError, AttributeError, struct.error):
        return False
    return bool(path.stat().st_size == 8 + length + max(ends, default=0))


_FORMS: dict[str, Callable[[Path], bool]] = {
    ".json": _json,
    ".safetensors": _safetensors,
    ".bin": zipfile.is_zipfile,  # torch.save's form; its directory stands at the end
}


def _silent(file: WeightFile) -> EngineUnavailable:
    return EngineUnavailable(
        N_("%(url)s does not answer as it should. Check the network and try again."), url=file.url
    )
