import numpy as np
import pytest

from app.documents.diarization import Turn
from app.engines.speakers.reconstruction import turns
from app.engines.speakers.segmentation import FRAME_S, STEP_FRAMES, WINDOW_FRAMES, Segmentation


def told(spans: dict[int, list[tuple[float, float]]], n_windows: int = 3) -> tuple[Segmentation, np.ndarray]:
    """Return windows over speech whose voices have another number in every window, and their labels."""
    size = (n_windows - 1) * STEP_FRAMES + WINDOW_FRAMES
    truth = np.zeros((size, 3), bool)
    for speaker, stretches in spans.items():
        for start, end in stretches:
            truth[round(start / FRAME_S) : round(end / FRAME_S), speaker] = True
    first = np.arange(n_windows) * STEP_FRAMES
    active = np.stack([np.roll(truth[f : f + WINDOW_FRAMES], n, axis=1) for n, f in enumerate(first)])
    labels = np.stack([np.roll(np.arange(3), n) for n in range(n_windows)])
    return Segmentation(first, active, size), labels


def close(turn: Turn, start: float, end: float, speaker: str) -> bool:
    return turn.speaker == speaker and abs(turn.start - start) < 0.06 and abs(turn.end - end) < 0.06


def test_voices_of_windows_become_turns_numbered_as_they_are_heard_first() -> None:
    found = turns(*told({2: [(1.0, 4.0), (9.0, 12.0)], 0: [(4.5, 8.0)]}))
    assert len(found) == 3
    assert close(found[0], 1.0, 4.0, "Speaker 1")
    assert close(found[1], 4.5, 8.0, "Speaker 2")
    assert close(found[2], 9.0, 12.0, "Speaker 1")


def test_people_who_speak_at_once_have_turns_that_overlap() -> None:
    first, second = turns(*told({0: [(1.0, 6.0)], 1: [(5.0, 9.0)]}))
    assert close(first, 1.0, 6.0, "Speaker 1")
    assert close(second, 5.0, 9.0, "Speaker 2")


def test_a_short_pause_does_not_end_a_turn_and_a_blip_is_none() -> None:
    found = turns(*told({0: [(1.0, 3.0), (3.2, 5.0)], 1: [(8.0, 8.1)]}))
    assert [turn.speaker for turn in found] == ["Speaker 1"]
    assert close(found[0], 1.0, 5.0, "Speaker 1")


def test_voices_of_nobody_have_no_turns() -> None:
    segmentation, labels = told({0: [(1.0, 5.0)]})
    assert turns(segmentation, np.full_like(labels, -1)) == ()


def test_two_voices_of_one_person_are_one_turn() -> None:
    segmentation, labels = told({0: [(1.0, 3.0)], 1: [(3.0, 5.0)]})
    [turn] = turns(segmentation, np.where(labels == 1, 0, labels))
    assert (turn.start, turn.end) == pytest.approx((1.0, 5.0), abs=0.06)
