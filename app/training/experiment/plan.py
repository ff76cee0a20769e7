"""What the experiment compares: the four rows of the users' own table, and two that leave something out."""

from dataclasses import dataclass

from app.training.scores.metrics import Quality

VOICES = ("en-slt", "en-rms", "en-awb", "ru-nsh")
"""The voices of the corpus that were recorded from people; those of espeak-ng are rules, not recordings."""
SINGLE = VOICES[:1]


MULTI = "multi-speaker"


@dataclass(frozen=True, slots=True)
class Row:
    """One training.

    plain: LSTMs of one layer alone; cleaned, augmented: what is done to the recordings before they are
    learned from; repaired: the repair net is trained with the voices in one graph. published_q: of the users'
    own table, on other recordings; 0 where it has no such row.
    """

    name: str
    voices: tuple[str, ...] = VOICES
    plain: bool = False
    cleaned: bool = True
    augmented: bool = True
    repaired: bool = False
    published_q: float = 0.0


ROWS = (
    Row("base", SINGLE, plain=True, cleaned=False, augmented=False, published_q=0.065),
    Row("improved", SINGLE, published_q=0.0375),
    Row(MULTI, published_q=0.0265),
    Row("multi-speaker with repair", repaired=True, published_q=0.017),
    Row("improved, not augmented", SINGLE, augmented=False),
    Row("improved, not cleaned", SINGLE, cleaned=False),
)
PUBLISHED_TERMS = Quality(mse=0.002, cos_pitch=0.98, cos_loudness=0.95)  # of their last row
MOST_Q = 0.030  # what the last row was asked to reach


@dataclass(frozen=True, slots=True)
class Budget:
    """What every row is given.

    steps: of the optimizer, `batch` sentences each; of the row with repair the last `joint_share` trains both
    nets.
    """

    steps: int = 600
    batch: int = 8
    seed: int = 0
    joint_share: float = 1 / 3
