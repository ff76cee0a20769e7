"""How many cases Hypothesis tries: a few in every run, the same each time; very many by `make fuzz`."""

import os

from hypothesis import HealthCheck, Phase, settings

FUZZ = int(os.environ.get("KONSPEKT_FUZZ", "0"))

# Without luck and without a clock: a loaded machine finds what an idle one finds. The case that fails is made
# smaller only where many are tried, for this takes minutes.
settings.register_profile(
    "konspekt",
    derandomize=not FUZZ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=tuple(Phase) if FUZZ else (Phase.explicit, Phase.generate),
)
settings.load_profile("konspekt")


def cases(few: int) -> settings:
    """Return settings for a test that draws `few` cases in every run, and far more by `make fuzz`."""
    return settings(max_examples=FUZZ or few)
