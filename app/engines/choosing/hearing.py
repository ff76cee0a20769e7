"""What would hear a recording now, for the page: which engine, its languages, where its weights come from."""

from collections.abc import Collection
from dataclasses import dataclass

from app.config import Config
from app.engines.choosing.transcribers import ENGLISH, Choice, choose, command, wanted_weights
from app.engines.weights import origin
from app.engines.weights.fetch import asked_first
from app.errors import EngineUnavailable


@dataclass(frozen=True, slots=True)
class Hearing:
    """What would hear.

    engine: its name, for people; languages: ISO 639-1 codes, or None for any; fetches: bytes of weights
    that the first recording would fetch; command: what gets an engine for all languages, if this one is not;
    source: where the weights are fetched from first, or came from; size_bytes: of those that came from there;
    rough: it is the last resort, which misses about half the words of real speech; offered_bytes: of the
    Whisper that a visitor may have fetched; 0: none is offered.
    """

    engine: str
    languages: frozenset[str] | None
    fetches: int = 0
    command: str | None = None
    source: str | None = None
    size_bytes: int = 0
    rough: bool = False
    offered_bytes: int = 0


def hearing(config: Config, kind: str, unreachable: Collection[str] = ()) -> Hearing:
    """Say what would hear a recording now. Loads nothing.

    Args:
        kind: "cuda", "cpu", … of the device.
        unreachable: names of weights that could not be fetched lately.
    """
    try:
        choice = choose(config, kind, "auto", unreachable)
    except EngineUnavailable:
        offered = _offered_bytes(config, kind)
        return Hearing("Whisper", frozenset(), command=command(config, kind), offered_bytes=offered)
    if choice.engine == "pocketsphinx":
        return Hearing(
            "PocketSphinx en-us",
            ENGLISH,
            command=command(config, kind),
            rough=True,
            offered_bytes=_offered_bytes(config, kind),
        )
    return _whisper(config, choice)


def _offered_bytes(config: Config, kind: str) -> int:
    if config.fetch_from_page == "nobody" or config.transcriber == "pocketsphinx":
        return 0
    return next((weights.size_bytes for weights in wanted_weights(config, kind)), 0)


def _whisper(config: Config, choice: Choice) -> Hearing:
    languages = ENGLISH if choice.name.endswith(".en") else None
    if choice.fetch is not None:
        source = asked_first(choice.fetch, config.weights_mirror)
        return Hearing(choice.name, languages, choice.fetch.size_bytes, source=source)
    weights = choice.weights
    came_from = origin.read(weights, config.models_dir) if weights else None
    if weights is None or came_from is None:
        return Hearing(choice.name, languages)
    return Hearing(choice.name, languages, source=came_from, size_bytes=weights.size_bytes)
