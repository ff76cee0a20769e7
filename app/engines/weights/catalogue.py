"""What can be fetched into `models_dir`: names, addresses, checksums, sizes. `flask models list` shows it."""

from app.engines.weights.chat_models import CHAT_MODELS
from app.engines.weights.diarization import DIARIZATION
from app.engines.weights.faster_whisper import FASTER_WHISPER
from app.engines.weights.sources import Hub, Website, WeightFile, Weights
from app.errors import N_, NotFound

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
# As the hub has it at this commit. The checksum of the weights is the one that other projects pin; the hub is
# asked for what is not known here.
_RUSSIAN = "wav2vec2-large-xlsr-53-russian"
_RUSSIAN_COMMIT = "2329100508896c6d9b157019803ab5601e6f3406"
_RUSSIAN_FILES = (
    WeightFile(
        f"{_RUSSIAN}/pytorch_model.bin",
        "d1cdb1a7921de7d363f967a9b0101a713602e109dba62b6f3f9ae2e0b2df0c1c",
        1_262_000_000,
        exact=False,
    ),
    WeightFile(f"{_RUSSIAN}/config.json", "", 1_530, exact=False),
    WeightFile(f"{_RUSSIAN}/preprocessor_config.json", "", 262, exact=False),
)
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


def _published(name: str, path: str, url: str, sha256: str, size_bytes: int) -> Weights:
    return Weights(name, (Website((WeightFile(path, sha256, size_bytes),), (url,)),))


CATALOGUE: dict[str, Weights] = {
    weights.name: weights
    for weights in (
        *(
            _published(
                f"whisper-{size}", f"whisper/{size}.pt", f"{_OPENAI}/{sha256}/{size}.pt", sha256, size_bytes
            )
            for size, (sha256, size_bytes) in _WHISPER.items()
        ),
        *FASTER_WHISPER,
        *CHAT_MODELS,
        DIARIZATION,
        *(
            _published(f"demucs-{name}", f"demucs/{file}", f"{_DEMUCS_URL}/{file}", sha256, size_bytes)
            for name, (file, sha256, size_bytes) in _DEMUCS.items()
        ),
        Weights(
            "wav2vec2-xlsr-53-russian", (Hub(_RUSSIAN_FILES, f"jonatasgrosman/{_RUSSIAN}", _RUSSIAN_COMMIT),)
        ),
    )
}
