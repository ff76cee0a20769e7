"""People who speak at once into channels of their own are each written down."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from scipy.signal import fftconvolve

from app.audio.wav import write_wav
from app.audio.waveform import Sound, Span, Waveform
from app.config import Config
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import TranscribeOptions
from app.engines.registry import LocalEngines
from app.engines.speakers.channels import Spoken
from app.pipeline.overlapping_speech import _joined, _talks
from app.pipeline.recording import Recording
from app.pipeline.stages.extract import extract
from app.pipeline.stages.transcribe import transcribe
from app.progress import Progress
from tests.making import make_media
from tests.speech import english, joined, silence

FIRST, SECOND = "Good morning everyone.", "The budget is ready."


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[LocalEngines]:
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path / "models", max_fetch_bytes=0))
    yield engines
    engines.close()


def recording(folder: Path, *tracks: Waveform) -> Recording:
    """Put each sound on a track of its own."""
    options: list[str] = []
    for number, track in enumerate(tracks):
        write_wav(folder / f"{number}.wav", track)
        options += ["-i", str(folder / f"{number}.wav")]
    maps = [option for number in range(len(tracks)) for option in ("-map", f"{number}:a")]
    source = make_media(folder / "call.mka", *options, *maps, "-c:a", "flac")
    return Recording("call.mka", source, folder)


class OneOfTheVoices:
    """Writes down one of two sentences, as recognizers do: the one that a stretch is more like."""

    name, languages = "one of the voices", None

    def __init__(self, said: Mapping[str, Waveform]) -> None:
        self._said = said

    def transcribe(
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        found = []
        for span in spans:
            sound = speech.cut(span.start, span.end).mono()
            like = {text: abs(fftconvolve(sound, one.mono()[::-1])).max() for text, one in self._said.items()}
            found.append(Segment(span.start, span.end, max(like, key=like.__getitem__)))
        return Transcript(tuple(found), "en", self.name, speech.duration_s)


def test_two_who_speak_at_once_on_two_tracks_are_both_written_down(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = english(FIRST), english(SECOND)
    hears = OneOfTheVoices({FIRST: first, SECOND: second})
    monkeypatch.setattr(engines, "transcriber", lambda *_: hears)
    # each alone, so that it is seen that the tracks have voices of their own, and then both at once
    mine = joined(first, silence(2 + second.duration_s), first)
    other = joined(silence(1 + first.duration_s), second, silence(1.3), second)
    call = extract(recording(tmp_path, mine, other), engines, lambda _: None)
    transcript = transcribe(call, engines, lambda _: None).transcript
    assert transcript is not None
    assert [segment.text for segment in transcript.segments][:2] == [FIRST, SECOND]
    at_once = {(segment.voice, segment.text) for segment in transcript.segments[2:]}
    assert at_once == {("Speaker 1", FIRST), ("Speaker 2", SECOND)}


def talks(*speech: list[tuple[float, float]]) -> list[tuple[float, float, dict[int, tuple[Span, ...]]]]:
    spans = [[Span(*span) for span in channel] for channel in speech]
    spoken = [Spoken(*span, index) for index, channel in enumerate(speech) for span in channel]
    return [(talk.start, talk.end, talk.spans) for talk in _talks(spoken, spans)]


def test_where_people_speak_one_after_the_other_nothing_is_heard_again() -> None:
    assert talks([(0, 4), (10, 12)], [(5, 9)]) == []
    assert talks([(0, 4)], [(3.5, 9)]) == [], "half a second is a yes or a no"


def test_all_that_is_said_without_a_pause_is_heard_where_a_part_is_said_at_once() -> None:
    found = talks([(0, 4), (5, 7)], [(2, 5.5)], [(20, 22)])
    assert found == [(0, 7, {0: (Span(0, 4), Span(5, 7)), 1: (Span(2, 5.5),)})]


def test_what_is_only_heard_through_is_nobody_speaking() -> None:
    assert _talks([Spoken(0, 4, 0)], [[Span(0, 4)], [Span(0, 4)]]) == []


def line(start: float, text: str, voice: str | None = None) -> Segment:
    words = tuple(Word(start + n, start + n + 0.8, word) for n, word in enumerate(text.split()))
    return Segment(start, start + len(words) - 0.2, text, words=words, voice=voice)


MIX = Transcript((line(0, "we begin"), line(4, "or a get tone too"), line(20, "the end")), "en", "e", 30.0)


def together(*heard: Segment) -> list[tuple[float, str]]:
    talks = _talks([Spoken(4, 7.9, 0), Spoken(4, 7.9, 1)], [[Span(4, 7.9)], [Span(4, 7.9)]])
    return [(one.start, one.text) for one in _joined(MIX, talks, heard).segments]


def test_what_each_channel_has_takes_the_place_of_the_mix_and_what_follows_stays() -> None:
    found = together(line(4, "take the red one", "Speaker 1"), line(4.5, "order the blue", "Speaker 2"))
    assert found[1:] == [(4, "take the red one"), (4.5, "order the blue"), (8, "too"), (20, "the end")]


@pytest.mark.parametrize("echo", ["take the red one", "the red one", ""])
def test_an_echo_is_not_written_twice(echo: str) -> None:
    heard = [line(4, "take the red one", "Speaker 1")]
    if echo:
        heard.append(line(4.2, echo, "Speaker 2"))
    assert together(*heard) == [(one.start, one.text) for one in MIX.segments]
