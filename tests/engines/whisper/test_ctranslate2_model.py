import itertools
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from whisper.audio import mel_filters
from whisper.tokenizer import get_encoding, get_tokenizer

from app.audio.waveform import Span
from app.engines.base import LiveRequest, TranscribeOptions
from app.engines.compute import device as device_module
from app.engines.compute.device import Device, Priority
from app.engines.whisper.ctranslate2_model import CTranslate2Whisper
from app.engines.whisper.hallucination import is_looping
from app.engines.whisper.model import Search
from app.engines.whisper.transcriber import WhisperTranscriber
from app.errors import EngineUnavailable, JobCancelled, UnsupportedLanguage
from tests.engines.whisper.loaded import live_on, transcriber
from tests.speech import silence
from tests.tiny_whisper import MEETING, MEETING_RU, as_ctranslate2, random_whisper, scripted_whisper
from tests.waiting import SOON_S

QUIET = lambda _: None  # noqa: E731


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device("cpu") as device:
        yield device


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ctranslate2")


@pytest.fixture(scope="module")
def meeting(folder: Path, device: Device) -> WhisperTranscriber:
    path = as_ctranslate2(scripted_whisper(folder / "scripted.pt"), folder / "scripted")
    return transcriber(path, "scripted", device)


def texts(transcript: Any) -> list[str]:
    return [segment.text for segment in transcript.segments]


@pytest.mark.parametrize("quality", ["fast", "balanced", "best"])
def test_it_hears_what_openai_whisper_hears_of_the_same_weights(
    meeting: WhisperTranscriber, folder: Path, device: Device, quality: str
) -> None:
    engines = [
        transcriber(folder / name, "scripted", device, quality) for name in ("scripted.pt", "scripted")
    ]
    of_torch, found = (
        engine.transcribe(silence(60), [Span(20, 48)], TranscribeOptions(), QUIET) for engine in engines
    )
    assert texts(found) == texts(of_torch) == [text for _, _, text in MEETING]
    assert found.engine == "faster-whisper scripted"
    assert found.language == "en"
    for segment, (start, end, text) in zip(found.segments, MEETING, strict=True):
        assert 20 + start - 0.5 <= segment.start <= segment.end <= 20 + end + 0.5
        assert [word.text for word in segment.words] == text.split()
        assert all(0 <= word.probability <= 1 for word in segment.words)


def test_the_first_recording_waits_for_nothing_to_be_loaded(
    meeting: WhisperTranscriber, folder: Path, device: Device
) -> None:
    get_tokenizer.cache_clear()
    get_encoding.cache_clear()
    mel_filters.cache_clear()
    engine = transcriber(folder / "scripted", "scripted", device)
    loaded = get_encoding.cache_info().misses, mel_filters.cache_info().misses
    transcript = engine.transcribe(silence(60), [Span(20, 48)], TranscribeOptions(), QUIET)
    assert texts(transcript) == [text for _, _, text in MEETING]
    assert (get_encoding.cache_info().misses, mel_filters.cache_info().misses) == loaded == (1, 1)


def test_windows_are_decoded_together_and_progress_grows(meeting: WhisperTranscriber) -> None:
    done: list[float] = []
    spans = [Span(30.0 * i, 30.0 * i + 28) for i in range(7)]
    transcript = meeting.transcribe(silence(210), spans, TranscribeOptions(), done.append)
    assert texts(transcript) == [text for _, _, text in MEETING] * 7
    assert done == sorted(done)
    assert len(set(done)) >= 14  # each window is encoded and written down
    assert done[-1] == 1.0


def test_windows_of_different_lengths_are_heard_each_as_it_is(meeting: WhisperTranscriber) -> None:
    model = meeting.model
    features = [model.encode(np.zeros(round(s * 16_000), np.float32)) for s in (28, 4, 4, 12, 28)]
    assert [len(one) for one in features] == [1500, 500, 500, 750, 1500]
    together = model.decode(features, [28, 4, 4, 12, 28], "en")
    alone = [model.decode([one], [s], "en")[0] for one, s in zip(features, (28, 4, 4, 12, 28), strict=True)]
    assert together == alone
    assert [max(found, key=found.__getitem__) for found in model.languages(features)] == ["en"] * 5


