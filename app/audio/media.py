"""Media: what `probe` and `decode` found in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """The streams of a media file.

    duration_s: None where the container does not say (browser recordings); audio_stream: which of its
    audio streams is heard, the first that can be decoded.
    """

    duration_s: float | None
    container: str
    audio_codec: str
    sample_rate_hz: int
    channels: int
    video_codec: str | None = None
    width: int | None = None
    height: int | None = None
    audio_stream: int = 0
