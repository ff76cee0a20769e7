"""Train the repair autoencoder: `flask lab train-autoencoder`."""

import argparse
from gettext import gettext as _
from pathlib import Path

import torch
from torch import Tensor

from app.errors import N_
from app.nets import checkpoint
from app.nets.repair import RepairConfig, RepairNet, pitch_loss, repair_loss
from app.training.loop import Batch, Task, TrainOptions, train
from app.training.pairs import Pairs, load_speech
from app.training.parsing import new_parser

VALIDATION_BATCHES = 5


def repair_task(
    pairs: Pairs, validation: Pairs, config: RepairConfig, start: Path | None = None
) -> Task[RepairNet]:
    def make_net() -> RepairNet:
        if start is None:
            return RepairNet(config)
        net = checkpoint.load(start, "repair")
        assert isinstance(net, RepairNet)
        return net

    def loss(net: RepairNet, batch: Batch) -> Tensor:
        damaged, gaps, clipped, clean = batch
        repaired = net(damaged, gaps, clipped)
        return repair_loss(net, repaired, clean) + pitch_loss(repaired, clean)

    held_out = [validation(step) for step in range(VALIDATION_BATCHES)]

    def validate(net: RepairNet) -> dict[str, float]:
        device = next(net.parameters()).device
        losses, astray, gains = [], [], []
        for batch in held_out:
            damaged, gaps, clipped, clean = (tensor.to(device) for tensor in batch)
            repaired = net(damaged, gaps, clipped)
            losses.append(repair_loss(net, repaired, clean))
            astray.append(pitch_loss(repaired, clean))
            gains.append(si_sdr(repaired, clean) - si_sdr(damaged, clean))
        gain = torch.cat(gains)
        damaged_only = gain[torch.cat([si_sdr(b[0], b[3]) for b in held_out]).to(device) < 30]
        return {
            "loss": float((torch.stack(losses) + torch.stack(astray)).mean()),
            "pitch": float(torch.stack(astray).mean()),
            "si_sdr_gain": float(damaged_only.mean()),
        }

    return Task("repair", make_net, pairs, loss, validate)


def si_sdr(estimate: Tensor, truth: Tensor) -> Tensor:
    """Return the scale-invariant signal-to-distortion ratio in dB of each row."""
    share = (estimate * truth).sum(1, keepdim=True) / truth.square().sum(1, keepdim=True).add(1e-9)
    wanted = share * truth
    return 10 * torch.log10(wanted.square().sum(1).add(1e-9) / (estimate - wanted).square().sum(1).add(1e-9))


def main() -> None:
    parser = new_parser("train-autoencoder", N_("Train the repair autoencoder."))
    parser.add_argument("folder", type=Path, help=_("where the weights, the state and the log go"))
    parser.add_argument("--corpus", type=Path, nargs="+", default=[Path("data/raw/speech")])
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-3, help=_("the highest learning rate"))
    parser.add_argument(
        "--start", type=Path, help=_("go on from the weights in this folder, not from nothing")
    )
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=torch.cuda.is_available())
    options = parser.parse_args()
    pairs = Pairs(
        load_speech(options.corpus, "train"), seconds=options.seconds, batch=options.batch, seed=options.seed
    )
    validation = Pairs(
        load_speech(options.corpus, "valid"), seconds=4.0, batch=8, seed=options.seed + 1, split="valid"
    )
    task = repair_task(pairs, validation, RepairConfig(), options.start)
    train(
        task,
        options.folder,
        TrainOptions(
            steps=options.steps,
            seed=options.seed,
            learning_rate=options.rate,
            device=options.device,
            threads=options.threads,
            bf16=options.bf16,
        ),
    )


if __name__ == "__main__":
    main()
