"""Exports: what is done goes to every place that the settings name, at least once, with a history."""

import smtplib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import requests
from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from app.config import Config
from app.documents.downloads import DOWNLOADS
from app.errors import AppError, BadInput
from app.integrations.deliveries import AT_ONCE, Deliveries, Try, new_delivery
from app.integrations.exports.destination import (
    BucketDestination,
    Destination,
    FolderDestination,
    Parcel,
    folder_name,
)
from app.integrations.exports.mail import MailDestination
from app.integrations.exports.webdav import WebDavDestination
from app.integrations.tables import DeliveryRow
from app.jobs.job import Job, JobStatus
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.storage.s3 import S3Bucket

BACK_TO = timedelta(days=1)  # older ones are not sent when a place is named for the first time

Render = Callable[[Job, Sequence[str]], Mapping[str, bytes]]


class Exports:
    """A thread for each place calls `run_once`: what one place takes long for holds up no other.

    Args:
        bucket: makes the bucket of the settings behind a prefix.
        render: writes the documents of a job that there are, of those that are asked for.
    """

    def __init__(
        self, config: Config, store: JobStore, bucket: Callable[[str], S3Bucket], render: Render
    ) -> None:
        self._config, self._store, self._render = config, store, render
        self._places = {place.kind: place for place in destinations(config, bucket)}
        self._deliveries = {
            kind: Deliveries(config, store, (kind,), config.export_timeout_s) for kind in self._places
        }

    def check(self) -> None:
        """Raise BadInput for settings that name what there is not."""
        for name in self._config.export_documents:
            if name not in DOWNLOADS:
                raise BadInput(
                    "KONSPEKT_EXPORT_DOCUMENTS: there is no document %(name)s. There are: %(names)s.",
                    name=name, names=", ".join(DOWNLOADS),
                )  # fmt: skip

    def run_once(self, now: datetime, kind: str) -> int:
        """Note what is to go out to a place, then bring what is due; return how many parcels arrived."""
        self._note(self._places[kind], now)
        return self._deliveries[kind].try_due(now, self._try)

    def _note(self, place: Destination, now: datetime) -> None:
        """Note recordings that are done; one that was done anew goes out again, to the same folder."""
        same = and_(DeliveryRow.job_id == JobRow.id, DeliveryRow.kind == place.kind)
        noted = select(DeliveryRow.id).where(same, DeliveryRow.ended_at == JobRow.finished_at)
        done = and_(JobRow.status == JobStatus.DONE, ~JobRow.deleting, JobRow.finished_at > now - BACK_TO)
        new = select(JobRow.id, JobRow.finished_at).where(done, ~noted.exists()).limit(AT_ONCE)
        with self._store.begin() as session:
            found = session.execute(new).all()
        for job_id, ended_at in found:
            assert ended_at is not None
            body = {"documents": [*self._config.export_documents]}
            row = new_delivery(job_id, place.kind, place.address, body, ended_at, now)
            with suppress(IntegrityError), self._store.begin() as session:  # another process has noted it
                session.add(row)

    def _try(self, row: DeliveryRow) -> Try:
        with self._store.begin() as session:
            found = session.get(JobRow, row.job_id)
            job = self._store.job(found) if found and not found.deleting else None
        if job is None or job.status is not JobStatus.DONE:
            return Try(taken=False, told={"error": "the recording is gone, or is worked on anew"}, over=True)
        try:
            documents = self._render(job, row.body["documents"])
            if documents:  # else there was no speech, or no text was wanted
                self._places[row.kind].put(Parcel(row.id, job.name, folder_name(job), documents))
        except (AppError, OSError, smtplib.SMTPException, requests.RequestException) as error:
            return Try(taken=False, told={"error": reason_of(error)})
        return Try(taken=True, told={"documents": [*documents]})


def destinations(config: Config, bucket: Callable[[str], S3Bucket]) -> list[Destination]:
    """Return the places that the settings name."""
    places: list[Destination] = []
    if config.export_dir:
        places.append(FolderDestination(config.export_dir))
    if (prefix := config.export_s3_prefix) is not None:
        places.append(BucketDestination(lambda: bucket(prefix), config.incoming_dir))
    if config.export_webdav_url:
        places.append(WebDavDestination(config))
    if config.export_mail_to:
        places.append(MailDestination(config))
    return places


def reason_of(error: Exception) -> str:
    """Say what went wrong in words that the owner of a recording may read: no path and no address."""
    if isinstance(error, AppError):
        return str(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server has answered with status {error.smtp_code}"
    if isinstance(error, OSError) and not isinstance(error, requests.RequestException) and error.strerror:
        return error.strerror
    return type(error).__name__
