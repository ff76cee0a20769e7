"""The times of a container become those of samples: what ffmpeg is told, for `decode` and for the picture.

Gaps in the timestamps (a paused browser recording, lost packets, a picture that starts first) become silence,
so that a time in the transcript is the time that a player shows.
"""

from collections.abc import Sequence

from app.audio.media import Media

FILL_GAPS = "async=1:first_pts=0"  # of aresample
# Their timestamps are ffmpeg's guess by the first frame's rate; only the samples tell how long they are.
_WITHOUT_TIMES = frozenset({"mp3", "aac", "ac3", "eac3", "amr", "amrnb", "amrwb", "flac"})
# ffmpeg times them by the streams that it is asked for: without the picture, sound that starts later than it
# would start with it.
_TIMED_BY_STREAMS = frozenset({"mpegts", "mpeg", "ogg"})
# What ffmpeg's log says when the rate or the channels have changed in mid-file: it begins its filters anew,
# and FILL_GAPS puts silence there for all the time from the beginning.
BEGUN_ANEW = "Non-monotonic DTS"


def has_times(media: Media) -> bool:
    """Tell whether the container says when its sound is to be heard."""
    return media.container not in _WITHOUT_TIMES


def needs_picture_for_times(media: Media) -> bool:
    """Tell whether the picture has to be read too, so that the sound has its time."""
    return media.container in _TIMED_BY_STREAMS and media.video_codec is not None


def filled_afterwards(sound: Sequence[str], rate_hz: int, output: int = 0) -> list[str]:
    """Return options that fill gaps in sound whose form no longer changes; those of its file come after them.

    sound: how it is mapped, filtered and encoded, without FILL_GAPS. It goes to an output that keeps nothing,
        and is decoded once more from there (ffmpeg 7.1 and later).
    output: the number of that output of ffmpeg; the file has the next one.
    """
    fill = f"[dec:{output // 2}]aresample={rate_hz}:{FILL_GAPS}[filled{output}]"
    again = ["-dec", f"{output}:0", "-filter_complex", fill, "-map", f"[filled{output}]"]
    return [*sound, "-f", "null", "-", *again]
