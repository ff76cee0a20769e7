"""A ZIP that is the same bytes for the same content: its times are those it is given, never the clock's."""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # no ZIP knows an earlier one


def entry(name: str, when: datetime) -> zipfile.ZipInfo:
    """Make the entry of a compressed file that its owner may write and everybody read."""
    made = zipfile.ZipInfo(name, max(when.timetuple()[:6], _FIRST_DAY))
    made.external_attr = 0o644 << 16
    made.compress_type = zipfile.ZIP_DEFLATED
    return made


def archive(files: Iterable[tuple[str, bytes]], when: datetime) -> bytes:
    """Pack files, by their names, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as writer:
        for name, content in files:
            writer.writestr(entry(name, when), content)
    return packed.getvalue()


def dated(packed: bytes, when: datetime) -> bytes:
    """Return an archive with all its times set."""
    with zipfile.ZipFile(io.BytesIO(packed)) as reader:
        return archive(((name, reader.read(name)) for name in reader.namelist()), when)
