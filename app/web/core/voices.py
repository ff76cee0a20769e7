"""Remembered voices: one is taken from a recording where a person asks for it. For pages and API."""

from collections.abc import Collection
from datetime import UTC, datetime

from app.engines.diarization import KnownVoice
from app.engines.weights.diarization import DIARIZATION
from app.errors import N_, EngineUnavailable, NotAllowed
from app.jobs.job import Job
from app.jobs.voices import OFF, Voices
from app.pipeline.voiceprints import voice_called
from app.web.core.context import konspekt
from app.web.core.speakers import named

NO_WEIGHTS = N_("The weights for it are not here. Get them: %(command)s")


def voices() -> Voices:
    return konspekt().jobs.parts.voices


def remember(job: Job, name: str, called: Collection[str]) -> None:
    """Keep the voice of whoever is called so in a job's lines, for the other recordings of its owner.

    called: what stands in his lines by now.

    Raises:
        NotAllowed: voices are not remembered here; EngineUnavailable: nothing here computes them;
        BadInput: it is no name, or he speaks alone for too short a time; NotFound: the sound is gone.
    """
    name, parts = named(name), konspekt()
    if not voices().on:
        raise NotAllowed(OFF)
    if not DIARIZATION.present(parts.config.models_dir):
        raise EngineUnavailable(NO_WEIGHTS, command=DIARIZATION.command)
    diarizer = parts.engines.diarizer(lambda _: None)
    recording = parts.jobs.results.corrected(job).recording
    vector = voice_called(recording, {name, *called}, diarizer, name)
    voices().remember(job.owner, KnownVoice(name, vector, diarizer.voice_model), datetime.now(UTC))