def test_russian_is_detected_and_an_unknown_language_is_refused(folder: Path, device: Device) -> None:
    path = as_ctranslate2(scripted_whisper(folder / "ru.pt", MEETING_RU, "ru"), folder / "ru")
    engine = transcriber(path, "ru", device)
    transcript = engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions(prompt="Анна"), QUIET)
    assert transcript.language == "ru"
    with pytest.raises(UnsupportedLanguage, match="xx"):
        engine.transcribe(silence(28), [Span(0, 28)], TranscribeOptions("xx"), QUIET)


def test_a_loop_is_decoded_again_by_sampling(folder: Path, device: Device) -> None:
    better = "The office opens in September; we need eleven chairs, four desks, a lamp and two printers."
    script, other = [(0.0, 28.0, "Thank you." * 12)], [(0.0, 28.0, better)]
    path = as_ctranslate2(scripted_whisper(folder / "loop.pt", script, when_warm=other), folder / "loop")
    engine = transcriber(path, "loop", device)
    features = engine.model.encode(np.zeros(28 * 16_000, np.float32))
    cold, warm = (engine.model.decode([features], [28.0], "en", Search(t))[0] for t in (0.0, 0.4))
    assert is_looping(cold.text)
    assert warm.text != cold.text


def test_a_cancelled_job_does_not_wait_for_a_computation(
    meeting: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, goes_on = itertools.count(), threading.Event()

    def cancel(_: float) -> None:
        if next(calls):
            raise JobCancelled

    monkeypatch.setattr(meeting.model, "encode", lambda _: goes_on.wait(60))
    started = time.monotonic()
    with pytest.raises(JobCancelled):
        meeting.transcribe(silence(280), [Span(0, 280)], TranscribeOptions(), cancel)
    assert time.monotonic() - started < SOON_S
    goes_on.set()


def test_turns_are_short_while_live_speech_is_heard(
    meeting: WhisperTranscriber, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    decode = meeting.model.decode

    def counted(features: list[Any], *rest: Any, **named: Any) -> Any:
        batches.append(len(features))
        return decode(features, *rest, **named)

    monkeypatch.setattr(meeting.model, "decode", counted)
    monkeypatch.setattr(device_module, "LATELY_S", 600.0)  # however slow the machine
    spans = [Span(30.0 * i, 30.0 * i + 28) for i in range(4)]
    meeting.transcribe(silence(120), spans, TranscribeOptions(), QUIET)
    live = live_on(meeting, device)
    [heard] = live.hear([LiveRequest("a", 0, np.zeros(16_000, np.float32), "en", final=False)])
    assert not isinstance(heard, Exception)
    meeting.transcribe(silence(120), spans, TranscribeOptions(), QUIET)
    assert batches == [1, 3, 1, 1, 1, 1, 1]
    assert not device.is_wanted(Priority.LIVE_FINAL)


def test_two_threads_hear_at_once_without_a_word_of_each_other(
    meeting: WhisperTranscriber, folder: Path, device: Device
) -> None:
    russian = transcriber(folder / "ru", "ru", device)
    heard: dict[str, list[str]] = {}

    def hear(engine: WhisperTranscriber, language: str) -> None:
        spans = [Span(30.0 * i, 30.0 * i + 28) for i in range(5)]
        heard[language] = texts(engine.transcribe(silence(150), spans, TranscribeOptions(language), QUIET))

    threads = [threading.Thread(target=hear, args=of) for of in ((meeting, "en"), (russian, "ru"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard["en"] == [text for _, _, text in MEETING] * 5
    assert heard["ru"] == [text for _, _, text in MEETING_RU] * 5


@pytest.mark.skipif(torch.cuda.is_available(), reason="here is a GPU")
def test_what_ctranslate2_has_no_gpu_for_is_computed_on_the_cpu(folder: Path) -> None:
    assert CTranslate2Whisper(folder / "scripted", "cuda", 1)._net.device == "cpu"


@pytest.mark.parametrize("damage", ["empty", "text", "truncated", "no config"])
def test_what_is_not_such_a_model_is_one_clear_error(folder: Path, tmp_path: Path, damage: str) -> None:
    bad = tmp_path / "bad"
    if damage == "empty":
        bad.mkdir()
    else:
        shutil.copytree(as_ctranslate2(random_whisper(tmp_path / "good.pt"), tmp_path / "good"), bad)
        if damage == "no config":
            (bad / "config.json").unlink()
        elif damage == "text":
            (bad / "model.bin").write_text("not weights")
        else:
            whole = (bad / "model.bin").read_bytes()
            (bad / "model.bin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineUnavailable, match="bad is not a Whisper model"):
        CTranslate2Whisper(bad, "cpu", 1)
