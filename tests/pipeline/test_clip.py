"""Clips of real media: what comes out is opened by ffmpeg, looked at and listened to."""

import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from app.audio import ffmpeg
from app.audio.limits import Limits
from app.audio.probe import probe
from app.audio.waveform import Span
from app.documents.minutes import Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.errors import BadInput, Conflict, JobCancelled
from app.pipeline.clip import MAX_S, clip_of, highlights_of, make_clip, span_of
from app.pipeline.recording import Recording
from tests.making import PICTURE, make_media

SEGMENTS = (Segment(0.2, 1.4, "Красный экран."), Segment(3.0, 3.8, "Синий экран, тон ниже."))
TRANSCRIPT = Transcript(SEGMENTS, "ru", "test", 4.0)
SPANS = (Span(0.2, 1.4), Span(3.0, 3.8))  # in the red half, and in the blue one
LASTS_S = 2.0


def do_nothing(_done: float) -> None:
    pass


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a video whose first two seconds are red at 1 kHz and whose others are blue at 300 Hz."""
    folder = tmp_path_factory.mktemp("clips")
    graph = (
        "color=red:s=320x180:r=10:d=2[a];color=blue:s=320x180:r=10:d=2[b];[a][b]concat=n=2[v];"
        "sine=f=1000:r=16000:d=2[x];sine=f=300:r=16000:d=2[y];[x][y]concat=n=2:v=0:a=1[s]"
    )
    video = ("-filter_complex", graph, "-map", "[v]", "-map", "[s]", "-c:v", "mpeg4", "-g", "40")
    make_media(folder / "source.avi", *video, "-c:a", "libmp3lame")
    make_media(folder / "speech.wav", "-i", str(folder / "source.avi"), "-vn", "-ac", "1", "-ar", "16000")
    return folder


@pytest.fixture
def recording(media_folder: Path, tmp_path: Path) -> Recording:
    source, speech = media_folder / "source.avi", media_folder / "speech.wav"
    media = probe(source, limits=Limits(disk_reserve_bytes=0))
    return Recording("a.avi", source, tmp_path, media=media, speech=speech, transcript=TRANSCRIPT)


def decoded(path: Path, *options: str) -> bytes:
    command = [ffmpeg.executable(), "-v", "error", "-i", str(path), *options, "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def frame(path: Path, at_s: float) -> npt.NDArray[np.uint8]:
    raw = decoded(path, "-ss", str(at_s), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24")
    return np.frombuffer(raw, np.uint8).reshape(180, 320, 3)


def pitch_hz(path: Path, at_s: float) -> float:
    raw = decoded(path, "-ss", str(at_s), "-t", "0.5", "-ac", "1", "-ar", "8000", "-f", "s16le")
    samples = np.frombuffer(raw, np.int16).astype(float)
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * 8000 / len(samples))


def test_a_video_has_the_stretches_behind_each_other_with_their_sound_and_subtitles(
    recording: Recording,
) -> None:
    seen: list[float] = []
    made = make_clip(recording, clip_of(SPANS, "burnt", "ru"), recording.folder / "clip", seen.append)
    assert made.name == "clip.mp4"
    media = probe(made, limits=Limits(disk_reserve_bytes=0))
    assert (media.video_codec, media.audio_codec) == ("h264", "aac")
    assert media.duration_s == pytest.approx(LASTS_S, abs=0.15)
    first, second = frame(made, 0.6), frame(made, 1.7)
    assert first[20, 20, 0] > 200 > 60 > first[20, 20, 2]
    assert second[20, 20, 2] > 200 > 60 > second[20, 20, 0]
    assert first[130:].min(axis=2).max() > 200, "white letters near the lower edge"
    assert pitch_hz(made, 0.3) == pytest.approx(1000, abs=20)
    assert pitch_hz(made, 1.4) == pytest.approx(300, abs=20)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert [path.name for path in recording.folder.iterdir()] == ["clip.mp4"], "nothing else stays"


def test_subtitles_beside_it_have_the_times_of_the_clip(recording: Recording) -> None:
    made = make_clip(recording, clip_of(SPANS[1:], "side", "ru"), recording.folder / "clip", do_nothing)
    assert frame(made, 0.3)[130:].min(axis=2).max() < 200, "none in the picture"
    srt = (recording.folder / "clip.srt").read_text(encoding="utf-8")
    assert srt.startswith("1\n00:00:00,000 --> ")
    assert "Синий экран" in srt
    assert "Красный" not in srt


def test_a_recording_without_a_picture_gives_sound_or_a_card_with_its_words(recording: Recording) -> None:
    assert recording.media
    heard = replace(recording, media=replace(recording.media, video_codec=None), source=Path("/nowhere"))
    made = make_clip(heard, clip_of(SPANS, "none", "ru"), recording.folder / "sound", do_nothing)
    assert made.name == "sound.mp3"
    assert pitch_hz(made, 1.4) == pytest.approx(300, abs=20)
    card = make_clip(heard, clip_of(SPANS, "burnt", "ru"), recording.folder / "card", do_nothing)
    assert probe(card, limits=Limits(disk_reserve_bytes=0)).width == 1280


def test_a_cancelled_clip_leaves_nothing(recording: Recording) -> None:
    def cancel(done: float) -> None:
        if done > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        make_clip(recording, clip_of(SPANS, "burnt", "ru"), recording.folder / "clip", cancel)
    assert list(recording.folder.iterdir()) == []


def test_what_cannot_become_a_clip_is_refused(recording: Recording) -> None:
    for spans in ((), (Span(0, MAX_S + 1),), (Span(0, 1),) * 201):
        with pytest.raises(BadInput):
            clip_of(spans, "none", "en")
    with pytest.raises(Conflict):
        highlights_of(recording, "none", "en")
    told = replace(recording, minutes=Minutes("ru", "test", decisions=(Point("x", 3.0),)))
    assert highlights_of(told, "none", "en").highlights
    chinese = replace(TRANSCRIPT, segments=(Segment(0.2, 1.4, "漢字"),))
    with pytest.raises(BadInput):
        make_clip(
            replace(recording, transcript=chinese),
            clip_of(SPANS, "burnt", "en"),
            recording.folder / "c",
            do_nothing,
        )


def test_where_the_picture_has_ended_the_sound_goes_on(recording: Recording, tmp_path: Path) -> None:
    source = tmp_path / "short.mkv"
    make_media(
        source, *PICTURE, *("-f", "lavfi", "-i", "sine=f=500:r=16000:d=4"), "-c:v", "mpeg4", "-c:a", "ac3"
    )
    media = probe(source, limits=Limits(disk_reserve_bytes=0))
    late = replace(recording, source=source, media=media, folder=tmp_path / "out")
    late.folder.mkdir()
    made = make_clip(
        late, clip_of((Span(0.5, 1.0), Span(3.0, 3.8)), "none", "ru"), late.folder / "clip", do_nothing
    )
    assert probe(made, limits=Limits(disk_reserve_bytes=0)).duration_s == pytest.approx(1.3, abs=0.15)
    assert pitch_hz(made, 0.7) == pytest.approx(500, abs=20)


@pytest.mark.parametrize(
    ("written", "span"),
    [("75.5-90", Span(75.5, 90)), ("1:02-1:30", Span(62, 90)), ("0:59:00-1:00:00.5", Span(3540, 3600.5))],
)
def test_a_stretch_is_written_by_the_clock_or_in_seconds(written: str, span: Span) -> None:
    assert span_of(written) == span


@pytest.mark.parametrize("written", ["", "5", "5-", "5-4", "1:2:3:4-9:9:9", "a-b", "-1-2", "nan-5"])
def test_what_is_no_stretch_is_refused(written: str) -> None:
    with pytest.raises(BadInput):
        span_of(written)
