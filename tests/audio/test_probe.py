from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.audio.limits import Limits
from app.audio.media import Media, Track
from app.audio.probe import probe
from app.errors import BadInput, TooLarge
from tests.making import PICTURE, TONE, make_media, make_stream

CONTAINERS = [
    ("wav", ()),
    ("w64", ()),
    ("aiff", ()),
    ("caf", ()),
    ("au", ()),
    ("flac", ()),
    ("wv", ()),
    ("tta", ()),
    ("mp3", ()),
    ("m4a", ()),
    ("aac", ()),
    ("ac3", ()),
    ("ogg", ("-c:a", "libvorbis")),
    ("opus", ()),
    ("wma", ()),
    ("amr", ("-ar", "8000")),
    ("3gp", ("-c:a", "aac")),
    ("mka", ()),
]
VIDEOS = [
    ("mp4", ()),
    ("mov", ()),
    ("mkv", ()),
    ("webm", ("-c:v", "libvpx", "-c:a", "libopus")),
    ("avi", ()),
    ("flv", ("-ar", "44100")),
    ("wmv", ()),
    ("mpg", ("-r", "25")),
    ("vob", ("-r", "25")),
    ("ts", ()),
    ("3gp", ("-c:v", "mpeg4", "-c:a", "aac")),
]


@pytest.mark.parametrize(("suffix", "options"), CONTAINERS)
def test_sound_is_recognised_by_content(tmp_path: Path, suffix: str, options: tuple[str, ...]) -> None:
    made = make_media(tmp_path / f"a.{suffix}", *TONE, *options)
    media = probe(made.rename(tmp_path / "nameless"))
    assert (media.channels, media.video_codec, media.width) == (1, None, None)
    assert media.sample_rate_hz in (8000, 16_000, 32_000, 48_000)
    if media.duration_s is not None:
        assert media.duration_s == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize(("suffix", "options"), VIDEOS)
def test_video_with_sound_is_recognised_by_content(
    tmp_path: Path, suffix: str, options: tuple[str, ...]
) -> None:
    made = make_media(tmp_path / f"a.{suffix}", *PICTURE, *TONE, *options)
    media = probe(made.rename(tmp_path / "nameless"))
    assert (media.width, media.height) == (160, 120)
    assert media.video_codec
    assert media.duration_s == pytest.approx(2, abs=0.3)


def test_every_field_is_what_the_container_says(tmp_path: Path) -> None:
    made = make_media(
        tmp_path / "a.mp4",
        *PICTURE,
        *TONE,
        "-c:v",
        "libx264",
        "-c:a",
        "aac",
        "-ac",
        "2",
        "-pix_fmt",
        "yuv444p",
    )
    known = {"tracks": (Track(0, 2),), "pixel_format": "yuv444p"}
    assert probe(made) == Media(2.0, "mov,mp4,m4a,3gp,3g2,mj2", "aac", 16_000, 2, "h264", 160, 120, **known)


