"""What can be fetched into `models_dir`: names, addresses, checksums, sizes. `flask models list` shows it."""

from dataclasses import dataclass
from pathlib import Path

from app.errors import N_, NotFound


@dataclass(frozen=True, slots=True)
class WeightFile:
    """path: within `models_dir`; sha256: hexadecimal, all of it or (Demucs) how it begins.

    sha256 "": not known to us. Then `size_bytes` is about right; the size and the checksum that the server
    itself tells are checked, and whether the file is whole in its own form.
    """

    path: str
    url: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Weights:
    """One model's files. name: as in `flask models fetch NAME`."""

    name: str
    files: tuple[WeightFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def command(self) -> str:
        return f"flask models fetch {self.name}"

    def present(self, models_dir: Path) -> bool:
        return all((models_dir / file.path).is_file() for file in self.files)


# openai-whisper's own list (`whisper._MODELS`), with the sizes of the files
_OPENAI = "https://openaipublic.azureedge.net/main/whisper/models"
_WHISPER = {
    "tiny": ("65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9", 75_572_083),
    "tiny.en": ("d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03", 75_571_315),
    "base": ("ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e", 145_262_807),
    "base.en": ("25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead", 145_261_783),
    "small": ("9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794", 483_617_219),
    "small.en": ("f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872", 483_615_683),
    "medium": ("345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", 1_528_008_539),
    "medium.en": ("d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f", 1_528_006_491),
    "large-v1": ("e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a", 3_086_999_982),
    "large-v2": ("81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", 3_086_999_982),
    "large-v3": ("e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb", 3_087_371_615),
    "large-v3-turbo": ("aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a", 1_617_941_637),
}
# Demucs' own list (`demucs/remote/files.txt`). Of htdemucs_ft only the sub-model that makes the vocals.
_DEMUCS_URL = "https://dl.fbaipublicfiles.com/demucs/hybrid_transformer"
_DEMUCS = {
    "htdemucs": (
        "955717e8-8726e21a.th",
        "8726e21a993978c7ba086d3872e7608d7d5bfca646ca4aca459ffda844faa8b4",
        84_141_911,
    ),
    "htdemucs_ft": (
        "04573f0d-f3cf25b2.th",
        "f3cf25b222c4eed7cd49dd8b2c9597d50c18bd154090f7b919cfa5f93cf22c49",
        84_141_271,
    ),
    "htdemucs_6s": ("5c90dfd2-34c22ccb.th", "34c22ccb", 54_996_327),
}
# The folder as the hub has it. The build machines reach no hub, so that its checksums are not written here.
_RUSSIAN = "wav2vec2-large-xlsr-53-russian"
_RUSSIAN_URL = f"https://huggingface.co/jonatasgrosman/{_RUSSIAN}/resolve/main"
_RUSSIAN_FILES = {"config.json": 1_530, "preprocessor_config.json": 262, "pytorch_model.bin": 1_262_000_000}
WHISPER_ALIASES = {"large": "large-v3", "turbo": "large-v3-turbo"}


def whisper(size: str) -> Weights:
    """Return the weights of a Whisper size, by its name or alias ("base", "turbo").

    Raises:
        NotFound: OpenAI has published no such size.
    """
    return find(f"whisper-{WHISPER_ALIASES.get(size, size)}")


def find(name: str) -> Weights:
    """Return what can be fetched under a name; "whisper-turbo" is found too.

    Raises:
        NotFound: with the names that there are.
    """
    for alias, size in WHISPER_ALIASES.items():
        name = f"whisper-{size}" if name == f"whisper-{alias}" else name
    if name not in CATALOGUE:
        raise NotFound(
            N_("There are no weights called %(name)s. There are: %(names)s."),
            name=name,
            names=", ".join(sorted(CATALOGUE)),
        )
    return CATALOGUE[name]


CATALOGUE: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        *(
            Weights(
                f"whisper-{size}",
                (WeightFile(f"whisper/{size}.pt", f"{_OPENAI}/{sha256}/{size}.pt", sha256, size_bytes),),
            )
            for size, (sha256, size_bytes) in _WHISPER.items()
        ),
        *(
            Weights(
                f"demucs-{name}",
                (WeightFile(f"demucs/{file}", f"{_DEMUCS_URL}/{file}", sha256, size_bytes),),
            )
            for name, (file, sha256, size_bytes) in _DEMUCS.items()
        ),
        Weights(
            "wav2vec2-xlsr-53-russian",
            tuple(
                WeightFile(f"{_RUSSIAN}/{name}", f"{_RUSSIAN_URL}/{name}", "", size_bytes)
                for name, size_bytes in _RUSSIAN_FILES.items()
            ),
        ),
    )
}
