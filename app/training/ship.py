"""Copy a training into models/ as it ships: 16-bit weights, their config, the curve of the loss."""

import shutil
from pathlib import Path

from app.errors import N_
from app.nets import checkpoint
from app.training.parsing import new_parser


def ship(trained: Path, target: Path, kind: str) -> None:
    """Write the weights of a training to `target`; the model card there is a person's work."""
    checkpoint.save(target, kind, checkpoint.load(trained, kind), checkpoint.notes(trained), half=True)
    if (trained / "curve.csv").exists():
        shutil.copyfile(trained / "curve.csv", target / "curve.csv")
    for path in target.iterdir():
        path.chmod(0o644)


def main() -> None:
    parser = new_parser("ship", N_("Make of a training what comes with the program: KIND TRAINED TARGET."))
    parser.add_argument("kind", choices=sorted(checkpoint.NETS))
    parser.add_argument("trained", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    ship(options.trained, options.target, options.kind)


if __name__ == "__main__":
    main()
