"""The Document that every renderer takes, and the facts and remarks that all formats show."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from app.documents.diarization import Diarization
from app.documents.forms import FORMS, Form, shown
from app.documents.labels import LABELS, labels
from app.documents.minutes import Minutes
from app.documents.protocol_fields import UNSAID, ProtocolFields
from app.documents.sanitize import bare_name, is_speech, one_line, title_of
from app.documents.speakers import speaker_name, speaking_time_s, with_names
from app.documents.transcript import Transcript
from app.documents.typography import format_date, format_duration, language_name

DOUBTFUL_MARK = "[?]"


@dataclass(frozen=True, slots=True)
class Document:
    """A transcribed recording and what its minutes say, as they go to the user.

    Args:
        title: of the meeting, "" where the file name says nothing.
        file_name: the user's own name of the recording, without any folder.
        processed_at: timezone-aware, in the zone whose date the document shows.
        recorded_at: when the recording itself says it.
        diarization: who speaks when, where the voices were told apart.
        names: what people called them, by their ids.
        engines: stage -> engine that did it, for people.
        notes: further remarks, already in the reader's language.
        form: which parts it has, and what they are called.
        protocol_fields: what a person has said for the business form.
    """

    title: str
    file_name: str
    processed_at: datetime
    transcript: Transcript
    minutes: Minutes | None = None
    diarization: Diarization | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    recorded_at: datetime | None = None
    engines: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    form: Form = FORMS["minutes"]
    protocol_fields: ProtocolFields = UNSAID

    def __post_init__(self) -> None:
        if self.processed_at.tzinfo is None or (self.recorded_at and self.recorded_at.tzinfo is None):
            raise ValueError("the dates of a document carry their time zone")

    @classmethod
    def of(
        cls,
        file_name: str,
        processed_at: datetime,
        transcript: Transcript,
        minutes: Minutes | None = None,
        *,
        repaired_by: str | None = None,
        cleaned_by: str | None = None,
        diarization: Diarization | None = None,
        names: Mapping[str, str] = MappingProxyType({}),
        recorded_at: datetime | None = None,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """Put together what the stages left; `file_name`: the user's own."""
        engines = {
            "repair": repaired_by,
            "clean": cleaned_by,
            "transcribe": transcript.engine,
            "diarize": diarization.engine if diarization else None,
            "summarize": minutes.engine if minutes else None,
        }
        named = {stage: engine for stage, engine in engines.items() if engine}
        return cls(
            title=title_of(file_name, transcript.language),
            file_name=bare_name(file_name),
            processed_at=processed_at,
            transcript=transcript,
            minutes=minutes,
            diarization=diarization,
            names=names,
            recorded_at=recorded_at,
            engines=named,
            notes=notes,
        )

    @property
    def language(self) -> str | None:
        return self.transcript.language

    @property
    def minutes_language(self) -> str | None:
        """The language of what the minutes say, deadlines too: another where they were translated."""
        return self.minutes.language if self.minutes else self.language

    @property
    def duration_s(self) -> float:
        return self.transcript.duration_s

    @property
    def has_text(self) -> bool:
        return any(one_line(segment.text) for segment in self.transcript.segments)

    @property
    def has_speech(self) -> bool:
        """Tell whether somebody speaks: not where all that is written is "[Music]"."""
        return any(is_speech(segment.text) for segment in self.transcript.segments)

    @property
    def said_at(self) -> datetime:
        """When it was said, as far as that is known: deadlines are counted from then."""
        return self.recorded_at or self.processed_at

    def in_form(self, name: str) -> Self:
        """Give the minutes in one of FORMS."""
        return self.in_shape(FORMS[name])

    def in_shape(self, form: Form) -> Self:
        """Give the minutes in any form."""
        minutes = shown(form, self.minutes, self.transcript) if self.minutes else None
        return replace(self, form=form.of(minutes) if minutes else form, minutes=minutes)

    def without_minutes(self) -> Self:
        """Keep what concerns the transcript alone."""
        engines = {stage: engine for stage, engine in self.engines.items() if stage != "summarize"}
        return replace(self, minutes=None, engines=engines)

    def named(self, locale: str) -> Self:
        """Call the speakers what people call them, wherever one stands."""
        minutes = self.minutes
        if minutes:
            items = tuple(
                replace(item, who=speaker_name(item.who, self.names, locale)) if item.who else item
                for item in minutes.action_items
            )
            minutes = replace(minutes, action_items=items)
        transcript = with_names(self.transcript, self.names, locale)
        return replace(self, transcript=transcript, minutes=minutes)

    def locale(self, visitor: str) -> str:
        """Choose the language of the form: as asked for, else the meeting's, or the visitor's."""
        wanted = (self.minutes.written_in if self.minutes else None) or self.language
        return wanted if wanted in LABELS else visitor


def facts(document: Document, locale: str) -> list[tuple[str, str]]:
    """List what is known of the recording, as (label, value) rows."""
    words = labels(locale)
    rows = [(words["recording"], one_line(document.file_name) or words["untitled"])]
    if document.recorded_at:
        rows.append((words["recorded"], format_date(document.recorded_at, locale)))
    else:
        rows.append((words["processed"], format_date(document.processed_at, locale)))
    rows.append((words["duration"], format_duration(document.duration_s, locale)))
    if document.language:
        name = language_name(document.language, locale)
        rows.append((words["language"], name or one_line(document.language)))
    if speakers := _speakers(document, locale):
        rows.append((words["speakers"], ", ".join(speakers)))
    for stage, engine in document.engines.items():
        rows.append((words[f"engine.{stage}"], words.get(f"engine_name.{engine}", one_line(engine))))
    return rows


def _speakers(document: Document, locale: str) -> list[str]:
    """List who speaks; where the voices were told apart, with the share of each in all speech."""
    if not document.diarization:
        named = (one_line(segment.speaker or "") for segment in document.transcript.segments)
        return [*dict.fromkeys(filter(None, named))]
    seconds = speaking_time_s(document.transcript)
    whole = max(sum(seconds.values()), 1e-6)
    return [
        labels(locale)["speaking_time"].format(
            name=one_line(speaker_name(speaker, document.names, locale)), share=round(100 * spoken / whole)
        )
        for speaker, spoken in seconds.items()
    ]


def remarks(document: Document, locale: str) -> list[str]:
    """List what the reader should know before he relies on the document."""
    words = labels(locale)
    found = []
    if not document.has_speech:
        found.append(words["no_speech"])
    doubtful = sum(segment.doubtful for segment in document.transcript.segments)
    if doubtful:
        found.append(words["doubtful"].format(mark=DOUBTFUL_MARK, n=doubtful))
    if document.diarization and len(document.diarization.speakers) > 1:
        found.append(words["diarized"])
    overlapped = sum(segment.overlapped for segment in document.transcript.segments)
    if overlapped:
        found.append(words["overlapped"].format(n=overlapped))
    if document.minutes and document.minutes.dropped:
        found.append(words["dropped"].format(n=document.minutes.dropped))
    return found + [one_line(note) for note in document.notes]
