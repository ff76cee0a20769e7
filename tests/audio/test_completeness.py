"""Files that break off, or whose header says less than there is: heard as far as they go, and it is said."""

from pathlib import Path

import pytest

from app.audio.completeness import wav_goes_on
from app.audio.decode import decode_speech
from app.audio.limits import Limits
from app.audio.media import Media
from tests.long import LONG
from tests.making import PICTURE, TONE, make_media, make_stream

SOUND = ("-f", "lavfi", "-i", "anoisesrc=r=44100:d=10:a=0.1")
LONG_PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=10:d=15")
X264 = ("-c:v", "libx264")
KINDS: dict[str, tuple[str, ...]] = {
    **{"wav": (), "w64": (), "aiff": (), "caf": (), "au": (), "flac": (), "wv": (), "tta": (), "mp3": ()},
    **{"aac": (), "ac3": (), "wma": (), "mka": (), "opus": (), "ogg": ("-c:a", "libvorbis")},
    **{"m4a": ("-movflags", "faststart"), "amr": ("-ar", "8000")},
    "mp4": (*LONG_PICTURE, *X264, "-movflags", "faststart"),
    "mov": (*LONG_PICTURE, *X264, "-c:a", "pcm_s16le", "-movflags", "faststart"),
    "3gp": (*LONG_PICTURE, *X264, "-c:a", "aac", "-movflags", "faststart"),
    **{"mkv": (*LONG_PICTURE, *X264), "avi": (*LONG_PICTURE, *X264), "ts": (*LONG_PICTURE, *X264)},
    "webm": (*LONG_PICTURE, "-c:v", "libvpx", "-c:a", "libopus"),
    "flv": (*LONG_PICTURE, "-c:v", "flv", "-c:a", "libmp3lame"),
}


def decoded(source: Path) -> Media:
    limits = Limits(disk_reserve_bytes=0)
    return decode_speech(source, source.with_name("speech.wav"), limits=limits, progress=lambda _: None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_breaks_off_is_heard_as_far_as_it_goes_and_it_is_said(tmp_path: Path, kind: str) -> None:
    made = make_media(tmp_path / f"a.{kind}", *SOUND, *KINDS[kind])
    whole = decoded(made)
    assert whole.duration_s == pytest.approx(10, abs=0.2)
    assert whole.remarks == ()
    made.write_bytes(made.read_bytes()[: made.stat().st_size * 6 // 10])
    part = decoded(made)
    assert part.duration_s
    assert 4 < part.duration_s < 8
    (remark,) = part.remarks
    assert f"0:0{int(part.duration_s)}" in str(remark)


@pytest.mark.parametrize("codec", ["flac", "libvorbis"] if LONG else ["flac"])
def test_it_is_said_that_of_joined_files_in_ogg_one_of_another_form_is_not_heard(
    tmp_path: Path, codec: str
) -> None:
    mono = make_media(tmp_path / "a.ogg", *TONE, "-ar", "16000", "-ac", "1", "-c:a", codec)
    stereo = make_media(tmp_path / "b.ogg", *TONE, "-ar", "48000", "-ac", "2", "-c:a", codec)
    mono.write_bytes(mono.read_bytes() + stereo.read_bytes())
    assert decoded(mono).remarks


@pytest.mark.parametrize("kind", ["m4a", "mp3", "flac"])
def test_it_is_said_how_long_the_whole_is(tmp_path: Path, kind: str) -> None:
    made = make_media(tmp_path / f"a.{kind}", *SOUND, *KINDS[kind])
    made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    assert "of 0:10" in str(decoded(made).remarks[0])


def test_a_picture_that_goes_on_without_sound_is_no_reason_for_a_remark(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.mp4", *LONG_PICTURE, *TONE, *X264)
    assert decoded(made).remarks == ()


def test_a_browser_recording_is_complete(tmp_path: Path) -> None:
    options = ("-c:v", "libvpx", "-c:a", "libopus", "-f", "webm")
    assert decoded(make_stream(tmp_path / "a", *PICTURE, *TONE, *options)).remarks == ()


@pytest.mark.parametrize("said_s", [0, 1, 3])
def test_a_wav_whose_header_was_written_early_is_heard_to_its_end(tmp_path: Path, said_s: int) -> None:
    made = make_media(tmp_path / "a.wav", *SOUND, "-fflags", "+bitexact")
    content = bytearray(made.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = (said_s * 88_200).to_bytes(4, "little")
    content[4:8] = (said_s * 88_200 + 36).to_bytes(4, "little")
    made.write_bytes(content)
    media = decoded(made)
    assert media.duration_s == pytest.approx(10, abs=0.01)
    assert [f"says 0:0{said_s}" in str(remark) for remark in media.remarks] == ([True] if said_s else [])


def test_chunks_behind_the_sound_are_no_sound(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.wav", *TONE)
    content = made.read_bytes()
    made.write_bytes(content + b"LIST" + (8).to_bytes(4, "little") + b"INFOISFT")
    assert not wav_goes_on(made)
    assert decoded(made).duration_s == pytest.approx(2, abs=0.01)
    made.write_bytes(content + bytes(range(200)))
    assert wav_goes_on(made)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF....WAVE", b"RIFF....WAVEfmt " + b"\xff" * 8])
def test_what_is_no_wav_does_not_go_on(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert not wav_goes_on(tmp_path / "a")
