"""Which engine writes down what is said, and how it gets its weights."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.config import Config
from app.engines.base import Transcriber
from app.engines.choosing import whisper_sizes
from app.engines.compute.device import Device, cores
from app.engines.weights.catalogue import CATALOGUE, WHISPER_ALIASES
from app.engines.weights.checksum import is_published
from app.engines.weights.sources import Weights
from app.errors import N_, EngineUnavailable, UnsupportedLanguage

ENGLISH = frozenset({"en"})
FASTER = "faster-whisper-"  # how the names of published folders begin
AUTO = "auto"
MODEL_GONE = N_("The model %(model)s was chosen for this recording, and is not here any more. Send it again.")
FORGET_S = 600  # after a fetch that failed, until the next attempt


@dataclass(frozen=True, slots=True)
class Choice:
    """What hears. engine: key of TRANSCRIBERS; path: of weights; fetch: what is to be fetched to it first."""

    engine: str
    path: Path = Path()
    fetch: Weights | None = None

    @property
    def key(self) -> str:
        return f"{self.engine} {self.path}"

    @property
    def model(self) -> str:
        """Return Whisper's size, or the name of a model of one's own."""
        return self.path.stem if self.path.suffix == ".pt" else self.path.name.removeprefix(FASTER)

    @property
    def weights(self) -> Weights | None:
        """Return the published weights at this path; None: they are somebody's own."""
        prefix = "whisper-" if self.path.suffix == ".pt" else FASTER
        return CATALOGUE.get(f"{prefix}{WHISPER_ALIASES.get(self.model, self.model)}")

    @property
    def name(self) -> str:
        """Return the name of Whisper's engine and model, for people."""
        return f"{'openai-whisper' if self.engine == 'whisper' else self.engine} {self.model}"


def choose(
    config: Config, kind: str, language: str, unreachable: Collection[str] = (), model: str = AUTO
) -> Choice:
    """Choose by the settings, and by the weights that are there or may be fetched.

    Args:
        kind: "cuda", "cpu", … of the device.
        language: ISO 639-1 code or "auto".
        unreachable: names of weights that could not be fetched lately.
        model: one of `sizes_here`, for this recording alone; auto: as the settings say.

    Raises:
        EngineUnavailable: Whisper is wanted and not to be had.
        UnsupportedLanguage: what is there does not hear the language.
    """
    if model != AUTO:
        named = find_weights(config.model_copy(update={"whisper_model": model}), kind, language)
        if named is None:
            raise EngineUnavailable(MODEL_GONE, model=model)
        return named
    if config.transcriber != "pocketsphinx":
        found = find_weights(config, kind, language)
        if found is not None:
            return found
        for wanted in wanted_weights(config, kind):
            if wanted.name not in unreachable and wanted.size_bytes <= config.max_fetch_bytes:
                return _fetched(config, kind, wanted)
        if config.transcriber != "auto":
            raise _no_whisper(config, kind)
    if language not in ("auto", *ENGLISH):
        raise UnsupportedLanguage(
            N_(
                "PocketSphinx, the engine that is here, hears only English."
                " Get Whisper with “%(command)s” and try again."
            ),
            command=command(config, kind),
        )
    return Choice("pocketsphinx")


def find_weights(config: Config, kind: str, language: str) -> Choice | None:
    """Return the best weights in `models/whisper`, or those that the settings name."""
    forms = reversed(_forms(config, kind))  # the better one stays
    here = {size: choice for form in forms for size, choice in _here(config, kind, form)}
    if config.whisper_model != "auto":
        return here.get(WHISPER_ALIASES.get(config.whisper_model, config.whisper_model))
    own = [size for size in here if f"whisper-{size}" not in CATALOGUE]
    order = [*own, *whisper_sizes.by_quality(config, kind)]
    if language == "en":
        order = [name for size in order for name in (f"{size}.en", size)]
    return next((here[size] for size in order if size in here), None)


def wanted_weights(config: Config, kind: str) -> list[Weights]:
    """Return the published weights that suit the settings and the device, the best first.

    Where the settings name no size, `base` as a folder comes last: package registries have it too.
    """
    sizes = [WHISPER_ALIASES.get(config.whisper_model, config.whisper_model)]
    if config.whisper_model == "auto":
        sizes = whisper_sizes.to_fetch(config, kind)
    prefixes = {"file": "whisper-", "folder": FASTER}
    names = [prefixes[form] + size for size in sizes for form in _forms(config, kind)]
    return [CATALOGUE[name] for name in names if name in CATALOGUE]


def sizes_here(config: Config, kind: str) -> list[str]:
    """Return the sizes of Whisper that are here, and the names of models of one's own."""
    if config.transcriber == "pocketsphinx":
        return []
    return sorted({size for form in _forms(config, kind) for size, _ in _here(config, kind, form)})


