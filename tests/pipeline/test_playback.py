from dataclasses import replace
from pathlib import Path

import pytest

from app.audio.limits import Limits
from app.audio.media import Media, Track
from app.audio.probe import probe
from app.audio.wav import WavFile, write_wav
from app.errors import EngineFailed
from app.pipeline.playback import (
    PICTURE,
    SOUND,
    make_picture,
    make_sound,
    make_waveform,
    needs_picture,
    video_type,
    waveform,
)
from tests.audio.changing_media import EACH_S, changing
from tests.making import PICTURE as PICTURE_OPTIONS
from tests.making import TONE, make_media, syllables


def test_a_player_gets_a_small_file_as_long_as_the_sound_and_its_waveform(tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    write_wav(speech, syllables(4.0))
    make_sound(speech, tmp_path, lambda _: None)
    make_waveform(speech, tmp_path, lambda _: None)
    sound = tmp_path / SOUND
    assert probe(sound).duration_s == pytest.approx(4.0, abs=0.2)
    assert sound.stat().st_size < speech.stat().st_size / 4
    peaks = waveform(tmp_path)
    assert len(peaks) == 600
    assert 0 < max(peaks) <= 1


def test_without_a_waveform_there_is_none(tmp_path: Path) -> None:
    assert waveform(tmp_path) == ()
    (tmp_path / "waveform.json").write_text("{")
    assert waveform(tmp_path) == ()


@pytest.mark.parametrize(
    ("container", "video", "sound", "n_tracks", "mime_type"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "h264", "aac", 1, "video/mp4"),
        ("matroska,webm", "vp9", "opus", 1, "video/webm"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "hevc", "aac", 1, None),
        ("matroska,webm", "h264", "aac", 1, None),
        ("avi", "h264", "mp3", 1, None),
        ("mov,mp4,m4a,3gp,3g2,mj2", "h264", "aac", 2, None),
        ("mov,mp4,m4a,3gp,3g2,mj2", None, "aac", 1, None),
    ],
)
def test_a_video_is_shown_where_every_browser_plays_it(
    container: str, video: str | None, sound: str, n_tracks: int, mime_type: str | None
) -> None:
    tracks = tuple(Track(index, 1) for index in range(n_tracks))
    assert video_type(Media(9.0, container, sound, 48_000, 1, video, tracks=tracks)) == mime_type


@pytest.mark.parametrize(
    ("pixels", "mime_type"),
    [
        ("yuv420p", "video/mp4"),
        ("yuvj420p", "video/mp4"),
        ("yuv444p", None),
        ("yuv420p10le", None),
        (None, "video/mp4"),
    ],
)
def test_h264_of_screens_and_of_ten_bits_is_not_played_everywhere(
    pixels: str | None, mime_type: str | None
) -> None:
    media = Media(9.0, "mov,mp4,m4a,3gp,3g2,mj2", "aac", 48_000, 1, "h264", pixel_format=pixels)
    assert video_type(media) == mime_type


@pytest.mark.parametrize("n_tracks", [1, 2])
def test_of_a_video_that_browsers_do_not_play_they_get_one_they_do(tmp_path: Path, n_tracks: int) -> None:
    source, target = tmp_path / "source.mkv", tmp_path / PICTURE
    tracks = ("-map", "1:a") * n_tracks
    coded = ("-c:v", "mpeg4", "-c:a", "ac3", "-t", "2")
    make_media(source, *PICTURE_OPTIONS, *TONE, "-map", "0:v", *tracks, *coded)
    media = probe(source, limits=Limits(disk_reserve_bytes=0))
    assert needs_picture(media)
    seen: list[float] = []
    make_picture(source, media, target, seen.append)
    made = probe(target, limits=Limits(disk_reserve_bytes=0))
    assert video_type(made) == "video/mp4"
    assert made.duration_s == pytest.approx(2.0, abs=0.2)
    assert seen[-1] == 1.0
    assert not needs_picture(made)


def test_a_picture_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    source = make_media(tmp_path / "tone.wav", *TONE)
    media = replace(probe(source, limits=Limits(disk_reserve_bytes=0)), video_codec="hevc")
    with pytest.raises(EngineFailed):
        make_picture(source, media, tmp_path / PICTURE, lambda _: None)
    assert not (tmp_path / PICTURE).exists()


def test_the_sound_of_the_picture_keeps_its_times_where_its_channels_change(tmp_path: Path) -> None:
    sound = changing(tmp_path, "ac3", "mp4", "mono to stereo")
    source = make_media(
        tmp_path / "a.mkv", "-i", str(sound), *PICTURE_OPTIONS, "-c:v", "mpeg4", "-c:a", "copy"
    )
    make_picture(source, probe(source), tmp_path / PICTURE, lambda _: None)
    heard = WavFile(make_media(tmp_path / "heard.wav", "-i", str(tmp_path / PICTURE)))
    assert heard.duration_s == pytest.approx(2 * EACH_S, abs=0.3)
