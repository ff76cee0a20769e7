"""The parts of the program in one record, `konspekt()`, which `create_app` makes and every view asks."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from app.config import Config
from app.engines.choosing.model_fetches import ModelFetches
from app.engines.registry import LocalEngines
from app.integrations.live_servers import LiveServers
from app.integrations.wiring import Integrations
from app.jobs.service import JobService
from app.live.hub import LiveHub
from app.live.saved_streams import SavedStreams
from app.live.waiting_line import WaitingLine
from app.web.core.partial_uploads import PartialUploads
from app.web.core.places import Places, Turns
from app.web.core.rate_limits import RateLimits
from app.web.core.reading.answer import Answer
from app.web.core.reading.process import ReadingProcess
from app.web.core.reading.single_flight import SingleFlight
from app.web.core.sign_in_limits import SignInLimits


@dataclass(frozen=True, slots=True)
class Konspekt:
    """The parts that `create_app` puts together.

    live_line, file_line: who waits for a place on the live socket, by its mode.
    sync_slots: the places of calls whose caller waits; event_places: of the pages' open event streams;
    upload_places: of what visitors are sending; partial_uploads: what comes in pieces;
    turns: of views that take long for a long recording; reading: the process that answers them for the
    longest ones; same_answers: who waits there for the same;
    model_fetches: what /models has fetched; rate_limits: how often the API may be asked; visit_limits:
    how often visitors may have work done; sign_in_limits: how often one may try to sign in.
    live_servers: other web processes, None where this one is alone.
    services: what other rooms start with the program's own threads.
    started: set when the program's own threads run.
    stopping: set when the server is told to stop; open streams look at it and end.
    """

    config: Config
    engines: LocalEngines
    jobs: JobService
    integrations: Integrations
    live: LiveHub
    saved_streams: SavedStreams
    live_line: WaitingLine
    file_line: WaitingLine
    sync_slots: threading.BoundedSemaphore
    event_places: Places
    upload_places: Places
    partial_uploads: PartialUploads
    turns: Turns
    model_fetches: ModelFetches
    reading: ReadingProcess
    rate_limits: RateLimits
    visit_limits: RateLimits
    sign_in_limits: SignInLimits
    live_servers: LiveServers | None = None
    same_answers: SingleFlight[Answer] = field(default_factory=SingleFlight)
    services: list[Callable[[], None]] = field(default_factory=list)
    started: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)


def konspekt(app: Flask | None = None) -> Konspekt:
    """Return the parts of `app`, or of the app that answers the present request."""
    return cast(Konspekt, (app or current_app).extensions["konspekt"])
