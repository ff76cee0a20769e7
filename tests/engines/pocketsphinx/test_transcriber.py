import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.audio.waveform import Span
from app.engines.base import Heard, TranscribeOptions
from app.engines.compute.device import Device
from app.engines.pocketsphinx.transcriber import PocketSphinxTranscriber
from app.errors import EngineFailed, EngineUnavailable, JobCancelled
from tests.speech import MEETING, MEETING_RU, english, joined, russian, silence, word_error_rate

pytestmark = pytest.mark.slow

COMMAND = "flask models fetch whisper-base"


@pytest.fixture(scope="module")
def engine() -> Iterator[PocketSphinxTranscriber]:
    with Device() as device:
        yield PocketSphinxTranscriber(device, COMMAND)


def quiet(_: float) -> None:
    pass


def whole(sound: object) -> tuple[Span, ...]:
    return (Span(0.0, sound.duration_s),)  # type: ignore[attr-defined]


def test_word_error_rate_on_clear_speech_is_below_a_tenth(engine: PocketSphinxTranscriber) -> None:
    sounds = [english(text) for text in MEETING]
    rates = [
        word_error_rate(text, engine.transcribe(sound, whole(sound), TranscribeOptions(), quiet).text)
        for text, sound in zip(MEETING, sounds, strict=True)
    ]
    assert sum(rates) / len(rates) < 0.1, rates


def test_the_transcript_says_who_heard_what_and_when(engine: PocketSphinxTranscriber) -> None:
    spoken = english(MEETING[1])
    sound = joined(silence(5), spoken, silence(1))
    done: list[float] = []
    transcript = engine.transcribe(
        sound, [Span(4.8, 5 + spoken.duration_s)], TranscribeOptions(), done.append
    )
    assert transcript.engine == "PocketSphinx en-us"
    assert transcript.language == "en"
    assert transcript.duration_s == sound.duration_s
    words = [word for segment in transcript.segments for word in segment.words]
    assert words[0].text == "The"
    assert words[0].start == pytest.approx(5.1, abs=0.25)
    assert words[-1].end == pytest.approx(5 + spoken.duration_s, abs=0.4)
    assert all(a.end <= b.start for a, b in itertools.pairwise(words))
    assert all(0 <= (word.probability or 0) <= 1 for word in words)
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_russian_speech_is_refused_instead_of_becoming_english(engine: PocketSphinxTranscriber) -> None:
    for text in MEETING_RU:
        sound = russian(text)
        with pytest.raises(EngineUnavailable, match=COMMAND):
            engine.transcribe(sound, whole(sound), TranscribeOptions(language="auto"), quiet)


def test_who_chooses_english_gets_what_was_heard_marked_where_it_is_doubtful(
    engine: PocketSphinxTranscriber,
) -> None:
    options = TranscribeOptions(language="en")
    told = [engine.transcribe(russian(text), whole(russian(text)), options, quiet) for text in MEETING_RU]
    doubtful = [segment.doubtful for transcript in told for segment in transcript.segments]
    assert sum(doubtful) > len(doubtful) / 2
    clear = engine.transcribe(english(MEETING[0]), whole(english(MEETING[0])), options, quiet)
    assert not any(segment.doubtful for segment in clear.segments)


def test_a_cancelled_job_stops_and_leaves_no_process(engine: PocketSphinxTranscriber) -> None:
    def cancel(_: float) -> None:
        raise JobCancelled

    sound = english(MEETING[0])
    with pytest.raises(JobCancelled):
        engine.transcribe(sound, whole(sound), TranscribeOptions(), cancel)
    assert engine.transcribe(sound, whole(sound), TranscribeOptions(), quiet).text


def test_a_process_that_dies_is_an_error_for_the_user(
    engine: PocketSphinxTranscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.engines.pocketsphinx import process

    sound = english(MEETING[0])
    monkeypatch.setattr(process.sys, "executable", "/bin/false")
    with pytest.raises(EngineFailed, match="Try again"):
        engine.transcribe(sound, whole(sound), TranscribeOptions(), quiet)


def test_the_device_is_free_between_short_waits(engine: PocketSphinxTranscriber) -> None:
    """Python's lock is not held while it computes: another thread runs meanwhile."""
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.002):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    sound = english(MEETING[2])
    turns = 0

    def count(_: float) -> None:
        nonlocal turns
        turns += 1

    engine.transcribe(sound, whole(sound), TranscribeOptions(), count)
    stop.set()
    thread.join()
    assert turns >= 2
    assert ticks > 20


def test_work_that_was_stopped_goes_on_after_the_last_span(engine: PocketSphinxTranscriber) -> None:
    class Kept:
        def __init__(self) -> None:
            self.parts: list[Heard] = []

        def resume(self, _: str) -> Heard:
            segments = tuple(segment for part in self.parts for segment in part.segments)
            return replace(self.parts[-1], segments=segments) if self.parts else Heard()

        def add(self, part: Heard) -> None:
            self.parts.append(part)

    kept, done = Kept(), list[float]()
    first, second = (english(text) for text in MEETING[:2])
    sound = joined(first, second)
    spans = [Span(0.0, first.duration_s), Span(first.duration_s, sound.duration_s)]

    def stop_in_the_second(share: float) -> None:
        if kept.parts and share < 1:
            raise JobCancelled

    options = TranscribeOptions("en", checkpoint=kept)
    with pytest.raises(JobCancelled):
        engine.transcribe(sound, spans, options, stop_in_the_second)
    assert [part.until_s for part in kept.parts] == [first.duration_s]
    resumed = engine.transcribe(sound, spans, options, done.append)
    n_first = len(kept.parts[0].segments)
    assert resumed.segments[:n_first] == kept.parts[0].segments
    rest = " ".join(segment.text for segment in resumed.segments[n_first:])
    assert word_error_rate(MEETING[1], rest) < 0.2
    assert min(done) >= first.duration_s / sound.duration_s - 0.01
