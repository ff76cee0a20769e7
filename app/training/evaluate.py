"""Judge repair, and write the report: `python -m app.training.evaluate`."""

from gettext import gettext as _
from pathlib import Path

import torch

from app.errors import N_
from app.nets import checkpoint
from app.nets.repair import RepairNet
from app.training.parsing import new_parser
from app.training.report.repair_report import write_report
from app.training.scores import testset


def main() -> None:
    parser = new_parser("evaluate", N_("Judge the repair, and write tables, charts and the report."))
    parser.add_argument("--model", type=Path, default=Path("models/repair"))
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument(
        "--pairs", type=Path, help=_("a folder of recorded pairs, *_clean.wav beside *_noisy.wav")
    )
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--sentences", type=int, default=12)
    options = parser.parse_args()
    torch.set_num_threads(1)
    net = checkpoint.load(options.model, "repair")
    assert isinstance(net, RepairNet)
    found = list(testset.cases(options.corpus, options.sentences))
    if options.pairs:
        found += testset.real_cases(options.pairs)
    write_report(options.out, options.model, net, found)


if __name__ == "__main__":
    main()
