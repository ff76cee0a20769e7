import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from app.audio.waveform import Samples, Span
from app.engines.base import Heard, TranscribeOptions
from app.engines.compute.device import Device
from app.engines.whisper.decoded import Line, split_lines
from app.engines.whisper.hallucination import is_looping
from app.engines.whisper.transcriber import WhisperTranscriber
from app.errors import EngineFailed, JobCancelled, UnsupportedLanguage
from tests.engines.whisper.loaded import transcriber
from tests.speech import silence
from tests.tiny_whisper import MEETING, MEETING_RU, random_whisper, scripted_whisper

TIMESTAMPS = 50_364  # the token <|0.00|>


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device("cpu") as device:
        yield device


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whisper")


@pytest.fixture(scope="module")
def meeting(folder: Path, device: Device) -> WhisperTranscriber:
    return transcriber(scripted_whisper(folder / "scripted.pt"), "scripted", device)


def quiet(_: float) -> None:
    pass


def texts(transcript: Any) -> list[str]:
    return [segment.text for segment in transcript.segments]


def test_it_writes_what_it_hears_with_segments_words_and_times(meeting: WhisperTranscriber) -> None:
    done: list[float] = []
    transcript = meeting.transcribe(silence(60), [Span(20, 48)], TranscribeOptions(), done.append)
    assert texts(transcript) == [text for _, _, text in MEETING]
    assert transcript.engine == "openai-whisper scripted"
    assert transcript.language == "en"
    assert transcript.duration_s == 60
    for segment, (start, end, text) in zip(transcript.segments, MEETING, strict=True):
        assert 20 + start - 0.5 <= segment.start <= segment.end <= 20 + end + 0.5
        assert [word.text for word in segment.words] == text.split()
        assert all(20 <= word.start <= word.end <= 48 for word in segment.words)
        assert not segment.doubtful
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_the_silence_between_spans_is_not_heard_and_times_are_the_recordings(
    meeting: WhisperTranscriber,
) -> None:
    spans = [Span(10, 14), Span(100, 108), Span(300, 316)]  # one full window
    transcript = meeting.transcribe(silence(400), spans, TranscribeOptions(), quiet)
    words = [word for segment in transcript.segments for word in segment.words]
    assert all(any(s.start <= w.start <= w.end <= s.end for s in spans) for w in words)
    assert all(segment.end - segment.start <= 16 for segment in transcript.segments)
    assert " ".join(word.text for word in words) == " ".join(text for _, _, text in MEETING)


def test_a_long_recording_is_heard_window_by_window(meeting: WhisperTranscriber) -> None:
    spans = [Span(30.0 * i, 30.0 * i + 28) for i in range(7)]
    transcript = meeting.transcribe(silence(210), spans, TranscribeOptions(), quiet)
    assert texts(transcript) == [text for _, _, text in MEETING] * 7
    starts = [segment.start for segment in transcript.segments]
    assert starts == sorted(starts)


def test_while_live_speech_is_heard_a_file_takes_short_turns(
    meeting: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans, lengths = [Span(8 * i, 8 * i + 6) for i in range(4)], []
    encode = meeting.model.encode

    def measured(samples: Samples) -> Any:
        lengths.append(round(len(samples) / 16_000))
        return encode(samples)

    monkeypatch.setattr(meeting.model, "encode", measured)
    for wanted, expected in ((False, [24]), (True, [6] * 4)):
        lengths.clear()
        monkeypatch.setattr(meeting._device, "is_wanted", lambda _priority, wanted=wanted: wanted)
        meeting.transcribe(silence(40), spans, TranscribeOptions("en"), quiet)
        assert lengths[: len(expected)] == expected


def test_russian_is_detected_and_a_chosen_language_is_obeyed(folder: Path, device: Device) -> None:
    engine = transcriber(scripted_whisper(folder / "ru.pt", MEETING_RU, "ru"), "ru", device)
    for language, told in (("auto", "ru"), ("en", "en")):
        transcript = engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(language), quiet)
        assert transcript.language == told
        assert texts(transcript) == [text for _, _, text in MEETING_RU]


