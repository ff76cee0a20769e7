"""Where documents go by themselves: what each place does, and the two that need no other protocol."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.audio.atomic import atomic_write
from app.documents.sanitize import encodable
from app.jobs.job import Job
from app.storage.s3 import S3Bucket

LONGEST_NAME_BYTES = 120


@dataclass(frozen=True, slots=True)
class Parcel:
    """The documents of one job. id: of this delivery, the same at each try; folder: the name for them."""

    id: str
    name: str
    folder: str
    documents: Mapping[str, bytes]


class Destination(Protocol):
    """A place. kind: of its rows of deliveries; address: what their owners read of it."""

    kind: str
    address: str

    def put(self, parcel: Parcel) -> None:
        """Bring the documents there; done twice, they are there once. Raises what `Exports` knows."""
        ...


class FolderDestination:
    """A folder of this machine, or one that is mounted."""

    kind, address = "export-folder", "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, parcel: Parcel) -> None:
        folder = self._folder / parcel.folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in parcel.documents.items():
            with atomic_write(folder / name) as part:
                part.write_bytes(content)


class BucketDestination:
    """The bucket of the settings, behind a prefix."""

    kind, address = "export-s3", "s3"

    def __init__(self, bucket: Callable[[], S3Bucket], scratch: Path) -> None:
        self._bucket, self._scratch = bucket, scratch

    def put(self, parcel: Parcel) -> None:
        for name, content in parcel.documents.items():
            with tempfile.NamedTemporaryFile(dir=self._scratch, suffix=".part") as file:
                file.write(content)
                file.flush()
                self._bucket().put(f"{parcel.folder}/{name}", Path(file.name))


def folder_name(job: Job) -> str:
    """Name the folder of a recording's documents: its day, its name, and what no other has, of its id."""
    kept = (char if char.isalnum() or char in " -_.,()" else " " for char in encodable(job.name))
    name = " ".join("".join(kept).split()).strip(". ")
    short = name.encode()[:LONGEST_NAME_BYTES].decode(errors="ignore").strip(". ")
    return " ".join(filter(None, (f"{job.created_at:%Y-%m-%d}", short, job.id[:8])))
