"""Look into a file that somebody sent: what is in it, or why it cannot be used."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from app.audio import ffmpeg
from app.audio.limits import Limits
from app.audio.media import Media, Track
from app.audio.pcm_headers import samples_beyond_header
from app.errors import N_, BadInput, TooLarge

MAX_FRAME_PIXELS = 7680 * 4320  # 8K, the largest that cameras and screens record

# What ffmpeg would follow to other files and addresses, by how it begins.
_PLAYLIST = re.compile(
    rb"\s*(ffconcat version|#EXTM3U|#EXTINF|\[playlist\]|<asx|v=0\r?\no=|(<\?xml[^>]*>\s*)?<MPD)",
    re.IGNORECASE,
)

_TIMEOUT_S = 20.0
_DOUBTFUL_SCORE = 25  # AVPROBE_SCORE_RETRY: up to it, text and random bytes look like MP3
_CONTAINER = re.compile(r"^Input #0, ([\w,]+), from ", re.MULTILINE)
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_CREATED = re.compile(
    r"^ +(?:creation_time|date|com\.apple\.quicktime\.creationdate) +: (\d{4}-\d\d-\d\d(?:[T ]\S+)?)$", re.M
)
_FIRST_YEAR = 1990  # before it stands what a clock that was never set says: 1904, 1970, 1980
_STREAM = re.compile(r"^  Stream #0:\d+[^:\n]*: (Audio|Video): (\w+)(.*)$", re.MULTILINE)
_RATE = re.compile(r", (\d+) Hz, ([^,\n]+)")
_PIXELS = re.compile(r"^(?: \([^,\n]*\))*, (\w+)")  # after profile and tag
_SIZE = re.compile(r", (\d+)x(\d+)\b")
_PROBED = re.compile(r"Format ([\w,]+) probed with size=\d+ and score=(\d+)")
_NONE_USABLE = "matches no streams"
_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8}


def probe(
    path: Path, *, limits: Limits | None = None, on_tick: Callable[[ffmpeg.Tick], None] | None = None
) -> Media:
    """Return what the container says, after one frame of its sound was decoded. Takes some 20 ms.

    Raises:
        BadInput: with one sentence that says why the file cannot be used.
        TooLarge: the container says that it is longer than the limit.
    """
    if not path.is_file() or path.stat().st_size == 0:
        raise BadInput(N_("The file is empty. Check the recording on your device and send it again."))
    before = plain.options if (plain := samples_beyond_header(path)) else ()
    look = partial(ffmpeg.run, path, timeout_s=_TIMEOUT_S, before=before, on_tick=on_tick, log_level="info")
    outcome = look(_one_frame("0:a:u"))
    container = _CONTAINER.search(outcome.log)
    if container is None or "detected only with low score" in outcome.log:
        raise _unreadable(path)
    described = outcome.log[container.start() :].partition("\nOutput #0")[0]
    streams = _STREAM.findall(described)
    if not streams:
        raise broken()
    media = _media(container[1], described, streams)
    if media is None:
        raise BadInput(
            N_("There is no sound in this file. Check that the recording was made with a microphone.")
        )
    if _NONE_USABLE in outcome.log and media.audio_codec != "none":
        # What its frames are like changed while ffmpeg looked at them, so that it is sure of none.
        outcome = look(_one_frame(f"0:a:{media.audio_stream}"))
    if outcome.code != 0 or media.audio_codec == "none":
        raise broken()
    _check(media, estimated="Estimating duration from bitrate" in outcome.log, limits=limits or Limits())
    return media


def _one_frame(stream: str) -> list[str]:
    return ["-map", stream, "-frames:a", "1", "-f", "null", "-"]


def broken() -> BadInput:
    """Return the refusal of a file of a known kind that cannot be decoded."""
    return BadInput(
        N_("The file is broken or incomplete. Send it once more, or export it again from where it was made.")
    )


def too_long(limits: Limits) -> TooLarge:
    """Return the refusal of a recording over the limit on duration."""
    return TooLarge(
        N_("The recording is longer than %(hours)g hours, the limit here. Cut it into parts and send them."),
        hours=round(limits.max_duration_s / 3600, 2),
    )


def _media(container: str, described: str, streams: list[tuple[str, str, str]]) -> Media | None:
    sounds = [(codec, rest) for kind, codec, rest in streams if kind == "Audio"]
    if not sounds:
        return None
    # Phones and games add streams in formats of their own: ffmpeg calls their codec "none".
    decodable = [index for index, (codec, _) in enumerate(sounds) if codec != "none"]
    decodable.sort(key=lambda index: "(default)" not in sounds[index][1])
    index = decodable[0] if decodable else 0
    audio_codec = sounds[index][0]
    # The cover of a song is a picture, not a video.
    picture = next(
        ((codec, rest) for kind, codec, rest in streams if kind == "Video" and "(attached pic)" not in rest),
        None,
    )
    rates = [_RATE.search(rest) for _, rest in sounds]
    rate = rates[index]
    size = _SIZE.search(picture[1]) if picture else None
    pixels = _PIXELS.match(picture[1]) if picture else None
    header = _DURATION.search(described)
    return Media(
        duration_s=int(header[1]) * 3600 + int(header[2]) * 60 + float(header[3]) if header else None,
        container=container,
        audio_codec=audio_codec,
        sample_rate_hz=int(rate[1]) if rate else 0,
        channels=_channels(rate),
        video_codec=picture[0] if picture else None,
        width=int(size[1]) if size else None,
        height=int(size[2]) if size else None,
        audio_stream=index,
        tracks=tuple(Track(i, _channels(rates[i])) for i in decodable),
        recorded_at=_recorded_at(described),
        pixel_format=pixels[1] if pixels else None,
    )


def _recorded_at(described: str) -> datetime | None:
    """Return when the container says that it was made, in UTC; None where it says nothing that can be."""
    created = _CREATED.search(described)
    if created is None:
        return None
    try:
        moment = datetime.fromisoformat(created[1])
    except ValueError:
        return None
    if len(created[1]) == len("2024-11-12"):
        moment = moment.replace(hour=12)  # of no zone: the same day in nearly every one
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    latest = datetime.now(UTC) + timedelta(days=1)  # a camera may stand in another time zone
    return aware if aware.year >= _FIRST_YEAR and aware <= latest else None


def _channels(rate: re.Match[str] | None) -> int:
    """Count the channels of ffmpeg's name of a layout: mono, 5.1(side), 3 channels (FL+FR+LFE)."""
    if rate is None:
        return 0
    name = rate[2].strip().partition("(")[0].strip()
    if name in _LAYOUTS:
        return _LAYOUTS[name]
    if name.endswith("channels"):
        return int(name.split()[0])
    return sum(int(digit) for digit in re.findall(r"\d+", name)) or 1