def test_an_unknown_language_is_refused(meeting: WhisperTranscriber) -> None:
    with pytest.raises(UnsupportedLanguage, match="xx"):
        meeting.transcribe(silence(28), [Span(0, 28)], TranscribeOptions("xx"), quiet)


def test_a_loop_is_decoded_once_more_and_the_better_text_is_taken(folder: Path, device: Device) -> None:
    loop = [(0.0, 28.0, "Thank you." * 12)]
    better = [
        (
            0.0,
            28.0,
            "The new office opens in September; we need eleven chairs, four desks, a lamp, one"
            " large table, some paper and two printers.",
        )
    ]
    path = scripted_whisper(folder / "loop.pt", loop, when_warm=better)
    engine = transcriber(path, "loop", device)
    features = engine.model.encode(silence(28).mono())
    assert is_looping(engine.model.decode([features], [28.0], "en")[0].text)
    transcript = engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(), quiet)
    assert not any(segment.doubtful for segment in transcript.segments)
    assert "office" in transcript.text


def test_a_loop_that_stays_is_marked_and_shortened(folder: Path, device: Device) -> None:
    path = scripted_whisper(folder / "stays.pt", [(0.0, 28.0, "Thank you." * 12)])
    engine = transcriber(path, "stays", device)
    [segment] = engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(), quiet).segments
    assert segment.doubtful
    assert segment.text == "Thank you.Thank you.…"


def test_one_line_repeated_over_all_windows_becomes_one_doubtful_segment(
    folder: Path, device: Device
) -> None:
    path = scripted_whisper(folder / "line.pt", [(0.0, 28.0, "Everybody has read the report by now.")])
    engine = transcriber(path, "line", device)
    spans = [Span(30.0 * i, 30.0 * i + 28) for i in range(5)]
    [segment] = engine.transcribe(silence(150), spans, TranscribeOptions(), quiet).segments
    assert segment.doubtful
    assert (segment.start, segment.end) == (pytest.approx(0, abs=28), pytest.approx(148, abs=28))


def test_what_a_window_leaves_unheard_gets_a_window_of_its_own(folder: Path, device: Device) -> None:
    path = scripted_whisper(folder / "short.pt", [(0.0, 10.0, "Only the beginning.")])
    engine = transcriber(path, "short", device)
    transcript = engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(), quiet)
    assert [round(segment.start / 10) for segment in transcript.segments] == [0, 1]


def test_what_is_left_out_between_lines_gets_a_window_of_its_own(folder: Path, device: Device) -> None:
    script = [(0.0, 4.0, "We begin."), (16.0, 27.0, "We end.")]
    engine = transcriber(scripted_whisper(folder / "gap.pt", script), "gap", device)
    transcript = engine.transcribe(silence(27), [Span(0, 27)], TranscribeOptions(), quiet)
    assert [round(segment.start) for segment in transcript.segments if "begin" in segment.text] == [0, 4]


def test_garbage_of_a_model_that_knows_nothing_is_marked(folder: Path, device: Device) -> None:
    engine = transcriber(random_whisper(folder / "random.pt"), "random", device)
    transcript = engine.transcribe(silence(3), [Span(0, 3)], TranscribeOptions("en"), quiet)
    assert transcript.segments
    assert all(segment.doubtful for segment in transcript.segments)


def test_a_cancelled_job_stops_within_a_window(meeting: WhisperTranscriber) -> None:
    calls = itertools.count()

    def cancel(_: float) -> None:
        if next(calls) == 3:
            raise JobCancelled

    blocks = iter(meeting.model._blocks)
    computed: list[int] = []
    handle = next(blocks).register_forward_hook(lambda *_: computed.append(1))
    with pytest.raises(JobCancelled):
        meeting.transcribe(silence(280), [Span(0, 280)], TranscribeOptions(), cancel)
    handle.remove()
    assert len(computed) <= 4
    assert texts(meeting.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(), quiet))


