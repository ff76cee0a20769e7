"""Files that somebody has put one behind the other: of most containers, players play the first only."""

import re
from pathlib import Path

_PIECE_BYTES = 1 << 22
_HEAD_BYTES = 64
_FIRST_BLOCK = b"[" + re.escape(bytes(flags for flags in range(256) if flags & 8)) + b"]"
# How a file begins: bytes to search for, how far they are from the beginning, and all of the beginning
_BEGINNINGS = tuple(
    (word, at, re.compile(beginning, re.DOTALL))
    for word, at, beginning in (
        (b"ftyp", 4, rb"\x00\x00\x00[\x08-\xff]ftyp[\w ]{4}"),  # MP4, MOV, M4A, 3GP
        (b"WAVEfmt ", 8, rb"RIFF....WAVEfmt "),
        (b"AIF", 8, rb"FORM....AIF[FC]"),
        (b"caff", 0, rb"caff\x00\x01\x00\x00desc"),
        (b"riff\x2e\x91\xcf\x11", 0, rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"),  # W64
        (b"\x1a\x45\xdf\xa3", 0, rb"\x1a\x45\xdf\xa3.{1,40}\x42\x82.(?:matroska|webm)"),
        (b"\x30\x26\xb2\x75\x8e\x66", 0, rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9"),  # ASF: WMA, WMV
        (b"FLV\x01", 0, rb"FLV\x01[\x01\x04\x05]\x00\x00\x00\x09\x00\x00\x00\x00"),
        (b"\x06\x0e\x2b\x34\x02\x05", 0, rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"),  # MXF
        (b"TTA1", 0, rb"TTA1[\x01-\x03]\x00"),
        (b"wvpk", 0, rb"wvpk.{12}\x00\x00\x00\x00.{5}" + _FIRST_BLOCK),  # WavPack: a block with number 0
    )
)


def another_begins_at(path: Path) -> int | None:
    """Return where in a file another one of its kind begins, in bytes; None where it holds one only."""
    with path.open("rb") as file:
        window = file.read(_HEAD_BYTES)
        kind = next((kind for kind in _BEGINNINGS if kind[2].match(window)), None)
        if kind is None:
            return None
        word, offset, beginning = kind
        first, at = 0, offset + 1  # where the window stands in the file, and from where it is searched
        while piece := file.read(_PIECE_BYTES):
            window += piece
            while (at := window.find(word, at)) >= 0:
                if beginning.match(window, at - offset):
                    return first + at - offset
                at += 1
            first += max(
                0, len(window) - 2 * _HEAD_BYTES
            )  # what is cut off at the end is seen whole the next time
            window, at = window[-2 * _HEAD_BYTES :], offset + (first == 0)
    return None
