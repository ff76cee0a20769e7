"""Which streams are heard next, and what becomes of the others when one breaks."""

import pytest

from app.live.events import End, Error, Final, Partial
from app.live.hub import LiveHub
from tests.live.acting import SILENCE, SPEECH, Counting, feed, opened, run


def test_finals_go_before_partials_and_streams_take_turns(hub: LiveHub, engine: Counting) -> None:
    talking = [opened(hub), opened(hub)]
    paused = opened(hub)
    for session in talking:
        feed(session, SPEECH)
    feed(paused, SPEECH, SILENCE)
    run(hub, 2)
    assert engine.batches[0][0].final
    assert engine.batches[0][0].stream == paused.name
    assert {request.stream for batch in engine.batches for request in batch} == {
        session.name for session in (*talking, paused)
    }


def test_a_model_call_that_raises_ends_its_own_stream_only(hub: LiveHub, engine: Counting) -> None:
    good, bad = opened(hub), opened(hub)
    engine.broken.add(bad.name)
    for session in (good, bad):
        feed(session, SPEECH)
        session.finish()
    run(hub)
    [error] = [event for event in bad.take() if not isinstance(event, Partial)]
    assert isinstance(error, Error)
    assert bad.failed
    assert [type(event) for event in good.take()][-2:] == [Final, End]


def test_tails_that_wait_for_their_turn_are_heard_too(hub: LiveHub) -> None:
    sessions = [opened(hub) for _ in range(3)]  # one more than a batch
    for session in sessions:
        feed(session, SPEECH[:8_100])
        session.finish()
    run(hub)
    assert [type(session.take()[-1]) for session in sessions] == [End] * 3


def test_a_stream_that_breaks_in_our_own_hands_ends_alone(
    hub: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = opened(hub), opened(hub)
    monkeypatch.setattr(bad._samples, "read", lambda *_: 1 / 0)
    for session in (good, bad):
        feed(session, SPEECH)
        session.finish()
    run(hub)
    assert [type(event) for event in bad.take()] == [Error]
    assert [type(event) for event in good.take()][-2:] == [Final, End]


def test_finals_that_wait_together_are_heard_in_a_hurry(engine: Counting) -> None:
    hub = LiveHub(engine, 3)
    engine.batch = 1  # type: ignore[misc]
    sessions = [opened(hub) for _ in range(2)]
    for session in sessions:
        feed(session, SPEECH, SILENCE)
    run(hub)
    assert [request.hurried for [request] in engine.batches if request.final] == [True, False]
