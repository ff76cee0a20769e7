"""The training loop: any net, resumed exactly where it was killed.

A batch is a function of the step, so the whole state is weights, optimizer, step and torch's generator.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor, nn

from app.nets import checkpoint

Net = TypeVar("Net", bound=nn.Module)
Batch = tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How to train.

    steps: of the whole training, on which the cosine ends; warm_up: steps in which the rate climbs; bf16:
    half precision where it is safe, for GPUs and for processors with AVX512-BF16.
    """

    steps: int = 6000
    seed: int = 0
    learning_rate: float = 1.5e-3
    warm_up: int = 100
    weight_decay: float = 1e-2
    clip_norm: float = 3.0
    device: str = "cpu"
    bf16: bool = False
    threads: int = 1  # two threads on a busy machine make an LSTM step many times slower
    save_every: int = 200
    validate_every: int = 400


@dataclass(frozen=True, slots=True)
class Task(Generic[Net]):
    """What a net learns. batch: the tensors of a step; loss: of a batch; validate: named scores."""

    kind: str
    make_net: Callable[[], Net]
    batch: Callable[[int], Batch]
    loss: Callable[[Net, Batch], Tensor]
    validate: Callable[[Net], dict[str, float]]


def train(task: Task[Net], folder: Path, options: TrainOptions) -> Net:
    """Train, or go on training what `folder` holds; leave the weights there.

    The log under `folder/log` is TensorBoard's; `curve.csv` has the losses for the report.
    """
    from torch.utils.tensorboard import SummaryWriter

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    device = torch.device(options.device)
    net = task.make_net().to(device)
    optimizer = torch.optim.AdamW(net.parameters(), options.learning_rate, weight_decay=options.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_at(step, options))
    folder.mkdir(parents=True, exist_ok=True)
    state_path, step, seconds = folder / "state.pt", 0, 0.0
    if state_path.exists():
        state = checkpoint.load_state(state_path)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        torch.set_rng_state(state["rng"])
        step, seconds = state["step"], state["seconds"]

    def save(scores: dict[str, float]) -> None:
        state: dict[str, Any] = {
            "net": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "rng": torch.get_rng_state(),
            "step": step,
            "seconds": seconds,
        }
        checkpoint.save_state(state_path, state)
        notes = {
            "steps": step,
            "of": options.steps,
            "seconds": round(seconds),
            "seed": options.seed,
            "scores": scores,
        }
        checkpoint.save(folder, task.kind, net, notes)

    curve = _Curve(folder / "curve.csv", step)
    scores: dict[str, float] = {}
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with SummaryWriter(str(folder / "log"), purge_step=step) as log, Progress(*columns) as bar:
        shown = bar.add_task(task.kind, total=options.steps, completed=step)
        while step < options.steps:
            began = time.process_time()
            net.train()
            batch = tuple(tensor.to(device) for tensor in task.batch(step))
            with torch.autocast(device.type, torch.bfloat16, enabled=options.bf16):
                loss = task.loss(net, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
            norm = nn.utils.clip_grad_norm_(net.parameters(), options.clip_norm)
            if torch.isfinite(norm):
                optimizer.step()
            schedule.step()
            step += 1
            seconds += time.process_time() - began
            log.add_scalar("loss/train", loss.item(), step)
            curve.seen(loss.item())
            log.add_scalar("rate", schedule.get_last_lr()[0], step)
            if step % options.validate_every == 0 or step == options.steps:
                scores = validate(task, net)
                curve.add(step, scores["loss"])
                for name, value in scores.items():
                    log.add_scalar(f"valid/{name}", value, step)
            if step % options.save_every == 0 or step == options.steps:
                save(scores)
            bar.update(shown, completed=step, description=f"{task.kind} {loss.item():.3f}")
    return net.eval()


class _Curve:
    """The losses in a table: the mean while training since the last row, and on validation."""

    def __init__(self, path: Path, step: int) -> None:
        self._path, self._losses = path, list[float]()
        rows = path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []
        kept = [row for row in rows if int(row.split(",")[0]) <= step]  # later steps are computed again
        path.write_text("\n".join(["step,train,valid", *kept, ""]), encoding="utf-8")

    def seen(self, loss: float) -> None:
        self._losses.append(loss)

    def add(self, step: int, valid: float) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{step},{sum(self._losses) / len(self._losses):.4f},{valid:.4f}\n")
        self._losses.clear()


def validate(task: Task[Net], net: Net) -> dict[str, float]:
    net.eval()
    with torch.inference_mode():
        return task.validate(net)


def rate_at(step: int, options: TrainOptions) -> float:
    """Return the share of the learning rate: a short climb, then half a cosine to 1 %."""
    if step < options.warm_up:
        return (step + 1) / options.warm_up
    done = (step - options.warm_up) / max(1, options.steps - options.warm_up)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
