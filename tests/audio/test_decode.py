import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from app.audio import ffmpeg
from app.audio.decode import decode, decode_speech
from app.audio.limits import Limits
from app.audio.media import Track
from app.audio.wav import WavFile, write_wav
from app.audio.waveform import SPEECH_RATE_HZ, Sound, Span
from app.errors import BadInput, JobCancelled, StorageFull, TooLarge
from tests.making import PICTURE, TONE, make_media, make_stream, syllables

LIMITS = Limits(disk_reserve_bytes=0)


def ignore(fraction: float) -> None:
    pass


def test_speech_comes_out_as_it_went_in(tmp_path: Path) -> None:
    speech = syllables(3.0)
    write_wav(tmp_path / "a.wav", speech)
    media = decode_speech(tmp_path / "a.wav", tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    decoded = WavFile(tmp_path / "speech.wav")
    assert decoded.sample_rate == SPEECH_RATE_HZ
    assert media.duration_s == decoded.duration_s == 3.0
    np.testing.assert_allclose(decoded.cut(0, 3).samples, speech.samples, atol=1e-4)


def test_not_a_sample_is_lost_or_added(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", syllables(2.3456))
    decode_speech(tmp_path / "a.wav", tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert WavFile(tmp_path / "speech.wav").n_samples == round(2.3456 * SPEECH_RATE_HZ)


@pytest.mark.parametrize("container", ["mp3", "aac"])
def test_nothing_is_lost_where_the_rate_and_the_channels_change(container: str, tmp_path: Path) -> None:
    """As in recordings that were put one behind the other; 1.8 s and .7 s are no whole seconds."""
    mono = make_media(tmp_path / f"a.{container}", *TONE, "-t", "1.8", "-ac", "1", "-ar", "22050")
    stereo = make_media(tmp_path / f"b.{container}", *TONE, "-t", "0.7", "-ac", "2", "-ar", "44100")
    joined = tmp_path / f"joined.{container}"
    joined.write_bytes(mono.read_bytes() + stereo.read_bytes())
    alone = [_decoded_s(path, tmp_path) for path in (mono, stereo)]
    assert _decoded_s(joined, tmp_path) == pytest.approx(sum(alone), abs=0.15)  # a few frames of the codec


def _decoded_s(path: Path, folder: Path) -> float:
    return decode_speech(path, folder / "speech.wav", limits=LIMITS, progress=ignore).duration_s or 0.0


def test_a_video_in_stereo_becomes_16_khz_mono(tmp_path: Path) -> None:
    video = make_media(tmp_path / "a.mp4", *PICTURE, *TONE, "-ac", "2", "-ar", "44100")
    media = decode_speech(video, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    sound = WavFile(tmp_path / "speech.wav").cut(0, 2).samples
    assert sound.shape[0] == 1
    assert media.duration_s == pytest.approx(2, abs=0.05)
    spectrum = np.abs(np.fft.rfft(sound[0, :SPEECH_RATE_HZ]))
    assert int(spectrum.argmax()) == 440


def test_a_browser_recording_gets_its_duration_by_decoding(tmp_path: Path) -> None:
    video = make_stream(tmp_path / "a", *PICTURE, *TONE, "-c:v", "libvpx", "-c:a", "libopus", "-f", "webm")
    media = decode_speech(video, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert media.duration_s == pytest.approx(2, abs=0.05)


def test_the_first_stream_that_can_be_decoded_is_heard(tmp_path: Path) -> None:
    two = ("-map", "0", "-map", "1", "-c:a:0", "libvorbis", "-c:a:1", "flac")
    high = ("-f", "lavfi", "-i", "sine=f=1000:r=16000:d=2")
    made = make_media(tmp_path / "a.mka", *TONE, *high, *two)
    made.write_bytes(made.read_bytes().replace(b"A_VORBIS", b"A_FUTURE"))
    media = decode_speech(made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert (media.audio_codec, media.audio_stream) == ("flac", 1)
    sound = WavFile(tmp_path / "speech.wav").cut(0, 1).samples
    assert int(np.abs(np.fft.rfft(sound[0])).argmax()) == 1000


def test_sound_that_starts_after_the_picture_keeps_its_time(tmp_path: Path) -> None:
    video = make_media(tmp_path / "a.mkv", *PICTURE, "-itsoffset", "1.5", *TONE)
    decode_speech(video, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    sound = WavFile(tmp_path / "speech.wav")
    assert sound.duration_s == pytest.approx(3.5, abs=0.05)
    assert np.abs(sound.cut(0, 1.4).samples).max() < 0.001
    assert np.abs(sound.cut(1.6, 3).samples).max() > 0.05


def test_a_pause_in_the_timestamps_becomes_silence(tmp_path: Path) -> None:
    pause = "asetpts=PTS+gte(T\\,1)*3/TB"
    video = make_media(tmp_path / "a.mkv", *TONE, "-af", pause, "-c:a", "libopus")
    media = decode_speech(video, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert media.duration_s == pytest.approx(5, abs=0.1)
    assert np.abs(WavFile(tmp_path / "speech.wav").cut(1.3, 3.8).samples).max() < 0.001


def test_progress_grows_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_TICK_S", 0.01)  # however fast the machine, there is a middle to see
    long = make_media(tmp_path / "a.opus", "-f", "lavfi", "-i", "anoisesrc=r=48000:d=300", "-b:a", "16k")
    seen: list[float] = []
    decode_speech(long, tmp_path / "speech.wav", limits=LIMITS, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert any(0 < fraction < 1 for fraction in seen)


def test_without_a_duration_progress_is_by_what_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "_TICK_S", 0.01)
    source = ("-f", "lavfi", "-i", "anoisesrc=r=48000:d=300", "-c:a", "libopus", "-b:a", "16k")
    long = make_stream(tmp_path / "a", *source, "-f", "webm")
    seen: list[float] = []
    decode_speech(long, tmp_path / "speech.wav", limits=LIMITS, progress=seen.append)
    assert seen == sorted(seen)
    assert any(0 < fraction < 1 for fraction in seen)


def test_a_cancelled_job_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_TICK_S", 0.01)
    long = make_media(tmp_path / "a.opus", "-f", "lavfi", "-i", "anoisesrc=r=48000:d=120", "-b:a", "16k")

    def cancel(fraction: float) -> None:
        if fraction > 0:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        decode_speech(long, tmp_path / "speech.wav", limits=LIMITS, progress=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["a.opus"]


def test_a_day_of_silence_in_a_small_file_is_stopped_at_the_limit(tmp_path: Path) -> None:
    silence = ("-f", "lavfi", "-i", "anullsrc=cl=mono:r=8000:d=7200")
    bomb = make_stream(tmp_path / "bomb", *silence, "-c:a", "flac", "-f", "flac")
    with pytest.raises(TooLarge, match="longer than"):
        decode_speech(bomb, tmp_path / "speech.wav", limits=Limits(60, disk_reserve_bytes=0), progress=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["bomb"]


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    sound = make_media(tmp_path / "a.wav", *TONE)
    reserve = Limits(disk_reserve_bytes=shutil.disk_usage(tmp_path).total)
    with pytest.raises(StorageFull):
        decode_speech(sound, tmp_path / "speech.wav", limits=reserve, progress=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_file_without_a_single_sample_is_refused(tmp_path: Path) -> None:
    nothing = make_media(tmp_path / "a.wav", "-f", "lavfi", "-i", "anullsrc=d=0", "-t", "0")
    with pytest.raises(BadInput):
        decode_speech(nothing, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


HIGH = ("-f", "lavfi", "-i", "sine=f=1000:r=16000:d=3")


def pitches(path: Path, start_s: float = 0.0) -> set[int]:
    """Name the tones that are heard in the second from `start_s`."""
    sound = WavFile(path).cut(start_s, start_s + 1).samples[0]
    spectrum = np.abs(np.fft.rfft(sound))
    return {int(i) for i in np.flatnonzero(spectrum > 0.2 * spectrum.max())} if spectrum.max() > 1 else set()


def spans_of(pitch: int) -> Callable[[Sound], Sequence[Span]]:
    """Return a finder that takes a tone for speech."""

    def find(sound: Sound) -> Sequence[Span]:
        spectrum = np.abs(np.fft.rfft(sound.cut(0, 1).mono()))
        return [Span(0, 1)] if int(spectrum.argmax()) == pitch else []

    return find


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("channels", ["1", "2"])
def test_every_track_is_heard_and_it_is_said(tmp_path: Path, suffix: str, channels: str) -> None:
    both = ("-map", "0", "-map", "1", "-c:a", "aac", "-ac", channels)
    made = make_media(tmp_path / f"a.{suffix}", *TONE, *HIGH, *both)
    media = decode_speech(made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert pitches(tmp_path / "speech.wav") == {440, 1000}
    assert media.duration_s == pytest.approx(3, abs=0.1), "the longest"
    assert "mixed" in str(media.remarks[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{suffix}", "speech.wav"]


def test_a_track_without_speech_is_left_out(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.mka", *TONE, *HIGH, "-map", "0", "-map", "1", "-c:a", "flac")
    media = decode_speech(
        made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore, find_speech=spans_of(1000)
    )
    assert pitches(tmp_path / "speech.wav") == {1000}
    assert ([track.index for track in media.tracks], media.remarks) == ([1], ())


def test_a_quiet_track_is_brought_to_the_level_of_the_others(tmp_path: Path) -> None:
    quiet = ("-map", "0", "-map", "1", "-c:a", "flac", "-filter:a:1", "volume=-40dB")
    made = make_media(tmp_path / "a.mka", *TONE, *HIGH, *quiet)
    decode_speech(
        made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore, find_speech=lambda _: [Span(0, 2)]
    )
    assert pitches(tmp_path / "speech.wav") == {440, 1000}


def test_a_track_that_is_broken_leaves_the_others(tmp_path: Path) -> None:
    made = make_media(
        tmp_path / "a.mka", *TONE, *HIGH, "-map", "0", "-map", "1", "-c:a:0", "flac", "-c:a:1", "aac"
    )
    made.write_bytes(made.read_bytes().replace(b"fLaC", b"fLaX"))
    decode_speech(made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert 1000 in pitches(tmp_path / "speech.wav")


@pytest.mark.parametrize("layout", ["stereo", "quad", "5.1", "7.1"])
def test_no_channel_is_lost(tmp_path: Path, layout: str) -> None:
    n = {"stereo": 2, "quad": 4, "5.1": 6, "7.1": 8}[layout]
    for channel in range(n):
        alone = f"pan={layout}|c{channel}=c0"
        made = make_media(tmp_path / "a.wav", *TONE, "-af", alone)
        decode_speech(made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
        assert pitches(tmp_path / "speech.wav") == {440}, channel


def test_channels_of_opposite_phase_do_not_cancel(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.m4a", *TONE, "-af", "pan=stereo|c0=c0|c1=-1*c0")
    decode_speech(made, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert pitches(tmp_path / "speech.wav") == {440}


def test_stereo_of_several_tracks_is_decoded_with_the_gains_that_are_given(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.mka", *TONE, *HIGH, "-map", "0", "-map", "1", "-c:a", "flac", "-ac", "2")
    tracks = (Track(0, 2, -60.0), Track(1, 2))
    decode(made, tmp_path / "full.wav", 44100, 2, limits=LIMITS, progress=ignore, tracks=tracks)
    assert WavFile(tmp_path / "full.wav").cut(0, 1).samples.shape == (2, 44100)
    assert pitches(tmp_path / "full.wav") == {1000}


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp3", "libmp3lame"), ("aac", "aac"), ("ac3", "ac3")],
)
@pytest.mark.parametrize("rates", [("44100", "32000"), ("32000", "48000"), ("48000", "48000")])
def test_joined_files_keep_the_times_of_a_player(
    tmp_path: Path, suffix: str, codec: str, rates: tuple[str, str]
) -> None:
    first = make_media(tmp_path / f"a.{suffix}", *TONE, "-c:a", codec, "-ar", rates[0], "-ac", "2")
    second = make_media(tmp_path / f"b.{suffix}", *HIGH, "-c:a", codec, "-ar", rates[1], "-ac", "1")
    first.write_bytes(first.read_bytes() + second.read_bytes())
    media = decode_speech(first, tmp_path / "speech.wav", limits=LIMITS, progress=ignore)
    assert media.duration_s == pytest.approx(5, abs=0.25)
    assert pitches(tmp_path / "speech.wav", 0.5) == {440}
    assert pitches(tmp_path / "speech.wav", 2.3) == {1000}
