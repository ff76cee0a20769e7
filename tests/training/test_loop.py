import contextlib
from pathlib import Path

import numpy as np
import torch

from app.nets import checkpoint
from app.nets.repair import RepairConfig, RepairNet
from app.training.loop import Task, TrainOptions, rate_at, train
from app.training.pairs import Pairs, SpeakerTakes
from app.training.train_autoencoder import repair_task
from tests.training.conftest import speak_like

TINY = RepairConfig(n_bands=80, channels=(4, 6, 8, 8), lstm_size=8, lstm_layers=1)


def tiny_task() -> Task[RepairNet]:
    takes = tuple((speak_like(seed) * 32767).astype(np.int16) for seed in range(3))
    speech = [SpeakerTakes("a", True, takes), SpeakerTakes("b", False, takes)]
    return repair_task(
        Pairs(speech, seconds=0.5, batch=2),
        Pairs(speech, seconds=0.5, batch=2, seed=1, split="valid"),
        TINY,
    )


def options(steps: int) -> TrainOptions:
    return TrainOptions(steps=steps, save_every=5, validate_every=10, warm_up=2)


class Killed(BaseException):
    pass


def test_training_resumes_exactly_where_it_was_killed(tmp_path: Path) -> None:
    task = tiny_task()

    def killed_batch(step: int) -> tuple[torch.Tensor, ...]:
        if step == 8:  # between two saves: steps 5 to 7 are done again
            raise Killed
        return task.batch(step)

    broken = Task(task.kind, task.make_net, killed_batch, task.loss, task.validate)
    with contextlib.suppress(Killed):
        train(broken, tmp_path / "broken", options(12))
    assert checkpoint.notes(tmp_path / "broken")["steps"] == 5
    resumed = train(task, tmp_path / "broken", options(12)).state_dict()
    straight = train(task, tmp_path / "straight", options(12)).state_dict()
    assert all(torch.equal(resumed[name], straight[name]) for name in straight)


def test_training_leaves_weights_scores_and_a_log(tmp_path: Path) -> None:
    train(tiny_task(), tmp_path, options(10))
    notes = checkpoint.notes(tmp_path)
    assert notes["steps"] == 10
    assert set(notes["scores"]) == {"loss", "pitch", "si_sdr_gain"}
    assert list((tmp_path / "log").glob("events.out.tfevents.*"))


def test_a_batch_is_a_function_of_its_step() -> None:
    task = tiny_task()
    assert all(torch.equal(a, b) for a, b in zip(task.batch(3), task.batch(3), strict=True))
    assert not torch.equal(task.batch(3)[0], task.batch(4)[0])


def test_the_rate_climbs_then_falls() -> None:
    plan = TrainOptions(steps=100, warm_up=10)
    assert rate_at(0, plan) < rate_at(9, plan) == 1.0
    assert rate_at(50, plan) > rate_at(99, plan) > 0
