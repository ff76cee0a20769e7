"""The first message of a live stream, read for the endpoint and described in the AsyncAPI document."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.audio.waveform import SPEECH_RATE_HZ
from app.errors import N_, BadInput
from app.live.packets import SoundFormat
from app.web.core import languages
from app.web.core.context import konspekt

NO_OBJECT = N_("The first message must be a JSON object; see docs/live.md.")
NOTHING_KNOWN = N_("Nothing of the first message is known here; see docs/live.md.")
OTHERS = N_("Clients of WhisperLive and Vosk are served at the address ws://host:port/, without a path.")
REASONS = {
    "sample_rate": N_("sample_rate must be between 8000 and 192000."),
    "channels": N_("channels must be between 1 and 8."),
    "format": N_("format must be s16le or f32le."),
    "mode": N_("mode must be live or file."),
    "keep": N_("keep must be true or false, and recording what “ready” named."),
    "speakers": N_("speakers must be true or false."),
    "moved": N_("moved must be true or false."),
    "recording": N_("keep must be true or false, and recording what “ready” named."),
    "from": N_("from must be seconds, at most as long as a recording may be."),
}


class Hello(BaseModel):
    """What a client wants. recording, from_s: which saved stream goes on, and where."""

    model_config = ConfigDict(frozen=True, strict=True)

    sample_rate: int = Field(SPEECH_RATE_HZ, ge=8_000, le=192_000, description="Hz.")
    channels: int = Field(1, ge=1, le=8)
    format: Literal["s16le", "f32le"] = "s16le"
    language: Annotated[str, BeforeValidator(str)] = Field("auto", description="Code or name, or auto.")
    mode: Literal["live", "file"] = "live"
    keep: bool = Field(False, description="Keep sound and text, of a visitor of the page.")
    speakers: bool = Field(False, description="Say whose voice each final probably is.")
    moved: bool = Field(False, description="Another process was full and has named this one: wait here.")
    recording: str | None = Field(None, description="Go on with this one, at `from`.")
    from_s: float = Field(0.0, ge=0, alias="from", description="Seconds.")

    @property
    def sound(self) -> SoundFormat:
        return SoundFormat(self.sample_rate, self.channels, self.format)


def read_hello(message: object) -> Hello:
    """Read the first message, or raise BadInput."""
    if not isinstance(message, str):
        raise BadInput(NO_OBJECT)
    try:
        hello = Hello.model_validate_json(message)
    except ValidationError as error:
        where = error.errors()[0]["loc"]  # () where it is no object
        raise BadInput(REASONS[str(where[0])] if where else NO_OBJECT) from None
    fields = json.loads(message).keys()
    if fields & {"uid", "config"}:  # theirs, whose sound would be misread by our defaults
        raise BadInput(OTHERS)
    if fields and not fields & {field.alias or name for name, field in Hello.model_fields.items()}:
        raise BadInput(NOTHING_KNOWN)
    if hello.from_s > konspekt().config.max_duration_s:
        raise BadInput(REASONS["from"])
    return hello.model_copy(update={"language": languages.chosen(hello.language)})