def _check(media: Media, *, estimated: bool, limits: Limits) -> None:
    if media.width and media.height and media.width * media.height > MAX_FRAME_PIXELS:
        raise BadInput(
            N_("The picture of %(width)d by %(height)d pixels is too large. Send only the sound."),
            width=media.width,
            height=media.height,
        )
    # An estimated duration may be several times too long, so only the decoder's own measure refuses a file.
    if media.duration_s and media.duration_s > limits.max_duration_s and not estimated:
        raise too_long(limits)


def _unreadable(path: Path) -> BadInput:
    """Say why ffmpeg did not take the file; it is asked once more, in detail, what the file looks like."""
    with path.open("rb") as file:
        begins = file.read(1 << 12).removeprefix(b"\xef\xbb\xbf")
    if _PLAYLIST.match(begins):
        return BadInput(
            N_("This is a list of links to recordings, not a recording. Send the recording itself.")
        )
    log = ffmpeg.run(path, [], timeout_s=_TIMEOUT_S, log_level="debug").log
    known = set(ffmpeg.FORMATS.split(","))
    for names, score in _PROBED.findall(log):
        if known.intersection(names.split(",")) and int(score) > _DOUBTFUL_SCORE:
            return broken()
    return BadInput(
        N_("This is not audio or video. Send a recording such as MP3, M4A, WAV, MP4, MOV, MKV or WebM.")
    )