def test_the_pixel_format_stands_after_profile_and_tag(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.avi", *PICTURE, *TONE, "-c:v", "mpeg4", "-c:a", "mp3", "-vtag", "xvid")
    assert probe(made).pixel_format == "yuv420p"


def test_a_browser_recording_has_no_duration(tmp_path: Path) -> None:
    made = make_stream(tmp_path / "a", *TONE, "-c:a", "libopus", "-f", "webm")
    assert probe(made) == Media(None, "matroska,webm", "opus", 48_000, 1, tracks=(Track(0, 1),))


@pytest.mark.parametrize(
    ("layout", "channels"), [("mono", 1), ("stereo", 2), ("5.1", 6), ("7.1", 8), ("quad", 4)]
)
def test_channels_are_counted(tmp_path: Path, layout: str, channels: int) -> None:
    made = make_media(tmp_path / "a.wav", "-f", "lavfi", "-i", f"anullsrc=cl={layout}:r=16000:d=0.1")
    assert probe(made).channels == channels


def test_the_cover_of_a_song_is_not_a_video(tmp_path: Path) -> None:
    cover = make_media(tmp_path / "c.png", *PICTURE, "-frames:v", "1")
    song = make_media(
        tmp_path / "a.mp3",
        *TONE,
        "-i",
        str(cover),
        "-map",
        "0",
        "-map",
        "1",
        "-disposition:v",
        "attached_pic",
    )
    assert probe(song).video_codec is None


def test_a_name_that_looks_like_an_option_or_an_address_is_only_a_name(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.wav", *TONE)
    for name in ("-i", "concat:a|b", "http:", "$(touch x)", "a\nb", "%d.wav", "'\"; rm", "имя файла"):
        assert probe(made.rename(tmp_path / name)).audio_codec == "pcm_s16le"
        made = tmp_path / name


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        probe(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"just some text\n" * 100,
        b"PK\x03\x04" + b"\0" * 1000,
        b"<!doctype html><html><body>Hi</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7\n" + b"x" * 500,
        b"\0" * 5000,
        b"x",
    ],
)
def test_what_is_no_recording_is_called_so(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "a.mp3", content).startswith("This is not audio or video.")


@pytest.mark.parametrize(
    "content",
    [
        b"ffconcat version 1.0\nfile other.wav\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.wav\n",
        b"\xef\xbb\xbf#EXTM3U\nother.mp3\n",
        b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
        b"[playlist]\nFile1=http://127.0.0.1/a.mp3\n",
    ],
)
def test_a_playlist_is_called_so(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path / "a.mp3", content).startswith("This is a list of links")


def test_an_empty_file_is_called_so(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.mp3", b"").startswith("The file is empty.")


def test_half_a_video_is_called_broken(tmp_path: Path) -> None:
    whole = make_media(tmp_path / "a.mp4", *PICTURE, *TONE).read_bytes()
    assert refusal(tmp_path / "b", whole[: len(whole) // 2]).startswith("The file is broken")


def test_sound_in_an_unknown_format_is_called_broken(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.mka", *TONE, "-c:a", "libvorbis").read_bytes()
    assert refusal(tmp_path / "b", made.replace(b"A_VORBIS", b"A_FUTURE")).startswith("The file is broken")


def test_a_video_without_sound_is_called_so(tmp_path: Path) -> None:
    silent = make_media(tmp_path / "a.mp4", *PICTURE)
    assert refusal(tmp_path / "b", silent.read_bytes()).startswith("There is no sound")


def test_a_picture_is_not_a_recording(tmp_path: Path) -> None:
    picture = make_media(tmp_path / "a.png", *PICTURE, "-frames:v", "1")
    assert refusal(tmp_path / "b", picture.read_bytes()).startswith("This is not audio or video.")


def test_a_recording_over_the_limit_is_refused_by_its_header(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.flac", "-f", "lavfi", "-i", "sine=r=8000:d=40")
    with pytest.raises(TooLarge, match=r"longer than 0\.01 hours"):
        probe(made, limits=Limits(max_duration_s=36))


def test_an_absurd_picture_is_refused(tmp_path: Path) -> None:
    picture = ("-f", "lavfi", "-i", "color=s=8192x8192:r=1:d=1", "-c:v", "libx264", "-preset", "ultrafast")
    huge = make_media(tmp_path / "a.mp4", *TONE, *picture)
    assert refusal(tmp_path / "b", huge.read_bytes()).startswith("The picture of 8192 by 8192 pixels")


@pytest.mark.parametrize(
    ("says", "recorded"),
    [
        ("2026-11-05T07:30:00Z", datetime(2026, 11, 5, 7, 30, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("2101-12-31T23:59:59Z", None),
        (None, None),
    ],
)
def test_the_day_of_a_recording_is_what_the_container_says(
    tmp_path: Path, says: str | None, recorded: datetime | None
) -> None:
    tags = ("-metadata", f"creation_time={says}") if says else ()
    assert probe(make_media(tmp_path / "a.m4a", *TONE, *tags)).recorded_at == recorded


def test_a_date_tag_of_a_song_is_a_date_too_and_a_year_is_none(tmp_path: Path) -> None:
    dated = probe(make_media(tmp_path / "a.mp3", *TONE, "-metadata", "date=2024-11-12"))
    assert dated.recorded_at == datetime(2024, 11, 12, 12, tzinfo=UTC)
    assert probe(make_media(tmp_path / "b.mp3", *TONE, "-metadata", "date=2019")).recorded_at is None
