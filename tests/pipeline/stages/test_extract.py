from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from app.audio.limits import Limits
from app.audio.wav import WavFile
from app.engines.compute.device import Device
from app.engines.registry import Engines
from app.engines.silero import SileroVoiceDetector
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
    assert sorted(path.name for path in folder.iterdir()) == [
        "listen.mp3",
        "poster.jpg",
        "speech.wav",
        "waveform.json",
    ]


def test_where_text_is_waited_for_its_sound_is_not_made_before(tmp_path: Path) -> None:
    source = make_media(tmp_path / "source.wav", *TONE)
    folder = tmp_path / "results"
    folder.mkdir()
    extract(Recording("a", source, folder, text_first=True), NO_ENGINES, lambda _: None)
    assert sorted(path.name for path in folder.iterdir()) == ["speech.wav", "waveform.json"]


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


SPEECH = Path(__file__).parents[2] / "media"


@pytest.fixture(scope="module")
def engines() -> Iterator[Engines]:
    device = Device("cpu")
    device.start()
    detector = SileroVoiceDetector(device)
    yield cast(Engines, SimpleNamespace(voice_detector=lambda _: detector))
    device.stop()


@pytest.mark.parametrize("disposition", ["default", "0"])
@pytest.mark.parametrize(
    "other", ["anullsrc=r=48000:cl=stereo:d=11", "sine=f=440:d=11", "anoisesrc=c=pink:a=0.3:d=11"]
)
def test_of_several_tracks_the_one_with_speech_is_heard(
    tmp_path: Path, engines: Engines, other: str, disposition: str
) -> None:
    inputs = ("-f", "lavfi", "-i", other, "-i", str(SPEECH / "jfk.flac"), "-map", "0:a", "-map", "1:a")
    source = make_media(tmp_path / "a.mkv", *inputs, "-c:a", "aac", "-disposition:a:0", disposition)
    found = extract(Recording("a", source, tmp_path), engines, lambda _: None)
    assert found.media
    assert ([track.index for track in found.media.tracks], found.media.remarks) == ([1], ())
    assert found.speech
    spans = [*engines.voice_detector(lambda _: None).detect(WavFile(found.speech), lambda _: None)]
    assert sum(span.duration_s for span in spans) > 6


def test_both_sides_of_a_call_are_heard_and_it_is_said(tmp_path: Path, engines: Engines) -> None:
    inputs = ("-i", str(SPEECH / "jfk.flac"), "-i", str(SPEECH / "LJ001-0001.flac"))
    late = ("-filter:a:1", "adelay=12000:all=1,volume=-30dB")
    source = make_media(tmp_path / "a.mkv", *inputs, "-map", "0:a", "-map", "1:a", *late, "-c:a", "aac")
    found = extract(Recording("a", source, tmp_path), engines, lambda _: None)
    assert found.media
    assert "mixed" in str(found.media.remarks[0])
    assert found.speech
    spans = [*engines.voice_detector(lambda _: None).detect(WavFile(found.speech), lambda _: None)]
    assert sum(span.duration_s for span in spans if span.end < 12) > 6
    assert sum(span.duration_s for span in spans if span.start > 11.5) > 6
