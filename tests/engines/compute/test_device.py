import threading

import pytest

from app.engines.compute.device import Device, Priority
from app.engines.compute.pacing import LATELY_S
from app.errors import JobCancelled


def test_work_runs_on_the_devices_own_thread_and_its_result_comes_back() -> None:
    with Device("cpu") as device:
        assert device.turn(Priority.BATCH, lambda: threading.current_thread().name) == "konspekt-device-cpu"


def test_live_speech_overtakes_files_that_wait() -> None:
    done: list[str] = []
    with Device() as device:
        gate, busy = threading.Event(), threading.Event()

        def hold() -> None:
            busy.set()
            gate.wait()

        asks = [
            (Priority.BATCH, hold),
            (Priority.BATCH, lambda: done.append("batch")),
            (Priority.LIVE_PARTIAL, lambda: done.append("partial")),
            (Priority.LIVE_FINAL, lambda: done.append("final")),
        ]
        threads = []
        for number, (priority, work) in enumerate(asks):
            thread = threading.Thread(target=device.turn, args=(priority, work))
            thread.start()
            threads.append(thread)
            if number == 0:
                busy.wait()
        while len(device._waiting) < 3:
            pass
        gate.set()
        for thread in threads:
            thread.join()
    assert done == ["final", "partial", "batch"]


def test_a_stream_that_asks_again_at_once_goes_before_a_file_that_has_waited_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.engines.compute.pacing.GRACE_S", 0.5)  # a busy machine may be late with a thread
    done: list[str] = []
    begun = threading.Event()

    def speak() -> None:
        for _ in range(5):
            device.turn(Priority.LIVE_FINAL, lambda: (begun.set(), done.append("live")))

    with Device() as device:
        stream = threading.Thread(target=speak)
        stream.start()
        begun.wait()
        device.turn(Priority.INTERACTIVE, lambda: done.append("file"))
        stream.join()
    assert done == [*["live"] * 5, "file"]


def test_a_device_that_stops_does_what_it_was_asked_for_without_keeping_it_back() -> None:
    done: list[str] = []
    device = Device()
    device.start()
    device.turn(Priority.LIVE_FINAL, lambda: None)
    file = threading.Thread(target=device.turn, args=(Priority.BATCH, lambda: done.append("file")))
    file.start()
    while not (device._waiting or done):
        pass
    device.stop()
    file.join()
    assert done == ["file"]


def test_a_cancelled_job_and_a_broken_model_reach_the_caller_and_the_device_goes_on() -> None:
    def cancelled() -> None:
        raise JobCancelled

    with Device() as device:
        with pytest.raises(JobCancelled):
            device.turn(Priority.BATCH, cancelled)
        with pytest.raises(ZeroDivisionError):
            device.turn(Priority.BATCH, lambda: 1 / 0)
        assert device.turn(Priority.BATCH, lambda: 5) == 5


def test_a_turn_within_a_turn_does_not_wait_for_itself() -> None:
    with Device() as device:
        assert device.turn(Priority.BATCH, lambda: device.turn(Priority.BATCH, lambda: 7)) == 7


def test_a_device_that_is_not_started_says_so() -> None:
    with pytest.raises(RuntimeError, match="not started"):
        Device().turn(Priority.BATCH, lambda: None)


def test_a_cancelled_job_does_not_wait_for_a_model_that_loads_and_the_model_is_not_lost() -> None:
    go_on, loaded = threading.Event(), threading.Event()

    def load() -> None:
        go_on.wait(10)
        loaded.set()

    def cancelled() -> None:
        raise JobCancelled

    with Device() as device:
        with pytest.raises(JobCancelled):
            device.turn(Priority.BATCH, load, cancelled)
        assert not loaded.is_set()
        go_on.set()
        device.turn(Priority.BATCH, lambda: None)
        assert loaded.is_set()


def test_turns_should_be_short_for_a_while_after_more_urgent_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("app.engines.compute.device.time.monotonic", lambda: now)
    with Device() as device:
        assert not device.is_wanted(Priority.BATCH)
        device.turn(Priority.BATCH, lambda: None)
        assert not device.is_wanted(Priority.BATCH)
        device.turn(Priority.LIVE_PARTIAL, lambda: None)
        assert device.is_wanted(Priority.BATCH)
        assert not device.is_wanted(Priority.LIVE_FINAL)
        now += LATELY_S
        assert not device.is_wanted(Priority.BATCH)


def test_a_device_without_work_gives_freed_memory_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back = threading.Semaphore(0)
    monkeypatch.setattr("app.engines.compute.device.IDLE_S", 0.01)
    monkeypatch.setattr("app.engines.compute.device.give_back", given_back.release)
    with Device() as device:
        assert given_back.acquire(timeout=60)
        assert not given_back.acquire(timeout=0.1)
        device.turn(Priority.BATCH, lambda: None)
        assert given_back.acquire(timeout=60)
