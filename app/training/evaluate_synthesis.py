"""Judge synthesis, and write its part of the report: `python -m app.training.evaluate_synthesis`."""

from gettext import gettext as _
from pathlib import Path

import torch

from app.errors import N_
from app.training.parsing import new_parser
from app.training.report.synthesis_report import write_comparison, write_report


def main() -> None:
    parser = new_parser("evaluate-synthesis", N_("Judge the synthesis."))
    parser.add_argument("--model", type=Path, default=Path("models/synthesis"))
    parser.add_argument("--sounds", type=Path, help=_("folder of nets trained on each --sound: compare them"))
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--sentences", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.sounds:
        write_comparison(options.out, options.sounds, options.corpus, options.sentences)
    else:
        write_report(options.out, options.model, options.corpus, options.sentences)


if __name__ == "__main__":
    main()
