"""llama.cpp itself, on a tiny model of random weights: how it is asked and stopped, not what it says."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.engines.base import SummarizeOptions
from app.engines.chat.llama_cpp import LlamaCpp
from app.engines.compute.device import Device, Priority
from app.errors import EngineUnavailable, JobCancelled
from app.summarization.chat import End
from app.summarization.prompt import Prompt
from tests.meetings import meeting
from tests.tiny_gguf import tiny_gguf

SCHEMA = {
    "type": "object",
    "properties": {"kind": {"enum": ["decision", "none"]}},
    "required": ["kind"],
    "additionalProperties": False,
}
LONG = {"type": "object", "properties": {"text": {"type": "string", "minLength": 2000}}, "required": ["text"]}


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    with Device("cpu") as started:
        yield started


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, device: Device) -> Iterator[LlamaCpp]:
    loaded = LlamaCpp(tiny_gguf(tmp_path_factory.mktemp("models") / "tiny-q4.gguf"), device, threads=1)
    yield loaded
    loaded.close()


def ask(engine: LlamaCpp, *prompts: Prompt, progress: object = None) -> list[str]:
    report = progress if callable(progress) else lambda fraction: None
    return [reply.text for reply in engine.ask(prompts, Priority.BATCH, report)]


def test_an_answer_is_what_the_schema_allows_and_the_same_each_time(engine: LlamaCpp) -> None:
    prompts = [Prompt("s", text, SCHEMA, budget=20) for text in ("one", "two", "one")]
    answers = ask(engine, *prompts)
    assert all("".join(answer.split()).startswith('{"kind"') for answer in answers)
    assert answers[0] == answers[2]


def test_it_says_how_fast_it_has_read_and_written(engine: LlamaCpp, monkeypatch: pytest.MonkeyPatch) -> None:
    paces: list[tuple[float, float]] = []
    monkeypatch.setattr(engine, "_learn", lambda reads, writes: paces.append((reads, writes)))
    ask(engine, Prompt("s", "another beginning " * 40, LONG, budget=20), Prompt("s", "x", SCHEMA, budget=4))
    assert len(paces) == 1, "a short answer tells nothing"
    assert min(paces[0]) > 0


def test_it_says_what_it_has_loaded(engine: LlamaCpp) -> None:
    assert engine.name == "tiny-q4 (llama.cpp)"
    assert engine.n_parameters is not None
    assert 50_000 < engine.n_parameters < 1_000_000


def test_an_answer_that_fills_its_budget_is_cut(engine: LlamaCpp) -> None:
    [reply] = engine.ask([Prompt("s", "u", LONG, budget=30)], Priority.BATCH, lambda fraction: None)
    assert reply.end is End.CUT


def test_a_prompt_longer_than_the_context_is_said(engine: LlamaCpp) -> None:
    [reply] = engine.ask([Prompt("s", "word " * 2000, SCHEMA)], Priority.BATCH, lambda fraction: None)
    assert reply.end is End.TOO_LONG


def test_a_cancelled_job_stops_it_and_it_answers_the_next(engine: LlamaCpp) -> None:
    seen: list[float] = []

    def progress(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0.1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        ask(engine, Prompt("s", "word " * 300, LONG, budget=2000), progress=progress)
    assert seen[-1] < 1
    assert ask(engine, Prompt("s", "one", SCHEMA, budget=20))[0]


def test_more_urgent_work_goes_first_and_the_answer_is_the_same(engine: LlamaCpp, device: Device) -> None:
    prompt = Prompt("s", "word " * 100, LONG, budget=100)
    expected = ask(engine, prompt)
    waited: list[float] = []
    over = threading.Event()

    def live() -> None:
        while not over.is_set():
            begun = time.monotonic()
            device.turn(Priority.LIVE_FINAL, lambda: None)
            waited.append(time.monotonic() - begun)
            over.wait(0.3)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        assert ask(engine, prompt) == expected
    finally:
        over.set()
        thread.join()
    assert waited


def test_its_port_is_closed_to_others(engine: LlamaCpp) -> None:
    address = engine._server.listening_address
    assert address.startswith("http://127.0.0.1:")
    for path in ("/v1/models", "/slots", "/props"):
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(address + path, timeout=60)


def test_a_model_too_small_to_judge_leaves_what_rules_find(engine: LlamaCpp) -> None:
    seen: list[float] = []
    minutes = engine.summarize(meeting("ru_release").transcript, SummarizeOptions(), seen.append)
    assert minutes.engine == "tiny-q4 (llama.cpp), extractive"
    assert minutes.remarks
    assert minutes.topics
    assert seen[-1] == 1.0


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF" + b"\0" * 500, b"PK\3\4 something else"])
def test_a_file_that_is_no_model_is_one_clear_sentence(
    tmp_path: Path, device: Device, content: bytes
) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(EngineUnavailable, match=r"broken\.gguf"):
        LlamaCpp(path, device)
