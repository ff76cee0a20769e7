"""Recordings in every container that people have, and in every state in which they come.

Each holds a sentence from 1 s on, and the same one again from 6 s on, in 10 s; a video goes on for 2 s more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.audio.wav import write_wav
from tests.making import make_media
from tests.speech import english, joined, silence

SECONDS, LATE_S = 10.0, 2.0  # LATE_S: for so long only the picture is there
SPOKEN = (1.0, 6.0)  # where the sentences begin
PICTURE_S = SECONDS + LATE_S
SENTENCE = "Good morning everyone."
PICTURE = ("-f", "lavfi", "-i", f"color=c=gray:s=64x48:r=5:d={PICTURE_S}")
NOBODY = ("-f", "lavfi", "-i", f"anullsrc=r=16000:cl=mono:d={SECONDS}")


@dataclass(frozen=True, slots=True)
class Container:
    """How ffmpeg writes one. sound, video: options of its codecs; video (): it holds none.

    tracks: it may hold several sound tracks; late: it can say that the sound starts later than the picture;
    tells: something in it shows that it is cut off.
    """

    suffix: str
    sound: tuple[str, ...]
    video: tuple[str, ...] = ()
    tracks: bool = False
    late: bool = True
    tells: bool = True


_AAC, _MP3, _OPUS, _PCM = (("-c:a", codec) for codec in ("aac", "libmp3lame", "libopus", "pcm_s16le"))
_AC3, _MP2, _VORBIS = (("-c:a", codec) for codec in ("ac3", "mp2", "libvorbis"))
_AMR = ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1")
_MPEG1, _MPEG2, _MPEG4 = (("-c:v", codec, "-r", "25") for codec in ("mpeg1video", "mpeg2video", "mpeg4"))
_VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8")
_H263 = ("-c:v", "h263", "-s", "176x144")
_INDEX_FIRST = ("-movflags", "faststart")
_FRAGMENTS = ("-movflags", "frag_keyframe+empty_moov")
CONTAINERS = {
    "mp4": Container("mp4", (*_AAC, *_INDEX_FIRST), _MPEG4, tracks=True),
    "fragmented mp4": Container("mp4", (*_AAC, *_FRAGMENTS), _MPEG4, tracks=True),
    "mov": Container("mov", (*_PCM, *_INDEX_FIRST), _MPEG4, tracks=True),
    "3gp": Container("3gp", (*_AMR, *_INDEX_FIRST), _H263),
    "mkv": Container("mkv", ("-c:a", "flac"), _MPEG4, tracks=True),
    "mka": Container("mka", _VORBIS, tracks=True),
    "webm": Container("webm", _OPUS, _VP8, tracks=True),
    "avi": Container("avi", _MP3, _MPEG4, tracks=True, late=False),
    "avi pcm": Container("avi", _PCM, _MPEG4, tracks=True, late=False),
    "wmv": Container("wmv", ("-c:a", "wmav2"), ("-c:v", "wmv2"), tracks=True),
    "wma": Container("wma", ("-c:a", "wmav2")),
    "flv": Container("flv", (*_MP3, "-ar", "44100"), ("-c:v", "flv")),
    "ts": Container("ts", _AAC, _MPEG2, tracks=True),
    "m2ts": Container("m2ts", _AC3, _MPEG2, tracks=True),
    "mpg": Container("mpg", _MP2, _MPEG1, tracks=True),
    "vob": Container("vob", _AC3, _MPEG2, tracks=True),
    "mxf": Container("mxf", (*_PCM, "-ar", "48000"), _MPEG2, tracks=True, late=False),
    "ogg": Container("ogg", _VORBIS),
    "ogv": Container("ogv", _VORBIS, ("-c:v", "libtheora")),
    "opus": Container("opus", _OPUS),
    "mp3": Container("mp3", _MP3),
    "mp2": Container("mp2", _MP2, tells=False),
    "m4a": Container("m4a", (*_AAC, *_INDEX_FIRST), tracks=True),
    "alac": Container("m4a", ("-c:a", "alac", *_INDEX_FIRST), tracks=True),
    "aac": Container("aac", _AAC),
    "ac3": Container("ac3", _AC3),
    "eac3": Container("eac3", ("-c:a", "eac3")),
    "flac": Container("flac", ("-c:a", "flac")),
    "wav": Container("wav", _PCM),
    "wav adpcm": Container("wav", ("-c:a", "adpcm_ima_wav")),
    "w64": Container("w64", _PCM),
    "aiff": Container("aiff", ("-c:a", "pcm_s16be")),
    "au": Container("au", ("-c:a", "pcm_s16be")),
    "caf": Container("caf", _PCM),
    "amr": Container("amr", _AMR),
    "wv": Container("wv", ("-c:a", "wavpack")),
    "tta": Container("tta", ("-c:a", "tta")),
}


def speech(folder: Path) -> Path:
    """Write the sound that all recordings hold."""
    said = english(SENTENCE)
    between_s, after_s = SPOKEN[1] - SPOKEN[0] - said.duration_s, SECONDS - SPOKEN[1] - said.duration_s
    write_wav(
        folder / "said.wav", joined(silence(SPOKEN[0]), said, silence(between_s), said, silence(after_s))
    )
    return folder / "said.wav"


def plain(kind: str, said: Path, folder: Path, before: Sequence[str] = (), after: Sequence[str] = ()) -> Path:
    """Write `said` in a container. before: ffmpeg's options of the sound's input; after: of the output."""
    container = CONTAINERS[kind]
    picture, n = (PICTURE, 1) if container.video else ((), 0)
    maps = (*(("-map", "0:v") if picture else ()), "-map", f"{n}:a")
    sound = (*before, "-i", str(said), *maps, *container.video, *container.sound, *after)
    return make_media(folder / f"a.{container.suffix}", *picture, *sound)


def late(kind: str, said: Path, folder: Path) -> Path:
    return plain(kind, said, folder, before=("-itsoffset", str(LATE_S)))


def quiet(kind: str, said: Path, folder: Path) -> Path:
    return plain(kind, said, folder, after=("-af", "volume=-50dB"))


def tracks(kind: str, said: Path, folder: Path) -> Path:
    """Put a track before it on which nobody speaks."""
    container = CONTAINERS[kind]
    picture, n = (PICTURE, 1) if container.video else ((), 0)
    maps = (*(("-map", "0:v") if picture else ()), "-map", f"{n}:a", "-map", f"{n + 1}:a")
    sound = (*NOBODY, "-i", str(said), *maps, *container.video, *container.sound)
    return make_media(folder / f"a.{container.suffix}", *picture, *sound)


def cut(kind: str, said: Path, folder: Path) -> Path:
    """Leave six tenths of it; it ends within a frame, as nothing else tells of a file without a header."""
    made = plain(kind, said, folder)
    made.write_bytes(made.read_bytes()[: made.stat().st_size * 6 // 10 - 7])
    return made


def joined_files(kind: str, said: Path, folder: Path) -> Path:
    made = plain(kind, said, folder)
    made.write_bytes(made.read_bytes() * 2)
    return made
