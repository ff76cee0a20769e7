"""Whether the tests run in their long form, as `make trials` has them."""

import os

LONG = bool(os.environ.get("KONSPEKT_TRIALS"))
