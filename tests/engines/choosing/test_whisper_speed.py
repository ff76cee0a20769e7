from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.config import Config
from app.engines.choosing.whisper_sizes import measured
from app.engines.choosing.whisper_speed import WhisperSpeed
from app.engines.compute.device import Device


class Hears:
    """Takes the given seconds for what it hears, round by round."""

    def __init__(self, *takes_s: float) -> None:
        self.takes_s, self.now, self.heard_s = list(takes_s), 0.0, 0.0

    def transcribe(
        self, speech: Any, spans: list[Any], options: Any, progress: Callable[[float], None]
    ) -> None:
        assert options.language == "en"
        self.heard_s += speech.cut(spans[0].start, spans[0].end).duration_s
        progress(0.5)
        self.now += self.takes_s.pop(0)


@pytest.fixture
def world(tmp_path: Path) -> SimpleNamespace:
    config = Config(_env_file=None, data_dir=tmp_path, models_dir=tmp_path, compute_threads=2)
    return SimpleNamespace(config=config, hears=Hears(6.0, 3.2), loaded=None, busy=[], fetched=[], load=1.4)


def measuring(world: SimpleNamespace, config: Config | None = None) -> WhisperSpeed:
    return WhisperSpeed(
        config or world.config,
        Device("cpu"),
        lambda: world.loaded,
        lambda: not (world.busy and world.busy.pop(0)),
        world.fetched.append,
        lambda: world.hears.now,
        lambda: world.load,
    )


def test_the_quicker_round_is_kept_and_the_size_that_suits_is_fetched(world: SimpleNamespace) -> None:
    world.loaded = ("base", world.hears)
    assert measuring(world).run_once()
    speed = measured(world.config, "cpu")
    assert speed
    assert world.hears.heard_s > 50
    assert speed.cost == pytest.approx(3.2 / (world.hears.heard_s / 2))
    assert [weights.name for weights in world.fetched] == ["faster-whisper-small"]
    assert not measuring(world).run_once(), "once is enough"


def test_nothing_is_measured_before_a_whisper_is_loaded_or_while_somebody_works(
    world: SimpleNamespace,
) -> None:
    assert not measuring(world).run_once()
    world.loaded = ("base", world.hears)
    for busy in ([True], [False, True], [False, False, True], [False, False, False, True]):
        world.busy, world.hears.takes_s = busy, [1.0, 1.0]
        assert not measuring(world).run_once()
    world.load = 1.6  # of two cores
    assert not measuring(world).run_once()
    assert measured(world.config, "cpu") is None


def test_a_size_that_the_settings_name_and_a_model_of_ones_own_are_left_alone(world: SimpleNamespace) -> None:
    world.loaded = ("our-own", world.hears)
    assert not measuring(world).run_once()
    world.loaded = ("base", world.hears)
    assert not measuring(world, world.config.model_copy(update={"whisper_model": "base"})).run_once()


def test_what_is_larger_than_may_be_fetched_by_itself_is_not(world: SimpleNamespace) -> None:
    world.loaded = ("base", world.hears)
    measuring(world, world.config.model_copy(update={"max_fetch_bytes": 10**8})).run_once()
    assert measured(world.config, "cpu")
    assert world.fetched == []
