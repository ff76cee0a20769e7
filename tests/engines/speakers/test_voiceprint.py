from pathlib import Path

import numpy as np
import pytest

from app.audio.waveform import Span, Waveform
from app.engines.compute.device import Device, Priority
from app.engines.pooling import Vector
from app.engines.speakers.voiceprint import MOST_PIECES, recognized, voiceprint
from app.nets.campplus import CamPlusPlus


def unit(*values: float) -> Vector:
    vector = np.array(values, np.float32)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def test_a_voiceprint_is_made_of_the_spans_alone_and_of_no_more_than_tells() -> None:
    rng = np.random.default_rng(0)
    samples = (0.1 * rng.standard_normal(60 * 16_000)).astype(np.float32)
    other = samples.copy()
    other[: 10 * 16_000] = 0.0
    net, spans = CamPlusPlus().eval(), [Span(10.0, 14.0), Span(20.0, 20.5)]
    seen: list[float] = []
    with Device() as device:
        one, same, less = (
            voiceprint(
                Waveform(sound[None], 16_000), spans, net, device, seen.append, least_s, Priority.BATCH
            )
            for sound, least_s in ((samples, 4.0), (other, 4.0), (samples, 4.1))
        )
    assert less is None  # half a second more was too short to tell
    assert one is not None
    assert same is not None
    assert np.linalg.norm(one) == pytest.approx(1.0, abs=1e-5)
    assert one @ same == pytest.approx(1.0, abs=1e-5)
    assert seen == [0.5, 1.0, 0.5, 1.0]
    assert MOST_PIECES * 3.0 > 30.0


def test_a_known_voice_is_known_again_and_only_one_has_its_name() -> None:
    known = [("Anna", unit(1, 0, 0)), ("Boris", unit(0, 1, 0))]
    voices = {"Speaker 1": unit(0.1, 1, 0), "Speaker 2": unit(1, 0.1, 0), "Speaker 3": unit(1, 0.3, 0)}
    assert recognized(voices, known) == {"Speaker 1": "Boris", "Speaker 2": "Anna"}


def test_a_voice_that_is_only_a_little_alike_stays_unknown() -> None:
    assert recognized({"Speaker 1": unit(1, 1.4, 0)}, [("Anna", unit(1, 0, 0))]) == {}
    assert recognized({}, [("Anna", unit(1, 0))]) == {}
    assert recognized({"Speaker 1": unit(1, 0)}, []) == {}


def test_only_one_module_reads_the_table_of_voiceprints() -> None:
    folder = Path(__file__).parents[3] / "app"
    holders = {path.name for path in folder.rglob("*.py") if "VoiceRow" in path.read_text("utf-8")}
    assert holders == {"tables.py", "voices.py"}
