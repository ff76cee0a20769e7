"""What a stage is: a function that takes a recording and returns a copy that knows more."""

from collections.abc import Callable

from app.engines.registry import Engines
from app.pipeline.recording import Recording
from app.progress import Progress

Stage = Callable[[Recording, Engines, Progress], Recording]
