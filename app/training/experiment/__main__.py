"""Train and compare the rows of the experiment: `python -m app.training.experiment`."""

from gettext import gettext as _
from pathlib import Path

import torch

from app.errors import N_
from app.training.experiment.plan import ROWS, Budget
from app.training.experiment.report import write_report
from app.training.experiment.training import train_row
from app.training.parsing import new_parser


def main() -> None:
    parser = new_parser(
        "experiment",
        N_("Train voices in four ways under one budget, with and without repair, and compare them."),
    )
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument(
        "--folder", type=Path, default=Path("data/trained/experiment"), help=_("of the trainings")
    )
    parser.add_argument(
        "--repair", type=Path, default=Path("models/repair"), help=_("where the repair begins")
    )
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--steps", type=int, default=Budget().steps, help=_("of each training"))
    parser.add_argument("--batch", type=int, default=Budget().batch, help=_("sentences in a step"))
    parser.add_argument("--seed", type=int, default=Budget().seed)
    parser.add_argument("--sentences", type=int, default=20, help=_("held-out ones of each voice that judge"))
    parser.add_argument("--rows", nargs="+", choices=[row.name for row in ROWS], help=_("by default all"))
    options = parser.parse_args()
    chosen = [row for row in ROWS if not options.rows or row.name in options.rows]
    table = [row.name for row in ROWS if row.published_q]
    if not any(row.name in table for row in chosen):
        parser.error(f"at least one row of the table is needed: {', '.join(table)}")
    torch.set_num_threads(1)
    budget = Budget(options.steps, options.batch, options.seed)
    trained = {
        row: train_row(row, options.corpus, options.folder / row.name, options.repair, budget)
        for row in chosen
    }
    found = write_report(
        options.out, trained, options.folder, options.corpus, options.repair, budget, options.sentences
    )
    for reached in (*found.rows, *found.left_out, *found.beside):
        print(f"{reached.name}: Q {reached.single.q:.4f}")


if __name__ == "__main__":
    main()
