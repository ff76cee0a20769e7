"""Some 460 files that nobody should be able to hurt us with, made the same way every time.

`make_corpus(folder)` returns them; push them through whatever takes files. Each ends in success or in one
clear sentence; `verdict` says which where that is certain. The short form has all of them but the damaged
ones, and of those each damage done to every third container, another third for the next damage.
"""

import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.long import LONG
from tests.making import PICTURE, TONE, make_media, make_stream

EVERY = 1 if LONG else 3

Verdict = Literal["good", "refused", "either"]

SHORT_TONE = ("-f", "lavfi", "-i", "sine=f=440:r=16000:d=1.5")
SHORT_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x48:r=10:d=1.5")

# suffix -> whether it has a picture, and what ffmpeg must be told
SEEDS: dict[str, tuple[bool, tuple[str, ...]]] = {
    "wav": (False, ()),
    "aiff": (False, ()),
    "caf": (False, ()),
    "flac": (False, ()),
    "mp3": (False, ("-b:a", "32k")),
    "m4a": (False, ()),
    "aac": (False, ()),
    "ogg": (False, ("-c:a", "libvorbis")),
    "opus": (False, ("-b:a", "16k")),
    "wma": (False, ()),
    "amr": (False, ("-ar", "8000")),
    "wv": (False, ()),
    "mp4": (True, ("-g", "5")),
    "mov": (True, ("-movflags", "+faststart")),
    "3gp": (True, ("-c:v", "mpeg4", "-c:a", "aac")),
    "mkv": (True, ()),
    "webm": (True, ("-c:v", "libvpx", "-c:a", "libopus")),
    "avi": (True, ()),
    "flv": (True, ("-ar", "44100")),
    "mpg": (True, ("-r", "25")),
    "ts": (True, ()),
}

NEIGHBOUR = "neighbour.wav"  # the recording of another visitor, which no file may pull in

ELSEWHERE = [NEIGHBOUR, f"../{NEIGHBOUR}", "/etc/hostname", "http://127.0.0.1:9/a.wav"]