def is_unknown(config: Config, kind: str) -> bool:
    """Tell whether the settings name a Whisper that is not published, and that nobody has put here."""
    model = WHISPER_ALIASES.get(config.whisper_model, config.whisper_model)
    if model == AUTO or config.transcriber == "pocketsphinx":
        return False
    return f"whisper-{model}" not in CATALOGUE and model not in sizes_here(config, kind)


def command(config: Config, kind: str) -> str:
    """Return the command that gets Whisper."""
    return next(iter(wanted_weights(config, kind)), CATALOGUE[f"{FASTER}base"]).command


def _forms(config: Config, kind: str) -> tuple[str, ...]:
    """Return the forms of Whisper's weights that may be taken, the better first."""
    if config.transcriber == "faster-whisper":
        return ("folder",)
    return ("folder", "file") if _engine(config, kind, "folder") == "faster-whisper" else ("file", "folder")


def _engine(config: Config, kind: str, form: str) -> str:
    """Return what computes a form: CTranslate2 takes under half of torch's time on a CPU, torch every GPU."""
    by_torch = config.transcriber == "whisper" or (config.transcriber == "auto" and kind == "cuda")
    return "whisper" if form == "file" or by_torch else "faster-whisper"


def _here(config: Config, kind: str, form: str) -> Iterator[tuple[str, Choice]]:
    """Find the weights of a form, each with its size or its own name."""
    folder = config.models_dir / "whisper"
    found = folder.glob("*.pt") if form == "file" else (path.parent for path in folder.glob("*/model.bin"))
    for path in sorted(found):
        choice = Choice(_engine(config, kind, form), path)
        yield WHISPER_ALIASES.get(choice.model, choice.model), choice


def _fetched(config: Config, kind: str, weights: Weights) -> Choice:
    path = config.models_dir / weights.files[0].path
    if weights.name.startswith(FASTER):
        return Choice(_engine(config, kind, "folder"), path.parent, weights)
    return Choice("whisper", path, weights)


def check_published(path: Path) -> None:
    """Refuse weights that bear a published name and are something else.

    Raises:
        EngineUnavailable: they are damaged, or somebody's own.
    """
    weights = CATALOGUE.get(f"whisper-{WHISPER_ALIASES.get(path.stem, path.stem)}")
    if weights is not None and not is_published(path, weights.files[0]):
        raise EngineUnavailable(
            N_(
                "%(path)s is not the file that OpenAI published. Delete it and run “%(command)s”;"
                " if it is a model of your own, give it another name."
            ),
            path=str(path),
            command=weights.command,
        )


class Failures:
    """Fetches that failed lately, so that not every job waits for a network that is not there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed_at: dict[str, float] = {}

    def add(self, name: str) -> None:
        self._failed_at[name] = self._clock()

    def forget(self, name: str) -> None:
        self._failed_at.pop(name, None)

    def recent(self) -> frozenset[str]:
        now = self._clock()
        return frozenset(name for name, at in self._failed_at.copy().items() if now - at < FORGET_S)


def _no_whisper(config: Config, kind: str) -> EngineUnavailable:
    wanted = wanted_weights(config, kind)
    if not wanted:
        return EngineUnavailable(
            N_("There is no Whisper model %(name)s. Put %(name)s.pt into %(folder)s, or name another."),
            name=config.whisper_model,
            folder=str(config.models_dir / "whisper"),
        )
    return EngineUnavailable(
        N_("Whisper is not here. Get it with “%(command)s” and try again."), command=wanted[0].command
    )


def _whisper(config: Config, choice: Choice, device: Device) -> Transcriber:
    from app.engines.whisper.openai_model import OpenAIWhisper
    from app.engines.whisper.transcriber import WhisperTranscriber

    if choice.path.is_file():
        check_published(choice.path)
    model = OpenAIWhisper(choice.path, device.name)
    return WhisperTranscriber(model, choice.name, device, config.whisper_quality, config.whisper_terms)


def _faster_whisper(config: Config, choice: Choice, device: Device) -> Transcriber:
    from app.engines.whisper.ctranslate2_model import CTranslate2Whisper
    from app.engines.whisper.transcriber import WhisperTranscriber

    model = CTranslate2Whisper(choice.path, device.name, cores(config.compute_threads))
    return WhisperTranscriber(model, choice.name, device, config.whisper_quality, config.whisper_terms)


def _pocketsphinx(config: Config, choice: Choice, device: Device) -> Transcriber:
    from app.engines.pocketsphinx.transcriber import PocketSphinxTranscriber

    return PocketSphinxTranscriber(device, command(config, device.kind))


TRANSCRIBERS: dict[str, Callable[[Config, Choice, Device], Transcriber]] = {
    "faster-whisper": _faster_whisper,
    "whisper": _whisper,
    "pocketsphinx": _pocketsphinx,
}
