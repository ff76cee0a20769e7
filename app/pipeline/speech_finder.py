"""Tells where somebody speaks, for whoever decodes a file with several sound tracks."""

from collections.abc import Callable

from app.audio.waveform import Sound, Span
from app.engines.registry import Engines
from app.progress import Progress


def speech_finder(engines: Engines, progress: Progress) -> Callable[[Sound], tuple[Span, ...]]:
    """Return what finds speech; the detector is loaded when it is first asked. progress: called with 1.0."""

    def find(sound: Sound) -> tuple[Span, ...]:
        detector = engines.voice_detector(lambda _: progress(1.0))
        return tuple(detector.detect(sound, lambda _: progress(1.0)))

    return find
