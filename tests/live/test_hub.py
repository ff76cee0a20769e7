from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from app.documents.transcript import Word
from app.engines.base import Hypothesis, LiveRequest
from app.errors import Overloaded
from app.live.events import End, Error, Final, Lag, Partial
from app.live.hub import LiveHub
from app.live.packets import SoundFormat
from app.live.session import LiveSession

SPEECH, SILENCE = np.full(16_000, 0.5, np.float32), np.zeros(16_000, np.float32)


class Loudness:
    """A voice detector that takes what is loud for speech."""

    def follow(self, pieces: Sequence[tuple[np.ndarray, object]]) -> list[tuple[np.ndarray, object]]:
        return [(np.abs(samples).reshape(-1, 512).mean(axis=1), None) for samples, _ in pieces]


class Counting:
    """An engine whose words say how many seconds of the utterance it heard, and which breaks on demand."""

    name, batch = "counting", 2

    def __init__(self) -> None:
        self.batches: list[list[LiveRequest]] = []
        self.broken: set[str] = set()
        self.forgotten: list[str] = []

    def voice_detector(self, progress: object) -> Loudness:
        return Loudness()

    def live_transcriber(self, language: str) -> "Counting":
        return self

    def hear(self, requests: Sequence[LiveRequest]) -> list[Hypothesis | Exception]:
        self.batches.append(list(requests))
        if any(request.stream in self.broken for request in requests):
            raise RuntimeError("the model broke")
        texts = [[str(i) for i in range(round(len(r.samples) / 16_000))] for r in requests]
        return [
            Hypothesis(" ".join(text), tuple(Word(0.0, 1.0, word) for word in text), "en") for text in texts
        ]

    def forget(self, stream: str) -> None:
        self.forgotten.append(stream)

    def close(self) -> None: ...


@pytest.fixture
def engine() -> Counting:
    return Counting()


@pytest.fixture
def hub(engine: Counting) -> LiveHub:
    ticks: Iterator[float] = iter(range(0, 10**9, 10))  # every look at the clock is 10 s later: nothing waits
    return LiveHub(engine, 3, clock=lambda: float(next(ticks)))


def opened(hub: LiveHub) -> LiveSession:
    return hub.open(SoundFormat(format="f32le"), "en", start=False)


def feed(session: LiveSession, *seconds: np.ndarray) -> None:
    for second in seconds:
        session.accept_chunk(second.astype("<f4").tobytes())


def run(hub: LiveHub, turns: int = 40) -> None:
    for _ in range(turns):
        hub.run_once()


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


def test_who_falls_behind_is_told_and_loses_nothing(hub: LiveHub) -> None:
    session = opened(hub)
    feed(session, *[SPEECH] * 20)
    run(hub, 1)
    assert any(isinstance(event, Lag) for event in session.take())
    session.finish()
    run(hub)
    [final] = [event for event in session.take() if isinstance(event, Final)]
    assert final.text.split()[-1] == "19"


def test_the_last_place_is_given_once_and_comes_back(hub: LiveHub, engine: Counting) -> None:
    sessions = [opened(hub) for _ in range(3)]
    with pytest.raises(Overloaded) as refused:
        opened(hub)
    assert refused.value.retry_after_s > 0
    for _ in range(2):
        hub.close(sessions[0])  # a second time it gives nothing back
    opened(hub)
    with pytest.raises(Overloaded):
        opened(hub)
    run(hub, 1)
    assert engine.forgotten == [sessions[0].name]


def test_who_finds_no_place_is_told_how_often_one_becomes_free(engine: Counting) -> None:
    now = 0.0
    hub = LiveHub(engine, 2, clock=lambda: now)
    first = opened(hub)
    opened(hub)
    with pytest.raises(Overloaded) as unknown:
        opened(hub)
    assert unknown.value.retry_after_s == 30
    now = 600.0
    hub.close(first)
    opened(hub)
    with pytest.raises(Overloaded) as known:
        opened(hub)
    assert known.value.retry_after_s == 300  # ten minutes each, two places
    now = 1e6
    for session in list(hub._sessions):
        hub.close(session)
        opened(hub)
    with pytest.raises(Overloaded) as long:
        opened(hub)
    assert long.value.retry_after_s == 600


def test_stereo_and_bytes_cut_anywhere_are_the_same_sound(hub: LiveHub) -> None:
    session = hub.open(SoundFormat(channels=2), "en", start=False)
    stereo = np.full((16_000, 2), 16_000, "<i2").tobytes()
    for i in range(0, len(stereo), 777):
        session.accept_chunk(stereo[i : i + 777])
    assert session.received_s == 1.0
    hub.close(session)
