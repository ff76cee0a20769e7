"""Settings of live transcription: places, the line before them, addresses, and how long a stream lasts."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode


class LiveSettings(BaseSettings):
    """Streams that are heard while they are spoken."""

    max_live_streams: int | None = Field(
        None,
        ge=1,
        description="Live streams at once; more are refused for now. Without it: as many as the engine was"
        " measured to carry on this machine.",
    )
    live_queue: int = Field(
        10, ge=0, description="Clients that wait for a place on the live socket; more are refused for now."
    )
    live_url: str | None = Field(
        None,
        pattern=r"^(https?:/)?/[^\s]+$",
        description="Address of this one of several web processes, told to those who find another full:"
        " /at/{host} of the same site, or https://live-2.example.org; {host} is the name of the machine.",
    )
    wyoming_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="Port for clients of Wyoming, such as Home Assistant; it asks for no key.",
    )
    live_session_s: float = Field(4 * 3600, gt=0, description="Seconds that one live stream may last.")
    live_idle_s: float = Field(
        60, gt=0, description="Seconds without a packet after which a live stream is closed."
    )
    live_ping_s: float = Field(
        10, gt=0, description="Seconds in which a live client must answer a ping, or is let go."
    )
    live_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Other sites whose pages may open live streams, as https://host, with commas between."
    )

    @field_validator("live_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )
