"""Saved live streams of several web processes: who writes one, and that none loses a word to another."""

import io
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from sqlalchemy import func, select, update

from app.audio.limits import Limits
from app.errors import N_, Overloaded, StorageUnavailable
from app.integrations import shared_streams
from app.integrations.shared_streams import SharedStreams
from app.integrations.stored_files import StoredFiles
from app.integrations.stream_pieces import StreamPieces
from app.integrations.tables import LiveStreamRow, StoredFileRow
from app.jobs.retention import UNCLAIMED
from app.jobs.store import JobStore
from app.live.events import End, Event
from app.live.saved_stream import SavedStream
from app.live.saved_streams import SavedStreams
from app.live.stream_recorder import StreamRecorder
from app.storage.files import Stored, file_sha256, missing
from tests.live.acting import said

SECOND = np.full(16_000, 0.1, np.float32)
Process = Callable[..., SavedStreams]


class Bucket:
    """A bucket in memory, which can be away."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.away = False

    def put(self, key: str, source: Path) -> Stored:
        if self.away:
            raise StorageUnavailable(N_("The storage does not answer."))
        self.objects[key] = source.read_bytes()
        return Stored(key, len(self.objects[key]), file_sha256(source))

    def open(self, key: str) -> BinaryIO:
        if key not in self.objects:
            raise missing(key)
        return io.BytesIO(self.objects[key])


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture(params=["bucket", "folder"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def process(store: JobStore, bucket: Bucket, kind: str, tmp_path: Path) -> Process:
    """Make what one web process has: on a machine of its own, or in the folder of all."""

    def make(name: str) -> SavedStreams:
        pieces = StreamPieces(StoredFiles(store), lambda: bucket) if kind == "bucket" else None  # type: ignore[arg-type,return-value]
        folder = tmp_path / (name if kind == "bucket" else "shared")
        return SavedStreams(folder, Limits(disk_reserve_bytes=0), SharedStreams(store, pieces))

    return make


def speak(streams: SavedStreams, recording: str | None = None, from_s: float = 0.0) -> StreamRecorder:
    return streams.record("anna", recording, from_s, lambda: None)


def say(recorder: StreamRecorder, text: str, start: float, end: float, *more: Event) -> None:
    for _ in range(round(end - start)):
        recorder.add(SECOND)
    assert recorder.save([said(text, start, end), *more], "an engine") == []


def texts(saved: SavedStream | None) -> list[str]:
    assert saved is not None
    return [segment.text for segment in saved.transcript().segments]


def sound(saved: SavedStream | None) -> bytes:
    assert saved is not None
    return saved.sound.read_bytes()[44:]


def test_a_stream_goes_on_at_another_process_after_its_own_was_killed(process: Process) -> None:
    first, second, third = process("one"), process("two"), process("three")
    killed = speak(first)
    say(killed, "one", 0, 2)
    say(killed, "two, of which the client never heard", 2, 4)
    assert texts(third.find("anna", killed.recording)) == ["one", "two, of which the client never heard"]
    again = speak(second, killed.recording, 2.0)
    assert again.recording == killed.recording
    say(again, "two", 2, 5, End(5.0))
    second.close(again)
    for streams in (third, second, process("one")):  # the last was started again
        [saved] = streams.of("anna")
        assert texts(saved) == ["one", "two"]
        assert saved.ended
        assert saved.duration_s() == pytest.approx(5.0)
        whole = streams.find("anna", killed.recording, whole=True)
        assert sound(whole) == (SECOND * 32768).astype("<i2").tobytes() * 5
    first.close(killed)  # so that its files are


def test_a_stream_that_is_given_to_an_account_is_its_at_every_process(process: Process) -> None:
    first, second = process("one"), process("two")
    spoken = speak(first)
    say(spoken, "one", 0, 2)
    second.move("anna", "account:a")
    say(spoken, "two", 2, 3, End(3.0))
    first.close(spoken)
    for streams in (first, second, process("three")):
        assert streams.of("anna") == []
        assert [texts(saved) for saved in streams.of("account:a")] == [["one", "two"]]


def test_who_does_not_know_yet_that_another_writes_it_spoils_nothing_and_ends(process: Process) -> None:
    first, second = process("one"), process("two")
    ended: list[str] = []
    old = first.record("anna", None, 0.0, lambda: ended.append("old"))
    say(old, "one", 0, 2)
    new = speak(second, old.recording, 2.0)
    say(new, "two", 2, 4)
    old.add(SECOND * 0.5)
    old.save([said("of a connection that is gone", 2, 3)], "an engine")
    assert ended == ["old"]
    say(new, "three", 4, 5)
    first.close(old)
    second.close(new)
    for streams in (first, second):
        saved = streams.find("anna", old.recording, whole=True)
        assert texts(saved) == ["one", "two", "three"]
        assert sound(saved) == (SECOND * 32768).astype("<i2").tobytes() * 5


def test_what_is_spoken_into_is_no_finished_stream_elsewhere(process: Process, store: JobStore) -> None:
    first, second = process("one"), process("two")
    recorder = speak(first)
    say(recorder, "one", 0, 1)
    assert second.is_open(recorder.recording)
    assert second.of("anna") == []
    assert texts(second.of("anna", also_open=True)[0]) == ["one"]
    assert second.of("boris", also_open=True) == []
    assert second.find("boris", recorder.recording) is None
    with store.begin() as session:  # its process was killed a while ago
        session.execute(update(LiveStreamRow).values(seen_at=datetime.now(UTC) - timedelta(minutes=1)))
    assert texts(second.of("anna")[0]) == ["one"]
    first.close(recorder)


def test_minutes_are_made_by_one_of_two_who_want_them_at_once(process: Process, store: JobStore) -> None:
    first, second = process("one"), process("two")
    recorder = speak(first)
    say(recorder, "one", 0, 2, End(2.0))
    first.close(recorder)
    got: list[object] = []
    begun, done = threading.Event(), threading.Event()

    def also() -> None:
        begun.wait(20)
        with first.taken("anna", recorder.recording) as saved:
            got.append(saved)
        done.set()

    other = threading.Thread(target=also)
    other.start()
    with second.taken("anna", recorder.recording) as saved:
        assert saved is not None
        assert (texts(saved), saved.duration_s()) == (["one"], 2.0)
        begun.set()
        assert not done.wait(0.3), "it waits"
    other.join(20)
    assert got == [None]
    for streams in (first, second):
        assert streams.find("anna", recorder.recording) is None
        assert streams.of("anna") == []
    with store.begin() as session:
        assert session.scalar(select(func.count()).where(StoredFileRow.state == "there")) == 0


def test_minutes_that_were_refused_can_be_made_at_another_process(process: Process, store: JobStore) -> None:
    first, second = process("one"), process("two")
    recorder = speak(first)
    say(recorder, "one", 0, 2)
    first.close(recorder)
    with suppress(Overloaded), second.taken("anna", recorder.recording):
        with store.begin() as session:
            StoredFiles(store).forget(session, recorder.recording)  # of the job that was not accepted
        raise Overloaded("the queue is full", 1)
    with first.taken("anna", recorder.recording) as saved:
        assert texts(saved) == ["one"]


def test_a_line_is_corrected_at_any_process(process: Process) -> None:
    first, second = process("one"), process("two")
    recorder = speak(first)
    say(recorder, "won", 0, 2)
    for streams, text in ((second, "once"), (first, "one")):
        saved = streams.find("anna", recorder.recording)
        assert saved is not None
        streams.correct(saved, 0.0, text)
    for streams in (first, second):
        assert texts(streams.find("anna", recorder.recording)) == ["one"]
    first.close(recorder)


def test_a_deleted_stream_ends_where_it_is_spoken_into(process: Process) -> None:
    first, second = process("one"), process("two")
    ended: list[str] = []
    recorder = first.record("anna", None, 0.0, lambda: ended.append("deleted"))
    say(recorder, "one", 0, 1)
    saved = second.find("anna", recorder.recording)
    assert saved is not None
    second.remove(saved)
    recorder.save([said("two", 1, 2)], "an engine")
    first.close(recorder)
    assert ended == ["deleted"]
    assert first.of("anna", also_open=True) == second.of("anna", also_open=True) == []


@pytest.mark.parametrize("kind", ["bucket"], indirect=True)
def test_while_the_bucket_is_away_a_stream_is_kept_here_and_put_there_later(
    process: Process, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_streams, "monotonic", lambda: 0.0)  # that it is away is said at once
    first, second = process("one"), process("two")
    recorder = speak(first)
    bucket.away = True
    say(recorder, "one", 0, 2)
    assert texts(first.find("anna", recorder.recording)) == ["one"]
    assert second.find("anna", recorder.recording, whole=True) is not None
    bucket.away = False
    say(recorder, "two", 2, 3)
    assert texts(second.find("anna", recorder.recording)) == ["one", "two"]
    assert sound(second.find("anna", recorder.recording, whole=True)) == sound(
        first.find("anna", recorder.recording)
    )
    first.close(recorder)


@pytest.mark.parametrize("kind", ["bucket"], indirect=True)
def test_a_bucket_that_does_not_answer_is_not_waited_for_at_each_final(
    process: Process, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, tries = [0.0], []

    def hang(key: str, source: Path) -> Stored:
        now[0] += 5
        tries.append(key)
        raise StorageUnavailable(N_("The storage does not answer."))

    monkeypatch.setattr(shared_streams, "monotonic", lambda: now[0])
    first, second = process("one"), process("two")
    recorder = speak(first)
    with monkeypatch.context() as away:
        away.setattr(bucket, "put", hang)
        for second_s in range(4):
            say(recorder, f"{second_s}", second_s, second_s + 1)
        assert len(tries) == 1
    now[0] += 60
    say(recorder, "back", 4, 5)
    assert texts(second.find("anna", recorder.recording)) == ["0", "1", "2", "3", "back"]
    first.close(recorder)


@pytest.mark.parametrize("kind", ["bucket"], indirect=True)
def test_what_nobody_made_minutes_of_is_deleted_six_hours_after_its_last_sound(
    process: Process, store: JobStore
) -> None:
    recorder = speak(first := process("one"))
    say(recorder, "one", 0, 2)
    first.close(recorder)
    files, now = StoredFiles(store), datetime.now(UTC)
    shared = SharedStreams(store, StreamPieces(files, lambda: None))  # type: ignore[arg-type,return-value]
    assert files.due(now + UNCLAIMED + timedelta(minutes=5)) == [], "its row is there"
    assert shared.expire(now + UNCLAIMED - timedelta(minutes=5)) == 0
    assert shared.expire(now + UNCLAIMED + timedelta(minutes=5)) == 1
    assert len(files.due(now + timedelta(minutes=5))) == 3, "the head of the sound, the sound, the text"
