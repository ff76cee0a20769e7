"""Which engine writes the minutes, and how it is made; the registry asks here."""

import logging
from collections.abc import Callable

from app.config import Config
from app.engines.base import Summarizer
from app.engines.chat import folders
from app.engines.compute.device import Device
from app.errors import N_, EngineUnavailable

log = logging.getLogger(__name__)


def choose(config: Config) -> str:
    """Return the key in SUMMARIZERS of what the settings and the weights that are there come to."""
    if config.summarizer != "auto":
        return config.summarizer
    if folders.find(config.models_dir, config.llama_model) is not None:
        return "llama"
    return "openai" if config.llm_url else "extractive"


def _llama(config: Config, device: Device) -> Summarizer:
    from app.engines.chat.llama import Llama

    folder = folders.find(config.models_dir, config.llama_model)
    if folder is None and config.llama_model != "auto":
        folder = config.models_dir / config.llama_model
    if folder is None:
        raise EngineUnavailable(
            N_("There is no chat model in %(folder)s. Copy one there: config.json, tokenizer.json, weights."),
            folder=str(config.models_dir),
        )
    try:
        return Llama(folder, device)
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
    "openai": _openai,
    "extractive": _extractive,
}
