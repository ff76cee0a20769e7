"""What a player needs of a recording: a small file that every browser plays, and its waveform."""

import json
from pathlib import Path

from app.audio.atomic import atomic_write
from app.audio.encode import encode
from app.audio.levels import survey
from app.audio.media import Media
from app.audio.wav import WavFile
from app.progress import Progress, part_of

SOUND = "listen.mp3"
WAVEFORM = "waveform.json"
KBIT_S = 48  # of 16 kHz mono: 22 MB an hour, speech as clear as it was decoded

# What Chromium, Firefox and Safari all play (developer.mozilla.org, "Media container formats"), in ffmpeg's
# names: codecs of the picture, of the sound, MIME type
_MP4 = (frozenset({"h264"}), frozenset({"aac", "mp3"}), "video/mp4")
_WEBM = (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"}), "video/webm")
_PLAYED = {"mov": _MP4, "matroska": _WEBM}


def make_playback(speech: Path, folder: Path, progress: Progress) -> None:
    """Leave SOUND and WAVEFORM in a recording's folder, made of the sound whose times its transcript has."""
    sound = WavFile(speech)
    encode(speech, folder / SOUND, "mp3", sound.duration_s, part_of(progress, 0.0, 0.8), KBIT_S)
    peaks = survey(sound, part_of(progress, 0.8, 1.0)).peaks
    with atomic_write(folder / WAVEFORM) as part:
        part.write_text(json.dumps(peaks), encoding="ascii")


def waveform(folder: Path) -> tuple[float, ...]:
    """Return the loudest sample of each of many equal stretches, 0..1; nothing where there is no waveform."""
    try:
        return tuple(float(peak) for peak in json.loads((folder / WAVEFORM).read_bytes()))
    except (OSError, ValueError, TypeError):
        return ()


def video_type(media: Media | None) -> str | None:
    """Return the MIME type of a source whose picture and sound browsers play. None: they do not."""
    if media is None or media.video_codec is None or len(media.tracks) > 1:
        return None  # of several tracks a browser would play one; the transcript has them all
    known = _PLAYED.get(media.container.partition(",")[0])
    plays = known is not None and media.video_codec in known[0] and media.audio_codec in known[1]
    return known[2] if known and plays else None
