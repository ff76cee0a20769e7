from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.audio.ffmpeg import Tick
from app.audio.poster import MAX_SIDE_PIXELS, poster
from app.audio.probe import probe
from app.errors import JobCancelled
from tests.making import PICTURE, TONE, make_media, make_stream


def picture_of(source: Path, folder: Path) -> Image.Image:
    assert poster(source, probe(source), folder / "poster.jpg")
    with Image.open(folder / "poster.jpg") as image:
        image.load()
        assert image.format == "JPEG"
        return image.copy()


@pytest.mark.parametrize(
    ("size", "expected"), [("160x120", (160, 120)), ("1280x720", (640, 360)), ("720x1280", (360, 640))]
)
def test_a_video_has_a_small_poster_of_its_shape(
    tmp_path: Path, size: str, expected: tuple[int, int]
) -> None:
    picture = ("-f", "lavfi", "-i", f"testsrc2=s={size}:r=10:d=1")
    image = picture_of(make_media(tmp_path / "a.mp4", *picture, *TONE), tmp_path)
    assert image.size == expected
    assert max(image.size) <= MAX_SIDE_PIXELS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "poster.jpg"]


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    video = make_media(tmp_path / "a.mp4", *PICTURE, *TONE, "-vf", "setsar=2/1")
    assert picture_of(video, tmp_path).size == (320, 120)


def test_a_frame_that_is_not_black_is_chosen(tmp_path: Path) -> None:
    black = "color=black:s=160x120:r=10:d=3,format=yuv420p[a];testsrc2=s=160x120:r=10:d=3,format=yuv420p[b]"
    video = make_media(tmp_path / "a.mp4", "-f", "lavfi", "-i", f"{black};[a][b]concat", *TONE, "-g", "10")
    assert np.asarray(picture_of(video, tmp_path)).std() > 30


def test_a_browser_recording_has_a_poster(tmp_path: Path) -> None:
    codecs = ("-c:v", "libvpx", "-c:a", "libopus", "-f", "webm")
    assert picture_of(make_stream(tmp_path / "a", *PICTURE, *TONE, *codecs), tmp_path).size == (160, 120)


def test_a_video_of_a_single_frame_has_a_poster(tmp_path: Path) -> None:
    video = make_media(tmp_path / "a.mp4", *PICTURE, *TONE, "-frames:v", "1")
    assert picture_of(video, tmp_path).size == (160, 120)


def test_sound_has_no_poster(tmp_path: Path) -> None:
    sound = make_media(tmp_path / "a.mp3", *TONE)
    assert not poster(sound, probe(sound), tmp_path / "poster.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp3"]


def test_a_broken_picture_is_no_poster_and_leaves_nothing(tmp_path: Path) -> None:
    video = make_media(tmp_path / "a.mkv", *PICTURE, *TONE, "-c:v", "libx264", "-c:a", "pcm_s16le")
    media = probe(video)
    content = bytearray(video.read_bytes())
    for at in range(600, len(content), 7):
        content[at] ^= 0x55
    video.write_bytes(content)
    assert not poster(video, media, tmp_path / "poster.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_a_cancelled_poster_leaves_nothing(tmp_path: Path) -> None:
    def cancel(tick: Tick) -> None:
        raise JobCancelled

    video = make_media(tmp_path / "a.mp4", *PICTURE, *TONE)
    with pytest.raises(JobCancelled):
        poster(video, probe(video), tmp_path / "poster.jpg", on_tick=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
