"""AIFF, AU, CAF and W64 of recorders that died before they wrote the size of the sound, as plain samples.

For WAV, ffmpeg has an option of its own; these it refuses, or takes them to end where the header says.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

_HEADER_BYTES = 1 << 16  # within which the sound must begin
_W64_GUID = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_AU_CODES = {1: "mulaw", 2: "s8", 3: "s16be", 4: "s24be", 5: "s32be", 6: "f32be", 7: "f64be", 27: "alaw"}
_CAF_UNKNOWN = -1
_BEYOND = 1 << 62  # no file is as large


@dataclass(frozen=True, slots=True)
class PlainSamples:
    """Where and how the samples of a file stand.

    form: ffmpeg's name of it; said_bytes: their size as the header has it; unknown: the header says by rights
    that nobody knows the size.
    """

    start: int
    form: str
    rate_hz: int
    channels: int
    said_bytes: int
    unknown: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """Return ffmpeg's options of the input, to read to the end of the file."""
        sound = ("-ar", str(self.rate_hz), "-ac", str(self.channels))
        return (
            *("-format_whitelist", self.form, "-f", self.form, *sound),
            *("-skip_initial_bytes", str(self.start)),
        )


def samples_beyond_header(path: Path) -> PlainSamples | None:
    """Return how to read a file whose header gives less than all of its sound; None where it does not."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            found = next((found for read in _READERS if (found := read(file))), None)
        except (struct.error, ValueError, OverflowError):
            return None
        if found is None or not (0 < found.channels <= 32 and 0 < found.rate_hz <= 768_000):
            return None
        if found.unknown or found.said_bytes <= 0:
            return found if found.start < size else None
        behind = found.start + found.said_bytes
        return found if behind + 64 < size and not _chunk_at(file, behind, size) else None


def _chunk_at(file: BinaryIO, at: int, size: int) -> bool:
    """Tell whether another chunk stands there: a name, and a size that fits in some way of writing it."""
    for start in (at, at + at % 2, at + -at % 8):
        file.seek(start)
        head = file.read(24)
        name = head[:4]
        if not (len(head) == 24 and name.isascii() and name.decode("ascii").isprintable()):
            continue
        sizes = (
            int.from_bytes(head[4:8], "big"),
            int.from_bytes(head[4:12], "big") + 4,
            int.from_bytes(head[16:24], "little") - 16,
        )
        if any(0 <= n <= size - start for n in sizes):
            return True
    return False


def _chunks(
    file: BinaryIO, at: int, head: struct.Struct, align: int, inside: bool
) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and size of each chunk. inside: the size counts the chunk's head too."""
    while at < _HEADER_BYTES:
        file.seek(at)
        name, n_bytes = head.unpack(file.read(head.size))
        n_bytes -= head.size if inside else 0
        yield name, at + head.size, n_bytes
        at += head.size + max(0, n_bytes)
        at += -at % align


def _read(file: BinaryIO, at: int, form: str) -> tuple[Any, ...]:
    file.seek(at)
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _aiff(file: BinaryIO) -> PlainSamples | None:
    form, form_bytes, kind = _read(file, 0, ">4sI4s")
    if form != b"FORM" or kind not in (b"AIFF", b"AIFC"):
        return None
    channels = rate = 0
    codec = ""
    for name, start, n_bytes in _chunks(file, 12, struct.Struct(">4sI"), 2, inside=False):
        if name == b"COMM":
            channels, _, bits, exponent, mantissa = _read(file, start, ">hIhHQ")
            rate = round(mantissa * 2.0 ** (exponent - 16383 - 63))
            order = {b"NONE": "be", b"twos": "be", b"sowt": "le"}
            end = "be" if kind == b"AIFF" else order.get(_read(file, start + 18, ">4s")[0], "")
            codec = f"s{bits}{end}" if bits in (16, 24, 32) and end else "s8" if bits == 8 and end else ""
        if name == b"SSND":
            said = n_bytes - 8 if form_bytes else 0  # with 0 for the whole file, ffmpeg reads nothing of it
            return PlainSamples(start + 8, codec, rate, channels, said) if codec else None
    return None


def _au(file: BinaryIO) -> PlainSamples | None:
    name, start, n_bytes, code, rate, channels = _read(file, 0, ">4sIIIII")
    if name != b".snd" or code not in _AU_CODES:
        return None
    said = n_bytes and _BEYOND  # any other size ffmpeg reads beyond
    return PlainSamples(start, _AU_CODES[code], rate, channels, said)


def _caf(file: BinaryIO) -> PlainSamples | None:
    if _read(file, 0, ">4s")[0] != b"caff":
        return None
    found: tuple[str, int, int] | None = None
    for name, start, n_bytes in _chunks(file, 8, struct.Struct(">4sq"), 1, inside=False):
        if name == b"desc":
            rate, kind, flags, _, _, channels, bits = _read(file, start, ">d4sIIIII")
            if kind == b"lpcm" and bits in (8, 16, 24, 32, 64):
                order = "" if bits == 8 else "le" if flags & 2 else "be"
                found = f"{'f' if flags & 1 else 's'}{bits}{order}", round(rate), channels
        if name == b"data":
            unknown = n_bytes == _CAF_UNKNOWN
            return PlainSamples(start + 4, *found, n_bytes - 4, unknown) if found else None
    return None


def _w64(file: BinaryIO) -> PlainSamples | None:
    if _read(file, 0, "<4s")[0] != b"riff" or _read(file, 24, "<4s")[0] != b"wave":
        return None
    found: tuple[str, int, int] | None = None
    for name, start, n_bytes in _chunks(file, 40, struct.Struct("<16sQ"), 8, inside=True):
        if name == b"fmt " + _W64_GUID:
            tag, channels, rate, _, _, bits = _read(file, start, "<HHIIHH")
            if tag in (1, 3) and bits in (16, 24, 32, 64):
                found = f"{'f' if tag == 3 else 's'}{bits}le", rate, channels
        if name == b"data" + _W64_GUID:
            said = n_bytes if _read(file, 16, "<Q")[0] else 0
            return PlainSamples(start, *found, said) if found else None
    return None


_READERS = (_aiff, _au, _caf, _w64)