NAMES = [
    "../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "/absolute/path.wav",
    "C:\\meeting.wav",
    "-i.wav",
    "-rf",
    "| touch owned",
    "$(touch owned).wav",
    "`touch owned`.mp3",
    "a;touch owned;.wav",
    "two\nlines.wav",
    "tab\there.wav",
    "bell\x07.wav",
    "concat:a.wav|b.wav",
    "http:..127.0.0.1.wav",
    "%d%s%n.wav",
    "%(name)s.wav",
    "{{7*7}}.wav",
    "<script>alert(1)</script>.wav",
    '"><img src=x onerror=alert(1)>.wav',
    "' OR 1=1 --.wav",
    "CON.wav",
    ".hidden",
    "...",
    " ",
    "Совещание у директора, 12 мая.wav",
    "会议记录.wav",
    "اجتماع.wav",
    "\u202egnp.wav",
    "🎙️.wav",
    "e\u0301clair.wav",
    "no_suffix",
    "x" * 250 + ".wav",
    "я" * 120 + ".wav",
    "a.wav.exe",
    "a.mp3\u200b",
]


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file. name: what its sender calls it; verdict: good, refused, or either where ffmpeg may tell."""

    name: str
    content: bytes
    verdict: Verdict = "either"


def make_corpus(folder: Path) -> list[Hostile]:
    """Make all of them; `folder` is for the work of ffmpeg."""
    seeds = {suffix: _seed(folder, suffix) for suffix in SEEDS}
    return [
        *(Hostile(f"good.{suffix}", content, "good") for suffix, content in seeds.items()),
        *(file for damage in (_truncated, _flipped, _mangled) for file in list(damage(seeds))[::EVERY]),
        *_playlists(),
        *(
            Hostile(f"alias-{k}.mov", _with_sound_elsewhere(seeds["mp4"], path), "refused")
            for k, path in enumerate(ELSEWHERE)
        ),
        *_not_media(),
        *_pictures(folder),
        *_header_lies(seeds["wav"]),
        *_without_sound(folder, seeds),
        *_bombs(folder),
        *(Hostile(name, seeds["wav"], "good") for name in NAMES),
    ]


def _seed(folder: Path, suffix: str) -> bytes:
    has_picture, options = SEEDS[suffix]
    picture = SHORT_PICTURE if has_picture else ()
    return make_media(folder / f"seed.{suffix}", *picture, *SHORT_TONE, *options).read_bytes()


def _truncated(seeds: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix, content in seeds.items():
        for percent in (1, 10, 33, 66, 97):
            yield Hostile(f"first-{percent}-percent.{suffix}", content[: len(content) * percent // 100 + 1])


def _flipped(seeds: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix, content in seeds.items():
        for n_flips in (1, 10, 100, 1000):
            chance = random.Random(f"{suffix} {n_flips}")
            damaged = bytearray(content)
            for _ in range(n_flips):
                # Headers are where it hurts: half of the flips go there.
                end = min(512, len(damaged)) if chance.random() < 0.5 else len(damaged)
                damaged[chance.randrange(end)] ^= 1 << chance.randrange(8)
            yield Hostile(f"{n_flips}-flips.{suffix}", bytes(damaged))


def _mangled(seeds: dict[str, bytes]) -> Iterator[Hostile]:
    suffixes = list(seeds)
    for suffix, content in seeds.items():
        chance = random.Random(suffix)
        middle = len(content) // 2
        other = seeds[suffixes[suffixes.index(suffix) - 1]]
        yield Hostile(f"random-body.{suffix}", content[:256] + chance.randbytes(len(content)))
        yield Hostile(f"hole.{suffix}", content[:middle] + bytes(2000) + content[middle + 2000 :])
        yield Hostile(f"headless.{suffix}", content[64:])
        yield Hostile(f"header-of-another.{suffix}", other[:128] + content[128:])
        yield Hostile(f"twice.{suffix}", content + content)


def _playlists() -> Iterator[Hostile]:
    absolute = "/etc/hostname"
    hls = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
    targets = [
        NEIGHBOUR,
        absolute,
        f"file://{absolute}",
        "http://127.0.0.1:9/a.ts",
        f"concat:{NEIGHBOUR}|{absolute}",
    ]
    texts = [
        *(f"ffconcat version 1.0\nfile '{target}'\nduration 2.0\n" for target in targets),
        *(hls.format(target) for target in targets),
        f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file://{absolute}"\n#EXTINF:1,\n{NEIGHBOUR}\n',
        f"#EXTM3U\n{NEIGHBOUR}\n",
        f"\ufeff#EXTM3U\n{NEIGHBOUR}\n",
        f"\n\n  #EXTM3U\n{NEIGHBOUR}\n",
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>'
        f'<Representation id="1"><BaseURL>{NEIGHBOUR}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n",
        f"[playlist]\nFile1={NEIGHBOUR}\nNumberOfEntries=1\n",
        f'<asx version="3.0"><entry><ref href="{NEIGHBOUR}"/></entry></asx>',
    ]
    suffixes = ("mp3", "mp4", "wav")
    for number, text in enumerate(texts):
        yield Hostile(f"list-{number}.{suffixes[number % 3]}", text.encode(), "refused")


def _not_media() -> Iterator[Hostile]:
    chance = random.Random("not media")
    contents = {
        "empty.mp3": b"",
        "newline.wav": b"\n",
        "one-byte.mp3": b"\xff",
        "zeros.mp4": bytes(10_000),
        "ones.mp3": b"\xff" * 10_000,
        "text.mp3": b"Dear colleagues, please find the recording attached.\n" * 50,
        "text.wav": "Уважаемые коллеги, запись во вложении.\n".encode() * 50,
        "utf-16.mp3": ("Запись совещания\n" * 50).encode("utf-16"),
        "page.mp4": b"<!doctype html><html><head><title>404</title></head><body>Not found</body></html>",
        "picture.mp4": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
        b'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd"/></svg>',
        "entity.mp4": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        "json.mp3": b'{"recording": "neighbour.wav"}',
        "archive.mp3": b"PK\x03\x04" + chance.randbytes(3000),
        "archive.wav": b"\x1f\x8b\x08" + zlib.compress(bytes(5000)),
        "archive.mp4": b"7z\xbc\xaf\x27\x1c" + chance.randbytes(3000),
        "program.wav": b"\x7fELF\x02\x01\x01" + chance.randbytes(3000),
        "program.mp4": b"MZ\x90\x00" + chance.randbytes(3000),
        "script.mp3": b"#!/bin/sh\ntouch owned\n",
        "paper.mp4": b"%PDF-1.7\n" + chance.randbytes(3000),
        "pickle.wav": b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "subtitles.mp4": b"1\n00:00:00,000 --> 00:00:02,000\nHello\n\n",
        "subtitles.webm": b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n",
        "script.mkv": b"[Script Info]\n\n[Events]\nDialogue: 0,0:00:00.00,0:00:02.00,,,,0,0,0,,Hi\n",
        "metadata.mp3": b";FFMETADATA1\ntitle=x\n",
        "notes.mp3": b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x60MTrk\x00\x00\x00\x04\x00\xff\x2f\x00",
        "database.wav": b"SQLite format 3\x00" + bytes(4000),
    }
    for name, content in contents.items():
        yield Hostile(name, content, "refused")
    for size in (10, 100, 1000, 10_000, 100_000):
        for suffix in ("mp3", "mp4", "wav"):
            yield Hostile(f"random-{size}.{suffix}", chance.randbytes(size))


def _pictures(folder: Path) -> Iterator[Hostile]:
    for suffix in ("png", "jpg", "gif", "bmp", "webp", "tiff"):
        made = make_media(folder / f"picture.{suffix}", *SHORT_PICTURE, "-frames:v", "1")
        yield Hostile(f"{suffix}.mp3", made.read_bytes(), "refused")


def _header_lies(wav: bytes) -> Iterator[Hostile]:
    def lie(name: str, offset: int, form: str, value: int, verdict: Verdict = "either") -> Hostile:
        content = bytearray(wav)
        struct.pack_into(form, content, offset, value)
        return Hostile(f"{name}.wav", bytes(content), verdict)

    yield lie("riff-0-bytes", 4, "<I", 0)
    yield lie("riff-4-gigabytes", 4, "<I", 0xFFFFFFFF)
    yield lie("format-chunk-4-gigabytes", 16, "<I", 0xFFFFFFFF)
    yield lie("unknown-codec", 20, "<H", 0xBEEF, "refused")
    yield lie("no-channels", 22, "<H", 0, "refused")
    yield lie("65535-channels", 22, "<H", 65535)
    yield lie("0-hertz", 24, "<I", 0, "refused")
    yield lie("1-hertz", 24, "<I", 1)
    yield lie("4-gigahertz", 24, "<I", 0xFFFFFFFF)
    yield lie("block-of-0", 32, "<H", 0)
    yield lie("0-bits", 34, "<H", 0)
    yield lie("255-bits", 34, "<H", 255)
    yield lie("sound-of-0-bytes", wav.index(b"data") + 4, "<I", 0)
    yield lie("sound-of-2-gigabytes", wav.index(b"data") + 4, "<I", 0x7FFFFFFF, "good")
    yield lie("sound-of-4-gigabytes", wav.index(b"data") + 4, "<I", 0xFFFFFFFF, "good")
    yield Hostile("tag-of-256-megabytes.mp3", b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f" + bytes(2000), "refused")
    yield Hostile("nested-boxes.mp4", b"\0\0\0\x08ftypisom" + b"\0\0\x40\0moov" * 20_000, "refused")
    yield Hostile("box-of-0.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + b"\0\0\0\0moov" * 10, "refused")
    yield Hostile(
        "box-of-16-exabytes.mp4",
        b"\0\0\0\x18ftypisom\0\0\2\0isommp41\0\0\0\1moov" + b"\xff" * 8 + bytes(100),
        "refused",
    )
    yield Hostile(
        "nested-elements.mkv",
        b"\x1a\x45\xdf\xa3\x80" + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\xec\xff" * 5000,
    )


def _without_sound(folder: Path, seeds: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix in ("mp4", "mkv", "webm", "avi", "mov", "ts"):
        made = make_media(folder / f"mute.{suffix}", *SHORT_PICTURE)
        yield Hostile(f"mute.{suffix}", made.read_bytes(), "refused")
    for suffix in ("wav", "flac", "ogg", "mkv", "aiff", "caf", "w64"):
        made = make_media(folder / f"nothing.{suffix}", *SHORT_TONE, "-t", "0")
        yield Hostile(f"no-samples.{suffix}", made.read_bytes(), "refused")
    yield Hostile("only-a-tag.mp3", seeds["mp3"][:45], "refused")
    yield Hostile("only-a-magic-number.wav", b"RIFF\x24\x00\x00\x00WAVE", "refused")
    yield Hostile("only-a-magic-number.flac", b"fLaC", "refused")
    yield Hostile("only-a-magic-number.ogg", b"OggS", "refused")
    yield Hostile("only-a-magic-number.amr", b"#!AMR\n", "refused")


def _bombs(folder: Path) -> Iterator[Hostile]:
    """Small files that unfold: hours of sound, skies of pixels."""
    silence = ("-f", "lavfi", "-i", "anullsrc=cl=mono:r=8000:d=10800")
    made = make_stream(folder / "silence", *silence, "-c:a", "flac", "-f", "flac")
    yield Hostile("three-hours-of-silence.flac", made.read_bytes(), "refused")
    jump = ("-af", "asetpts=PTS+gte(T\\,0.3)*72000/TB")
    made = make_stream(folder / "jump", *SHORT_TONE, *jump, "-c:a", "libopus", "-f", "webm")
    yield Hostile("a-pause-of-20-hours.webm", made.read_bytes())
    sky = ("-f", "lavfi", "-i", "color=s=8192x8192:r=1:d=1", "-c:v", "libx264", "-preset", "ultrafast")
    yield Hostile("sky.mp4", make_media(folder / "sky.mp4", *TONE, *sky).read_bytes(), "refused")
    picture = ("-f", "lavfi", "-i", "color=s=320x256:r=10:d=1", "-c:v", "libvpx")
    small = make_media(folder / "small.mkv", *TONE, *picture).read_bytes()
    size = b"\xb0\x82\x01\x40\xba\x82\x01\x00"
    assert size in small
    yield Hostile("size-lie.mkv", small.replace(size, b"\xb0\x82\x7f\xff\xba\x82\x7f\xff"))
    yield Hostile("cover-of-4-gigapixels.mp3", _song_with_huge_cover(folder), "good")
    many = [option for _ in range(60) for option in ("-map", "0")]
    made = make_media(
        folder / "many.mka", "-f", "lavfi", "-i", "sine=d=0.3:r=8000", *many, "-c:a", "pcm_s16le"
    )
    yield Hostile("sixty-streams.mka", made.read_bytes(), "good")


def _song_with_huge_cover(folder: Path) -> bytes:
    png = make_media(folder / "cover.png", *PICTURE, "-frames:v", "1").read_bytes()
    huge = png[:16] + struct.pack(">II", 65_000, 65_000) + png[24:]
    picture = b"\0image/png\0\3\0" + huge
    frame = b"APIC" + struct.pack(">I", len(picture)) + b"\0\0" + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    song = make_media(folder / "song.mp3", *TONE, "-id3v2_version", "0").read_bytes()
    return b"ID3\3\0\0" + size + frame + song


def _with_sound_elsewhere(mov: bytes, path: str) -> bytes:
    """Make a QuickTime file whose samples are said to be in another file (an alias in `dref`)."""
    absolute = path.encode()
    alias = (
        struct.pack(">4sI", b"alis", 0)
        + bytes(10)
        + b"\x04disk".ljust(28, b"\0")
        + bytes(12)
        + (bytes([len(absolute)]) + absolute).ljust(64, b"\0")
        + bytes(16)
        + struct.pack(">HH", 1, 1)
        + bytes(16)
        + struct.pack(">HH", 2, len(absolute))
        + absolute
        + bytes(len(absolute) % 2)
        + struct.pack(">HH", 0xFFFF, 0)
    )
    content = bytearray(mov)
    at = content.rindex(b"dref") + 12  # the entry's size
    grown = len(alias) + 4 - struct.unpack_from(">I", content, at)[0]
    content[at : at + struct.unpack_from(">I", content, at)[0]] = struct.pack(">I", len(alias) + 4) + alias
    for box in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        size_at = content.rindex(box, 0, at) - 4
        struct.pack_into(">I", content, size_at, struct.unpack_from(">I", content, size_at)[0] + grown)
    return bytes(content)
