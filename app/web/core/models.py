"""The choice of the model that hears a recording, for forms and API: the Whisper sizes that are here."""

import re

from app.engines.choosing import transcribers
from app.engines.choosing.transcribers import AUTO
from app.engines.weights.catalogue import WHISPER_ALIASES
from app.errors import N_, BadInput
from app.web.core.context import konspekt

NOT_HERE = N_("The model %(model)s is not here. There are: %(models)s.")


# What OpenAI's own clients ask for: the engine that is set up here hears
OPENAIS = ("whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe", "gpt-4o-transcribe-diarize")
_HOW_OTHERS_CALL_IT = re.compile(r"(?:.*/)?(?:faster-whisper-|whisper-)?(?=[^/]*$)")


def choices() -> list[str]:
    """Return the sizes that may be chosen; where there is one only, there is nothing to choose."""
    here = _here()
    return here if len(here) > 1 else []


def chosen(model: str) -> str:
    """Return the model that was meant; "" is as usual. Raises BadInput for what is not here."""
    name = model.strip() or AUTO
    name = WHISPER_ALIASES.get(name, name)
    here = _here()
    if name != AUTO and name not in here:
        raise BadInput(NOT_HERE, model=name[:100], models=", ".join((AUTO, *here)))
    return name


def known() -> list[str]:
    """Return the names that programs may ask for by OpenAI's API."""
    return [*OPENAIS, *_here()]


def asked(model: str) -> str:
    """Return the model that a client of OpenAI's API means; others write "openai/whisper-base" and the like.

    Raises BadInput for what is not here: to hear by another model in silence would be worse than an error.
    """
    if model in (*OPENAIS, "", AUTO):
        return AUTO
    here, name = _here(), _HOW_OTHERS_CALL_IT.sub("", model, count=1)
    name = WHISPER_ALIASES.get(name, name)
    if name not in here:
        raise BadInput(NOT_HERE, model=model[:100], models=", ".join(known()))
    return name


def _here() -> list[str]:
    parts = konspekt()
    return transcribers.sizes_here(parts.config, parts.engines.device.kind)
