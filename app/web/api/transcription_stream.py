"""`stream=true` of /v1/audio/transcriptions: what is heard is sent while the rest is still being heard."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from queue import Empty, SimpleQueue

from flask import stream_with_context

from app.documents.joining import joined
from app.documents.transcript import Segment, Transcript
from app.documents.well_formed import MAX_S, well_formed_segments
from app.engines.base import Checkpoint, Heard
from app.errors import AppError, JobCancelled, Overloaded
from app.progress import Progress
from app.web.api import transcription_answers
from app.web.core.errors import bug, describe
from app.web.core.sync_calls import RESTARTING, RETRY_AFTER_S, LongAnswer

HEARTBEAT_S = 15.0  # proxies close what is silent for longer

Work = Callable[[Checkpoint, Progress], Transcript]
News = SimpleQueue[tuple[Segment, ...] | Transcript | BaseException]


class Listener:
    """What a transcriber keeps of a recording goes to who waits for it, and nowhere else."""

    def __init__(self, news: News) -> None:
        self._news = news

    def resume(self, by: str) -> Heard:
        return Heard()

    def add(self, part: Heard) -> None:
        self._news.put(part.segments)


def streamed(work: Work, progress: Progress, held: ExitStack, diarized: bool) -> LongAnswer:
    """Answer by events while `work` hears.

    Args:
        held: what the work needs; let go before the last events, or when nobody reads any more.
        diarized: at the end each segment is sent with its speaker.
    """
    answer = LongAnswer(
        stream_with_context(_events(work, progress, held, diarized)), mimetype="text/event-stream"
    )
    answer.call_on_close(held.close)
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would hold the events back
    return answer


def _events(work: Work, progress: Progress, held: ExitStack, diarized: bool) -> Iterator[str]:
    news, left = News(), threading.Event()

    def while_read(done: float) -> None:
        if left.is_set():
            raise JobCancelled
        progress(done)

    def hear() -> None:
        try:
            news.put(work(Listener(news), while_read))
        except BaseException as error:  # noqa: BLE001  it is told by the thread that answers
            news.put(error)

    hearing = threading.Thread(target=hear, name="konspekt-transcription", daemon=True)
    hearing.start()
    text = ""
    try:
        while True:
            try:
                told = news.get(timeout=HEARTBEAT_S)
            except Empty:
                yield ": still here\n\n"
                continue
            if isinstance(told, BaseException | Transcript):
                held.close()  # nothing is left of a call whose end was read
            if isinstance(told, BaseException):
                yield _failure(told)
                return
            if isinstance(told, Transcript):
                yield from transcription_answers.last_events(told, text, diarized)
                return
            before, text = text, _grown(text, told)
            if text != before:
                yield transcription_answers.delta(text[len(before) :])
    finally:
        left.set()
        hearing.join()


def _grown(text: str, segments: tuple[Segment, ...]) -> str:
    new = sorted(well_formed_segments(segments, MAX_S), key=lambda segment: segment.start)
    return joined((text, *(segment.text.strip() for segment in new)))


def _failure(error: BaseException) -> str:
    if isinstance(error, JobCancelled):
        error = Overloaded(RESTARTING, RETRY_AFTER_S)
    return transcription_answers.failure(describe(error) if isinstance(error, AppError) else bug(error))
