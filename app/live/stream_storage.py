"""StreamStorage: what several web processes have to know of saved streams. One alone needs none of it."""

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from app.audio.atomic import atomic_write
from app.live.saved_stream import SavedStream

PREFIX = "live-"


class Tenure(Protocol):
    """The time for which one process writes a saved stream."""

    def keep(self) -> bool:
        """Keep what is new where others find it. False: the stream is another's now, or deleted."""
        ...

    def end(self) -> None:
        """Keep the rest; nobody speaks into it any more."""
        ...


class StreamStorage(Protocol):
    """The saved streams of all processes; `folder` is where those of this machine lie.

    What others cannot be told now, as the database or the bucket is away, they are told by a later call.
    """

    def bring(self, folder: Path, owner: str, recording: str, whole: bool) -> SavedStream | None:
        """Return a stream as it is now, to be read. None: this owner has none.

        whole: with its sound; otherwise that file may have its length only.
        """
        ...

    def own(self, folder: Path, saved: SavedStream) -> SavedStream:
        """Have a stream that was brought whole in the folder, where nobody else writes the same files."""
        ...

    def begin(self, saved: SavedStream) -> Tenure:
        """Let this process write an own stream from now on, whoever did before."""
        ...

    def claim(self, saved: SavedStream) -> bool:
        """Let nobody else write or take a stream that was brought. False: another has done so."""
        ...

    def give_back(self, saved: SavedStream) -> None:
        """Undo `claim`."""
        ...

    def ids(self, folder: Path, owner: str) -> set[str]:
        """Return the names of all that may be an owner's."""
        ...

    def owners(self, folder: Path) -> set[str]:
        """Return whose streams there are."""
        ...

    def is_open(self, recording: str) -> bool:
        """Tell whether somebody speaks into it at another process."""
        ...

    def corrected(self, saved: SavedStream) -> None:
        """Tell others what a person has corrected."""
        ...

    def move(self, folder: Path, owner: str, to: str) -> None:
        """Give the streams of one owner to another."""
        ...

    def forget(self, recording: str) -> None:
        """Let it be nowhere."""
        ...


class OwnFolder:
    """The streams of a process that is alone; see StreamStorage and Tenure."""

    def bring(self, folder: Path, owner: str, recording: str, whole: bool) -> SavedStream | None:
        return of_owner(at(folder, recording), owner)

    def own(self, folder: Path, saved: SavedStream) -> SavedStream:
        return saved

    def begin(self, saved: SavedStream) -> Tenure:
        return self

    def claim(self, saved: SavedStream) -> bool:
        return True

    def give_back(self, saved: SavedStream) -> None:
        pass

    def ids(self, folder: Path, owner: str) -> set[str]:
        return {path.name.removeprefix(PREFIX) for path in folder.glob(f"{PREFIX}*")}

    def owners(self, folder: Path) -> set[str]:
        found = set()
        for recording in OwnFolder.ids(self, folder, ""):
            with suppress(FileNotFoundError):  # it goes at this moment
                found.add(at(folder, recording).owner)
        return found

    def is_open(self, recording: str) -> bool:
        return False

    def corrected(self, saved: SavedStream) -> None:
        pass

    def move(self, folder: Path, owner: str, to: str) -> None:
        for recording in self.ids(folder, owner):
            if saved := of_owner(at(folder, recording), owner):
                give(saved, to)

    def forget(self, recording: str) -> None:
        pass

    def keep(self) -> bool:
        return True

    def end(self) -> None:
        pass


def at(folder: Path, recording: str) -> SavedStream:
    return SavedStream(recording, folder / f"{PREFIX}{recording}")


def of_owner(saved: SavedStream, owner: str) -> SavedStream | None:
    """Return a stream that is here, if it is this owner's."""
    try:
        return saved if saved.owner == owner and saved.sound.exists() else None
    except FileNotFoundError:
        return None


def give(saved: SavedStream, owner: str) -> None:
    """Write down whose a stream is that is here."""
    with atomic_write(saved.folder / "owner") as part:
        part.write_text(owner, encoding="utf-8")
