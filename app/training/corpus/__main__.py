"""Generate the corpus of spoken sentences: `python -m app.training.corpus data/raw/speech`."""

from gettext import gettext as _
from pathlib import Path

from app.errors import N_
from app.training.corpus.generate import generate
from app.training.corpus.voices import SYNTHESIS_VOICES, VOICES
from app.training.parsing import new_parser


def main() -> None:
    parser = new_parser("corpus", N_("Generate the corpus of spoken sentences."))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-voice", type=int, default=36)
    parser.add_argument("--voices", nargs="+", help=_("names of the voices that speak; by default all"))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = generate(
        options.folder,
        voices=[v for v in VOICES if options.voices is None or v.name in options.voices],
        per_voice=options.per_voice,
        every_split=SYNTHESIS_VOICES,
        seed=options.seed,
    )
    print(f"{len(made)} utterances, {sum(u.duration_s for u in made) / 60:.1f} min")


if __name__ == "__main__":
    main()
