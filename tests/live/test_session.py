"""What a stream says of the sound that came."""

import numpy as np
import pytest

from app.live.events import End, Final, Flushed, Lag, Partial
from app.live.hub import LiveHub
from app.live.packets import SoundFormat
from app.live.speakers import RunningSpeakers
from tests.live.acting import SILENCE, SPEECH, Counting, feed, opened, run


def test_a_pause_makes_a_final_and_the_end_of_the_stream_makes_the_last(hub: LiveHub) -> None:
    session = opened(hub)
    feed(session, SPEECH, SPEECH, SILENCE, SPEECH)
    session.finish()
    run(hub)
    events = session.take()
    finals = [event for event in events if isinstance(event, Final)]
    assert [final.text for final in finals] == ["0 1", "0"]
    assert finals[0].start == 0.0
    assert finals[1].end == pytest.approx(finals[1].start + 1, abs=0.1)
    assert events[-1] == End(4.0)


@pytest.mark.parametrize("more", [0, 100, 511], ids="{}_samples_more".format)
def test_a_flush_has_what_was_said_heard_at_once_and_the_stream_goes_on(hub: LiveHub, more: int) -> None:
    session = opened(hub)
    feed(session, SPEECH, SPEECH, SPEECH[:more])
    session.flush()
    feed(session, SPEECH)
    run(hub)
    events = session.take()
    first, flushed, partial = events[-3:]
    assert {type(event) for event in events[:-3]} <= {Partial}
    assert isinstance(first, Final)
    assert (first.text, first.heard) == ("0 1", pytest.approx(2 + more / 16_000))
    assert flushed == Flushed(first.heard)
    assert isinstance(partial, Partial)
    session.finish()
    run(hub)
    second, end = session.take()
    assert isinstance(second, Final)
    assert (second.text, second.start) == ("0", round(flushed.heard, 2))
    assert end == End(round(3 + more / 16_000, 2))


@pytest.mark.parametrize("more", [0, 100])
def test_a_flush_right_before_the_end_is_told_before_it(hub: LiveHub, more: int) -> None:
    session = opened(hub)
    feed(session, SPEECH, SILENCE, SPEECH[:more])
    session.flush()
    session.finish()
    run(hub)
    assert [type(event) for event in session.take()][-2:] == [Flushed, End]


def test_a_flush_of_silence_is_told_and_makes_no_text(hub: LiveHub) -> None:
    session = opened(hub)
    feed(session, SILENCE)
    session.flush()
    session.flush()
    run(hub)
    assert [type(event) for event in session.take()] == [Flushed, Flushed]


def test_a_flush_after_a_pause_takes_what_was_heard_in_it(hub: LiveHub, engine: Counting) -> None:
    session = opened(hub)
    feed(session, SPEECH, PAUSE)
    run(hub)
    session.flush()
    run(hub)
    assert [type(event) for event in session.take()] == [Partial, Final, Flushed]
    assert len(engine.batches) == 1


def test_a_partial_follows_only_new_sound(hub: LiveHub, engine: Counting) -> None:
    session = opened(hub)
    feed(session, SPEECH)
    run(hub)
    assert [type(event) for event in session.take()] == [Partial]
    assert len(engine.batches) == 1
    feed(session, SPEECH)
    run(hub)
    [second] = session.take()
    assert second == Partial(0.0, pytest.approx(2.0, abs=0.04), "0 1", "0")


PAUSE, BREATH = SILENCE[:5_120], SILENCE[:2_048]  # 0.32 s, after which the end is probable; 0.13 s


def test_a_probable_end_is_heard_before_the_silence_has_lasted_and_stands_then(
    hub: LiveHub, engine: Counting
) -> None:
    session = opened(hub)
    feed(session, SPEECH, PAUSE)
    run(hub)
    [[asked]] = engine.batches
    assert asked.final
    assert [type(event) for event in session.take()] == [Partial]
    feed(session, SILENCE)
    run(hub)
    [final] = session.take()
    assert isinstance(final, Final)
    assert final.text == "0"
    assert len(engine.batches) == 1


def test_who_goes_on_after_a_pause_is_heard_anew_as_a_whole(hub: LiveHub, engine: Counting) -> None:
    session = opened(hub)
    for part in (SPEECH, PAUSE, SPEECH, SILENCE):
        feed(session, part)
        run(hub)
    assert [event.text for event in session.take() if isinstance(event, Final)] == ["0 1 2"]
    assert [request.final for [request] in engine.batches] == [False, True, False, True]


def test_nothing_is_heard_anew_in_a_breath(hub: LiveHub, engine: Counting) -> None:
    session = opened(hub)
    feed(session, SPEECH, BREATH)
    run(hub)
    assert engine.batches == []


def test_a_stream_that_ends_in_a_pause_needs_no_second_hearing(hub: LiveHub, engine: Counting) -> None:
    session = opened(hub)
    feed(session, SPEECH, PAUSE)
    run(hub)
    session.finish()
    run(hub)
    assert [type(event) for event in session.take()] == [Partial, Final, End]
    assert len(engine.batches) == 1


def test_an_engine_that_hears_only_what_is_new_is_asked_for_no_final_that_may_go_on(
    hub: LiveHub, engine: Counting
) -> None:
    engine.incremental = True  # type: ignore[misc]
    session = opened(hub)
    feed(session, SPEECH, PAUSE)
    run(hub)
    assert [request.final for [request] in engine.batches] == [False]


def test_who_falls_behind_is_told_and_loses_nothing(hub: LiveHub) -> None:
    session = opened(hub)
    feed(session, *[SPEECH] * 20)
    run(hub, 1)
    assert any(isinstance(event, Lag) for event in session.take())
    session.finish()
    run(hub)
    [final] = [event for event in session.take() if isinstance(event, Final)]
    assert final.text.split()[-1] == "19"


def test_stereo_and_bytes_cut_anywhere_are_the_same_sound(hub: LiveHub) -> None:
    session = hub.open(SoundFormat(channels=2), "en", start=False)
    stereo = np.full((16_000, 2), 16_000, "<i2").tobytes()
    for i in range(0, len(stereo), 777):
        session.accept_chunk(stereo[i : i + 777])
    assert session.behind_s == 1.0
    hub.close(session)


def test_finals_say_who_speaks_where_that_is_asked_for_and_go_on_where_it_breaks(hub: LiveHub) -> None:
    def by_loudness(samples: np.ndarray) -> np.ndarray:
        if samples.max() > 0.8:
            raise RuntimeError("the net broke")
        return np.eye(2, dtype=np.float32)[int(samples.max() > 0.6)]

    session = opened(hub)
    session.speakers = RunningSpeakers(by_loudness)
    feed(session, SPEECH, SPEECH, SILENCE, 1.4 * SPEECH, 1.4 * SPEECH, SILENCE, SPEECH, SPEECH, SILENCE)
    feed(session, 2 * SPEECH, 2 * SPEECH, SILENCE, SPEECH)
    session.finish()
    run(hub)
    finals = [event for event in session.take() if isinstance(event, Final)]
    assert [final.speaker for final in finals] == ["Speaker 1", "Speaker 2", "Speaker 1", None, None]
    assert session.done.is_set()
    assert not session.failed