def test_a_device_without_enough_memory_is_an_error_for_the_user(
    meeting: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(meeting.model, "encode", too_large)
    with pytest.raises(EngineFailed, match="smaller model"):
        meeting.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(), quiet)


def test_a_prompt_stands_beside_the_terms_of_the_settings(
    meeting: WhisperTranscriber, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts: list[str] = []
    decode = meeting.model.decode

    def noted(*args: Any, **named: Any) -> Any:
        prompts.append(args[4])
        return decode(*args, **named)

    monkeypatch.setattr(meeting.model, "decode", noted)
    engine = WhisperTranscriber(meeting.model, "scripted", device, terms="Konspekt, Anna Kuznetsova")
    for prompt in ("", "Boris"):
        engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions("en", prompt), quiet)
    assert prompts == ["Konspekt, Anna Kuznetsova", "Konspekt, Anna Kuznetsova, Boris"]


class Kept:
    """Keeps nothing, and notes what it is asked to keep."""

    def __init__(self) -> None:
        self.by: list[str] = []
        self.until_s: list[float] = []

    def resume(self, by: str) -> Heard:
        self.by.append(by)
        return Heard()

    def add(self, part: Heard) -> None:
        self.until_s.append(part.until_s)


def test_the_first_window_is_written_down_before_the_rest_is_looked_for(meeting: WhisperTranscriber) -> None:
    kept = Kept()
    heard_when_asked: list[int] = []

    def spans() -> Iterator[Span]:
        for n in range(6):
            heard_when_asked.append(len(kept.until_s))
            yield Span(30.0 * n, 30.0 * n + 28)

    meeting.transcribe(silence(180), spans(), TranscribeOptions("en", checkpoint=kept), quiet)
    assert heard_when_asked[:3] == [0, 0, 1], "a window is full when the next one begins"
    assert kept.until_s == [28.0, 148.0, 178.0]


def test_a_recording_of_few_windows_is_written_down_at_once(meeting: WhisperTranscriber) -> None:
    kept = Kept()
    spans = [Span(30.0 * n, 30.0 * n + 28) for n in range(3)]
    meeting.transcribe(silence(90), spans, TranscribeOptions("en", checkpoint=kept), quiet)
    assert kept.until_s == [88.0]


def test_what_decides_the_text_is_told_to_the_checkpoint(
    meeting: WhisperTranscriber, folder: Path, device: Device
) -> None:
    kept = Kept()
    careful = transcriber(folder / "scripted.pt", "scripted", device, "balanced")
    for engine, prompt in ((meeting, ""), (careful, ""), (meeting, "Konspekt"), (meeting, "")):
        engine.transcribe(silence(1), [], TranscribeOptions("en", prompt, checkpoint=kept), quiet)
    assert len(set(kept.by)) == 3
    assert kept.by[0] == kept.by[3]


def test_lines_are_cut_at_timestamps() -> None:
    begin = TIMESTAMPS
    tokens = [begin, 1, 2, begin + 100, begin + 150, 3, begin + 200]
    assert split_lines(tokens, begin, 28.0) == (Line(0.0, 2.0, (1, 2)), Line(3.0, 4.0, (3,)))


def test_a_line_without_its_end_lasts_to_the_end_of_the_window() -> None:
    assert split_lines([TIMESTAMPS + 50, 1, 2], TIMESTAMPS, 8.0) == (Line(1.0, 8.0, (1, 2), open=True),)
    assert split_lines([TIMESTAMPS, 1, TIMESTAMPS + 1400], TIMESTAMPS, 8.0) == (
        Line(0.0, 8.0, (1,), open=True),
    )
    assert split_lines([TIMESTAMPS, TIMESTAMPS + 5], TIMESTAMPS, 8.0) == ()
