"""The models by what they do: what does it now, what could be fetched for it. Loads nothing."""

from dataclasses import dataclass

from app.config import Config
from app.engines.choosing import embedders, separators, summarizers, transcribers
from app.engines.choosing.hearing import Hearing
from app.engines.logmel import STATISTICS
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.condition import Condition, condition
from app.engines.weights.facts import Facts, Work, facts
from app.engines.weights.sources import Weights
from app.errors import EngineUnavailable

ORDER: tuple[Work, ...] = ("transcribe", "summarize", "clean", "diarize", "vectorize")


@dataclass(frozen=True, slots=True)
class Option:
    """A model of the catalogue.

    used: it works now; suits: in the form that this device takes first; advised: the one to begin with here.
    """

    weights: Weights
    facts: Facts
    condition: Condition
    used: bool
    suits: bool
    advised: bool


@dataclass(frozen=True, slots=True)
class Role:
    """A work and what does it. engine: its name, for people; None: nothing does it yet."""

    work: Work
    engine: str | None
    options: tuple[Option, ...]


def inventory(config: Config, kind: str, hearing: Hearing) -> tuple[Role, ...]:
    """List the works with their models, by the settings and by what lies in `models_dir`.

    Args:
        kind: "cuda", "cpu", … of the device.
        hearing: what would hear a recording now.
    """
    advised = {
        summarizers.advised(config, kind).name,
        "demucs-htdemucs",
        "diarization",
        "wav2vec2-xlsr-53-russian",
    }
    advised |= {weights.name for weights in transcribers.wanted_weights(config, kind)[:1]}
    used, engines = _in_use(config, kind, hearing)
    suiting = "whisper-" if _by_file(config, kind) else transcribers.FASTER
    roles = []
    for work in ORDER:
        options = []
        for weights in CATALOGUE.values():
            about = facts(weights)
            if about.work == work:
                suits = work != "transcribe" or weights.name.startswith(suiting)
                state = condition(weights, config.models_dir)
                name = weights.name
                options.append(Option(weights, about, state, used[work] == name, suits, name in advised))
        roles.append(Role(work, engines[work], tuple(options)))
    return tuple(roles)


def _by_file(config: Config, kind: str) -> bool:
    return config.transcriber == "whisper" or (config.transcriber == "auto" and kind == "cuda")


def _in_use(
    config: Config, kind: str, hearing: Hearing
) -> tuple[dict[Work, str | None], dict[Work, str | None]]:
    """Return the names of the weights in use, and those of the engines."""
    writing = summarizers.weights_path(config, kind)
    chat = next((name for name, one in CATALOGUE.items() if one.place(config.models_dir) == writing), None)
    cleaning = f"demucs-{config.demucs_model}" if separators.uses_demucs(config) else None
    speech = embedders.find(config) if embedders.choose(config) == "wav2vec2" else None
    vectors = next((name for name, one in CATALOGUE.items() if one.folder(config.models_dir) == speech), None)
    diarization = CATALOGUE["diarization"].present(config.models_dir)
    used: dict[Work, str | None] = {
        "transcribe": _hearing_weights(config, kind),
        "summarize": chat,
        "clean": cleaning,
        "diarize": "diarization" if diarization else None,
        "vectorize": vectors,
    }
    engines: dict[Work, str | None] = {
        "transcribe": hearing.engine if hearing.languages != frozenset() and not hearing.fetches else None,
        "summarize": summarizers.engine_name(config, kind),
        "clean": f"Demucs {config.demucs_model}" if cleaning else "Konspekt repair",
        "diarize": "pyannote segmentation-3.0, CAM++" if diarization else None,
        "vectorize": f"wav2vec2 {speech.name}" if speech else STATISTICS,
    }
    return used, engines


def _hearing_weights(config: Config, kind: str) -> str | None:
    try:
        choice = transcribers.choose(config, kind, "auto")
    except EngineUnavailable:
        return None
    weights = choice.weights if choice.fetch is None else None
    return weights.name if weights else None
