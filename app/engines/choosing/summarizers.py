"""Which engine writes the minutes, and how it is made; the registry asks here."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

from app.config import Config
from app.documents.minutes import Minutes
from app.engines.base import Summarizer
from app.engines.chat import folders, gguf_files
from app.engines.choosing import chat_speed
from app.engines.compute.device import Device, Priority
from app.engines.weights.catalogue import find
from app.engines.weights.chat_models import CHAT_MODELS
from app.engines.weights.sources import Weights
from app.errors import N_, EngineUnavailable
from app.progress import Progress
from app.summarization.chat import Chat
from app.summarization.kept_answers import Answers, kept

NO_MODEL = N_(
    "Questions are answered by a language model, and there is none here. Get one: %(command)s, or name a"
    " server in KONSPEKT_LLM_URL. Until then the search finds words in the transcript."
)

ADVISED = find("qwen2.5-coder-1.5b")  # the smallest model that judges lines, and answers questions

log = logging.getLogger(__name__)


@runtime_checkable
class ChatModel(Protocol):
    """A summarizer that is a chat model, and can be asked other things about a recording."""

    def chat(self, priority: Priority, progress: Progress) -> Chat:
        """Return what answers prompts, with this priority. Raises EngineUnavailable if it is away."""
        ...


def choose(config: Config, device_kind: str = "cpu") -> str:
    """Return the key in SUMMARIZERS of what the settings and the weights that are there come to.

    On a CPU llama.cpp reads and writes several times faster than transformers; on a GPU a folder goes first.
    """
    if config.summarizer != "auto":
        return config.summarizer
    here = {
        "llama": _chat_folder(config),
        "llama-cpp": _gguf(config, device_kind),
    }
    order = ("llama-cpp", "llama") if device_kind == "cpu" else ("llama", "llama-cpp")
    otherwise = "openai" if config.llm_url else "extractive"
    return next((name for name in order if here[name] is not None), otherwise)


def weights_path(config: Config, device_kind: str = "cpu") -> Path | None:
    """Return the file or folder of the chat model that writes the minutes. None: no model of ours does."""
    match choose(config, device_kind):
        case "llama-cpp":
            return _gguf(config, device_kind)
        case "llama":
            return _chat_folder(config)
    return None


def engine_name(config: Config, device_kind: str = "cpu") -> str | None:
    """Name what writes the minutes, for people. None: what was chosen is not here."""
    match choose(config, device_kind):
        case "extractive":
            return "extractive"
        case "openai":
            return config.llm_model or config.llm_url
    path = weights_path(config, device_kind)
    return path.name if path else None


def answers_questions(config: Config, device_kind: str = "cpu") -> bool:
    """Tell whether there is a chat model. Loads nothing."""
    return choose(config, device_kind) != "extractive"


def asked(summarizer: Summarizer, progress: Progress) -> Chat:
    """Return the chat model that a summarizer is, for questions of a person who waits.

    Raises EngineUnavailable where it is none.
    """
    if not isinstance(summarizer, ChatModel):
        raise EngineUnavailable(NO_MODEL, command=ADVISED.command)
    return summarizer.chat(Priority.INTERACTIVE, progress)


def in_language(
    summarizer: Summarizer, minutes: Minutes, to: str, answers: Answers | None, progress: Progress
) -> Minutes:
    """Give minutes in another language: translated by the chat model; its form alone where none can."""
    from app.summarization import translation  # with its lists of words; no start needs it

    try:
        chat = summarizer.chat(Priority.BATCH, progress) if isinstance(summarizer, ChatModel) else None
    except EngineUnavailable:
        chat = None
    if chat is None or not translation.can_translate(chat):
        return translation.untranslated(minutes, to)
    return translation.translated(kept(chat, answers), minutes, to, progress)


def _chat_folder(config: Config) -> Path | None:
    """Return the folder of a chat model in `models_dir`, else beside run.py, as `model_32_16` may be."""
    here = folders.find(config.models_dir, config.llama_model)
    return here or folders.find(config.beside_run_py, config.llama_model)


def _gguf(config: Config, kind: str) -> Path | None:
    quick = partial(chat_speed.quick_enough, config, kind)
    return gguf_files.find(config.models_dir, config.llama_model, quick)


def advised(config: Config, kind: str) -> Weights:
    """Return the published chat model to begin with here: the largest that fits and is quick enough."""
    if chat_speed.expected(config, kind) is None:
        return ADVISED
    fitting = [
        weights
        for weights in CHAT_MODELS
        if weights.files[0].name.endswith(".gguf")
        and chat_speed.fits(weights.size_bytes)
        and chat_speed.quick_enough(config, kind, weights.size_bytes)
    ]
    best = max(fitting, key=lambda weights: weights.size_bytes, default=ADVISED)
    return best if best.size_bytes > ADVISED.size_bytes else ADVISED


def _llama_cpp(config: Config, device: Device) -> Summarizer:
    from app.engines.chat.llama_cpp import LlamaCpp

    path = _gguf(config, device.kind)
    if path is None:
        raise EngineUnavailable(
            N_("There is no GGUF file of a chat model in %(folder)s. Get one: %(command)s"),
            folder=str(config.models_dir),
            command=ADVISED.command,
        )
    auto = config.summarizer == "auto"
    try:
        learn = partial(chat_speed.learn, config, device.kind, gguf_files.weight_bytes(path))
        return LlamaCpp(path, device, config.compute_threads, check=auto, learn=learn)
    except EngineUnavailable as error:
        if not auto:
            raise
        log.warning("%s Extractive minutes until the next start.", error)
        return _extractive(config, device)


def _llama(config: Config, device: Device) -> Summarizer:
    from app.engines.chat.llama import Llama

    folder = _chat_folder(config)
    if folder is None and config.llama_model != "auto":
        folder = config.models_dir / config.llama_model
    if folder is None:
        raise EngineUnavailable(
            N_("There is no chat model in %(folder)s. Copy one there: config.json, tokenizer.json, weights."),
            folder=str(config.models_dir),
        )
    try:
        return Llama(folder, device, check=config.summarizer == "auto")
    except EngineUnavailable as error:
        if config.summarizer == "llama":
            raise
        log.warning("%s Extractive minutes until the next start.", error)
        return _extractive(config, device)


def _openai(config: Config, device: Device) -> Summarizer:
    from app.engines.chat.openai_server import OpenAIServer
    from app.engines.extractive import Extractive

    if not config.llm_url:
        raise EngineUnavailable(N_("Set KONSPEKT_LLM_URL to the language model server, as https://host/v1."))
    return OpenAIServer(
        config.llm_url,
        config.llm_model,
        config.llm_key.get_secret_value() if config.llm_key else None,
        config.llm_timeout_s,
        otherwise=Extractive() if config.summarizer == "auto" else None,
    )


def _extractive(config: Config, device: Device) -> Summarizer:
    from app.engines.extractive import Extractive

    return Extractive()


SUMMARIZERS: dict[str, Callable[[Config, Device], Summarizer]] = {
    "llama": _llama,
    "llama-cpp": _llama_cpp,
    "openai": _openai,
    "extractive": _extractive,
}
