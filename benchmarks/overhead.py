"""What a 10-minute video costs beside its models: queue, database, extraction, artifacts, documents.

The real job goes through the real service: checked, queued, worked on, its minutes written for Word. The time
inside the models is measured and taken away, the time that they spend in our progress is not. The transcript
is read out by a transcriber that knows it beforehand; voice detection and minutes are the real ones.
"""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from app.audio.limits import Limits
from app.audio.probe import probe
from app.audio.waveform import Sound, Span
from app.config import Config
from app.documents.document import Document
from app.documents.downloads import DOWNLOADS
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import SummarizeOptions, TranscribeOptions
from app.engines.registry import LocalEngines
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.progress import Progress
from benchmarks import rounds
from benchmarks.extraction import make_video
from benchmarks.figure import Figure
from tests.making import TONE, make_media

T = TypeVar("T")
TAKES_MIN = 4
ROUNDS = rounds.of(1, 3)
SAID = (
    "We looked at the budget of the second quarter and found that travel costs too much.",
    "Anna will prepare a new plan for the office until Friday.",
    "We decided to open the second shop in September.",
    "The customer asked whether delivery can be earlier, and we do not know yet.",
)


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
        config = Config(disk_reserve_bytes=0, **folders)
        engines = Timed(LocalEngines(config))
        store = JobStore(config)
        service = JobService(config, store, engines)
        service.start()
        video = make_video(folder)
        _minutes_of(service, make_media(folder / "warm.wav", *TONE))  # loads the models
        taken = []
        for _ in range(ROUNDS):
            engines.models_s = 0.0
            started = time.perf_counter()
            _minutes_of(service, video)
            taken.append((time.perf_counter() - started - engines.models_s, engines.models_s))
        service.stop()
        engines.close()
        store.close()
    overhead_s, models_s = min(taken)
    yield Figure("10 min of video, models without transcriber", models_s, " s")
    yield Figure("10 min of video, everything but the models", overhead_s, " s", at_most=3)


def _minutes_of(service: JobService, source: Path) -> None:
    """Do what an upload and a download do."""
    upload = service.incoming()
    upload.hardlink_to(source)  # receiving it is the network's time
    media = probe(upload, limits=Limits(disk_reserve_bytes=0))
    job = service.submit("visitor", source.name, upload, duration_s=media.duration_s)
    while not (job := service.get("visitor", job.id)).status.ended:
        service.changes.wait("visitor", service.changes.version("visitor"), 0.05)
    recording = service.results.recording(job)
    assert recording.transcript is not None, job.error
    document = Document.of(job.name, datetime.now().astimezone(), recording.transcript, recording.minutes)
    assert DOWNLOADS["minutes.docx"].render(document, "en")


class Timed:
    """Engines that keep account of the time inside the models."""

    def __init__(self, engines: LocalEngines) -> None:
        self._engines = engines
        self.device = engines.device
        self.models_s = 0.0

    def voice_detector(self, progress: Progress) -> "Clocked":
        return Clocked(self, self._engines.voice_detector(progress))

    def transcriber(self, language: str, progress: Progress, model: str = "auto") -> "Clocked":
        return Clocked(self, Knowing())

    def summarizer(self, language: str | None, progress: Progress) -> "Clocked":
        return Clocked(self, self._engines.summarizer(language, progress))

    def close(self) -> None:
        self._engines.close()

    def clocked(self, work: Callable[[Progress], T], progress: Progress) -> T:
        """Do it; the time in `progress` is not the model's."""
        ours_s = 0.0

        def counted(done: float) -> None:
            nonlocal ours_s
            began = time.perf_counter()
            progress(done)
            ours_s += time.perf_counter() - began

        started = time.perf_counter()
        result = work(counted)
        self.models_s += time.perf_counter() - started - ours_s
        return result


class Clocked:
    """A model under the clock."""

    def __init__(self, clock: Timed, model: Any) -> None:
        self._clock = clock
        self._model = model
        self.name = model.name

    def detect(self, sound: Sound, progress: Progress) -> Iterator[Span]:
        return iter(self._clock.clocked(lambda p: [*self._model.detect(sound, p)], progress))

    def transcribe(
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        return self._clock.clocked(lambda p: self._model.transcribe(speech, spans, options, p), progress)

    def summarize(self, transcript: Transcript, options: SummarizeOptions, progress: Progress) -> Any:
        return self._clock.clocked(lambda p: self._model.summarize(transcript, options, p), progress)


class Knowing:
    """Reads out a transcript of 4-second segments, reading all of the sound and reporting as a model does."""

    name = "knows it beforehand"

    def transcribe(
        self, speech: Sound, spans: Iterable[Span], options: TranscribeOptions, progress: Progress
    ) -> Transcript:
        segments = []
        for number in range(int(speech.duration_s // 4)):
            start = 4.0 * number
            speech.cut(start, start + 4)
            progress(start / speech.duration_s)
            text = SAID[number % len(SAID)]
            said = text.split()
            step = 4 / len(said)
            words = tuple(Word(start + i * step, start + (i + 1) * step, w, 0.9) for i, w in enumerate(said))
            segments.append(Segment(start, start + 4, text, words=words))
        return Transcript(tuple(segments), "en", self.name, speech.duration_s)
