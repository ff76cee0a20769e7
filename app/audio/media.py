"""Media: what `probe` and `decode` found in a file."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader should know of how the recording was read: a gettext template and its values."""

    message: str
    params: dict[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


@dataclass(frozen=True, slots=True)
class Track:
    """An audio stream that can be decoded. index: among the file's audio streams; gain_db: in the mix."""

    index: int
    channels: int
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Media:
    """The streams of a media file.

    duration_s: None where the container does not say (browser recordings).
    audio_codec, sample_rate_hz, channels, audio_stream: of the first audio stream that can be decoded, the
        default one before the others.
    tracks: all audio streams that can be decoded; once it is decoded, those that are heard.
    pixel_format: of the picture, in ffmpeg's words ("yuv420p").
    remarks: what was odd about the file; recorded_at: when it was recorded, where the container says so.
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
    tracks: tuple[Track, ...] = ()
    remarks: tuple[Remark, ...] = ()
    recorded_at: datetime | None = None
    pixel_format: str | None = None
