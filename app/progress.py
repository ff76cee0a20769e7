"""How work tells how far it is, and how it is stopped."""

from collections.abc import Callable

Progress = Callable[[float], None]
"""Reports 0..1 within a stage. Raises JobCancelled, so call it often: it is also how a job is stopped."""
