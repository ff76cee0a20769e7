import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.engines.chat.generation import Generator
from app.engines.compute.device import Device, Priority
from app.errors import JobCancelled
from tests.tiny_llama import random_llama


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoModelForCausalLM

    folder = random_llama(tmp_path_factory.mktemp("models") / "random")
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    return model.double().eval()  # so that no rounding decides between two tokens


@pytest.fixture
def device() -> Iterator[Device]:
    with Device("cpu") as started:
        yield started


def prompts(*lengths: int) -> list[list[int]]:
    return [[5 + (7 * i + 3 * length) % 250 for i in range(length)] for length in lengths]


def generate(generator: Generator, asked: list[list[int]], most: int = 40) -> list[list[int]]:
    return generator.generate(asked, most, Priority.BATCH, lambda n: None, lambda tokens: False)


def reference(model: Any, prompt: list[int], most: int = 40) -> list[int]:
    """Decode with transformers' own greedy search."""
    import torch

    ids = torch.tensor([prompt])
    whole = model.generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=most,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    return [int(token) for token in whole[0, len(prompt) :]]


def test_tokens_are_those_of_transformers_own_greedy_search(model: Any, device: Device) -> None:
    generator = Generator(model, device, frozenset(), 0)
    for prompt in prompts(1, 9, 300):
        assert generate(generator, [prompt]) == [reference(model, prompt)]


def test_a_batch_of_different_lengths_says_what_each_prompt_alone_says(model: Any, device: Device) -> None:
    generator = Generator(model, device, frozenset(), 0)
    asked = prompts(200, 31, 3, 118)
    assert generate(generator, asked) == [reference(model, prompt) for prompt in asked]


def test_an_answer_ends_at_an_end_token_or_when_it_is_complete_or_long_enough(
    model: Any, device: Device
) -> None:
    [prompt] = prompts(20)
    whole = reference(model, prompt)
    end = whole[7]
    stopped = generate(Generator(model, device, frozenset([end]), 0), [prompt])[0]
    assert stopped == list(itertools.takewhile(lambda token: token != end, whole))
    generator = Generator(model, device, frozenset(), 0)
    assert generate(generator, [prompt], most=5) == [whole[:5]]
    [early] = generator.generate([prompt], 40, Priority.BATCH, lambda n: None, lambda tokens: True)
    assert 1 <= len(early) <= 40
    assert early == whole[: len(early)]


def test_live_work_overtakes_a_long_generation(model: Any, device: Device) -> None:
    generator = Generator(model, device, frozenset(), 0)
    begun, overtaken = threading.Event(), list[float]()

    def live() -> None:
        begun.wait()
        while not finished.is_set():
            asked = time.monotonic()
            device.turn(Priority.LIVE_FINAL, lambda: None)
            overtaken.append(time.monotonic() - asked)
            time.sleep(0.15)

    finished = threading.Event()
    thread = threading.Thread(target=live)
    thread.start()
    try:
        generator.generate(prompts(1500), 12, Priority.BATCH, lambda n: begun.set(), lambda tokens: False)
    finally:
        begun.set()
        finished.set()
        thread.join()
    assert len(overtaken) > 3
    assert max(overtaken) < 5


@pytest.mark.parametrize("after", [1, 1300])
def test_a_cancelled_job_stops_while_it_reads_and_while_it_writes(
    model: Any, device: Device, after: int
) -> None:
    """The check is asked so often that a cancelled job stops within two seconds."""
    generator = Generator(model, device, frozenset(), 0)
    asked: list[float] = [time.monotonic()]

    def check(n: int) -> None:
        asked.append(time.monotonic())
        if n >= after:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        generator.generate(prompts(1200), 300, Priority.BATCH, check, lambda tokens: False)
    assert max(later - earlier for earlier, later in itertools.pairwise(asked)) < 2
    assert generate(generator, prompts(9)) == [reference(model, prompts(9)[0])], "the model is as it was"
