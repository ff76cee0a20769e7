from pathlib import Path
from typing import cast

import pytest

from app.audio.limits import Limits
from app.audio.wav import WavFile
from app.engines.registry import Engines
from app.errors import TooLarge
from app.pipeline.recording import Recording
from app.pipeline.stages.extract import extract
from tests.making import PICTURE, TONE, make_media

NO_ENGINES = cast(Engines, None)  # extract computes with ffmpeg only


def test_extract_leaves_speech_beside_the_other_artifacts(tmp_path: Path) -> None:
    source = make_media(tmp_path / "source.mp4", *PICTURE, *TONE)
    folder = tmp_path / "results"
    folder.mkdir()
    recording = Recording("Встреча.mp4", source, folder)
    seen: list[float] = []
    extracted = extract(recording, NO_ENGINES, seen.append)
    assert extracted.speech == folder / "speech.wav"
    assert WavFile(folder / "speech.wav").duration_s == pytest.approx(2, abs=0.05)
    assert extracted.media
    assert (extracted.media.video_codec, extracted.media.audio_codec) == ("h264", "aac")
    assert extracted.name == recording.name
    assert seen[-1] == 1.0
    assert sorted(path.name for path in folder.iterdir()) == ["poster.jpg", "speech.wav"]


def test_extract_of_a_broken_picture_still_gives_its_sound(tmp_path: Path) -> None:
    source = make_media(tmp_path / "a.avi", *PICTURE, *TONE, "-c:v", "mpeg4", "-c:a", "pcm_s16le")
    content = bytearray(source.read_bytes())
    at = -1
    while (at := content.find(b"00dc", at + 1)) >= 0:  # every frame of the picture
        content[at + 8 : at + 200] = bytes(192)
    source.write_bytes(content)
    folder = tmp_path / "results"
    folder.mkdir()
    extracted = extract(Recording("a", source, folder), NO_ENGINES, lambda _: None)
    assert extracted.media
    assert extracted.media.duration_s == pytest.approx(2, abs=0.1)


def test_extract_respects_the_limits_of_the_recording(tmp_path: Path) -> None:
    source = make_media(tmp_path / "source.mp3", *TONE)
    with pytest.raises(TooLarge):
        extract(Recording("a", source, tmp_path, limits=Limits(1, 0)), NO_ENGINES, lambda _: None)
