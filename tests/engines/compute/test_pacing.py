import pytest

from app.engines.compute.pacing import GRACE_S, LATELY_S, LONGEST_S, SHARE, Pacing


def test_where_nobody_speaks_files_never_wait() -> None:
    pacing = Pacing()
    pacing.ended(live=False, began=0.0, now=3.0)
    assert pacing.wait_s(3.0, 3.0) == 0.0


def test_after_live_work_the_device_is_kept_free_for_its_next_turn() -> None:
    pacing = Pacing()
    pacing.asked(live=True, now=10.0)
    pacing.ended(live=True, began=10.0, now=10.4)
    assert pacing.wait_s(10.1, 10.4) == pytest.approx(GRACE_S)
    assert pacing.wait_s(10.1, 10.4 + GRACE_S) == 0.0


def test_beside_live_speech_files_get_their_share_and_no_more() -> None:
    """A file that always asks, and an utterance every half second: the clock only."""
    pacing, now, taken_s = Pacing(), 0.0, 0.0
    speech = 0.0
    while now < 600.0:
        if now >= speech:
            pacing.asked(live=True, now=now)
            pacing.ended(live=True, began=now, now=now + 0.2)
            now, speech = now + 0.2, now + 0.5
        elif pacing.wait_s(now, now) == 0.0:
            pacing.ended(live=False, began=now, now=now + 1.5)
            now, taken_s = now + 1.5, taken_s + 1.5
        else:
            now += 0.05
    assert taken_s / now == pytest.approx(SHARE, abs=0.03)


def test_where_speech_leaves_no_gap_files_go_between_two_utterances() -> None:
    pacing, now, taken_s = Pacing(), 0.0, 0.0
    asked = now
    while now < 600.0:
        pacing.asked(live=True, now=now)
        pacing.ended(live=True, began=now, now=now + 0.05)
        now += 0.05
        if pacing.wait_s(asked, now) == 0.0:
            pacing.ended(live=False, began=now, now=now + 1.5)
            now, taken_s = now + 1.5, taken_s + 1.5
            asked = now
    assert SHARE / 3 < taken_s / now < SHARE


def test_a_file_is_not_held_back_for_ever() -> None:
    pacing = Pacing()
    pacing.ended(live=False, began=0.0, now=60.0)
    pacing.asked(live=True, now=100.0)
    assert pacing.wait_s(100.0, 100.0) == LONGEST_S
    pacing.asked(live=True, now=100.0 + LONGEST_S)
    assert pacing.wait_s(100.0, 100.0 + LONGEST_S) == 0.0


def test_files_are_as_fast_as_ever_when_the_speaking_has_ended() -> None:
    pacing = Pacing()
    pacing.asked(live=True, now=0.0)
    pacing.ended(live=False, began=0.0, now=4.0)
    assert pacing.wait_s(4.0, 4.0) > 0
    assert pacing.wait_s(4.0, LATELY_S) == 0.0
