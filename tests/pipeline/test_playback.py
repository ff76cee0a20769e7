from pathlib import Path

import pytest

from app.audio.media import Media, Track
from app.audio.probe import probe
from app.audio.wav import write_wav
from app.pipeline.playback import SOUND, make_playback, video_type, waveform
from tests.making import syllables


def test_a_player_gets_a_small_file_as_long_as_the_sound_and_its_waveform(tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    write_wav(speech, syllables(4.0))
    make_playback(speech, tmp_path, lambda _: None)
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
