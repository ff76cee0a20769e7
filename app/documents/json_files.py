"""JSON, for programs. A field is only ever added; a change of meaning makes a new `version`."""

import json
from datetime import datetime
from typing import Any

from app.documents.document import Document
from app.documents.due_dates import due_date
from app.documents.minutes import Point
from app.documents.sanitize import xml_safe
from app.documents.speakers import speaker_name, speaking_time_s
from app.documents.transcript import Segment

VERSION = 1


def render_transcript_json(document: Document) -> str:
    """Render a transcript with its words, and with what is known of the recording."""
    transcript = document.transcript
    head = {
        "format": "konspekt.transcript",
        "version": VERSION,
        **_head(document),
        **_speakers(document),
        "language": transcript.language,
        "duration_s": _seconds(transcript.duration_s),
        "engine": transcript.engine,
    }
    # Line by line: the words of a day's recording as one tree of dictionaries would take a gigabyte
    pieces = [_dump(head).removesuffix("\n}\n"), ',\n  "segments": [']
    for number, segment in enumerate(transcript.segments):
        pieces += [",\n" if number else "\n", _indented(_segment(number, segment))]
    pieces.append("\n  ]\n}\n" if transcript.segments else "]\n}\n")
    return "".join(pieces)


def render_minutes_json(document: Document) -> str:
    """Render minutes; every point has the `start` of the segment it comes from, in seconds."""
    minutes = document.minutes
    return _dump(
        {
            "format": "konspekt.minutes",
            "version": VERSION,
            **_head(document),
            "language": document.minutes_language,
            "duration_s": _seconds(document.duration_s),
            "summary": [_point(point) for point in (minutes.summary if minutes else ())],
            "topics": [
                {
                    "title": topic.title,
                    "start": _seconds(topic.start),
                    "points": [_point(point) for point in topic.points],
                }
                for topic in (minutes.topics if minutes else ())
            ],
            "decisions": [
                {**_point(point), "context": point.context}
                for point in (minutes.decisions if minutes else ())
            ],
            "action_items": [
                {
                    "text": item.text,
                    "context": item.context,
                    "who": item.who,
                    "by_when": item.by_when,
                    "due": _due(document, item.by_when),
                    "done": item.done,
                    "start": _seconds(item.start),
                }
                for item in (minutes.action_items if minutes else ())
            ],
            "dropped": minutes.dropped if minutes else 0,
            "remarks": [str(remark) for remark in minutes.remarks] if minutes else [],
        }
    )


def _due(document: Document, by_when: str | None) -> str | None:
    due = due_date(by_when, document.recorded_at, document.minutes_language) if document.recorded_at else None
    return due.isoformat() if due else None


def _head(document: Document) -> dict[str, Any]:
    def moment(value: datetime | None) -> str | None:
        return value.isoformat(timespec="seconds") if value else None

    return {
        "title": document.title,
        "file_name": document.file_name,
        "recorded_at": moment(document.recorded_at),
        "processed_at": moment(document.processed_at),
        "engines": dict(document.engines),
        "notes": list(document.notes),
    }


def _speakers(document: Document) -> dict[str, Any]:
    """Say who speaks and how long, where the voices were told apart; `speaker` of a segment is a name."""
    if not document.diarization:
        return {}
    seconds = speaking_time_s(document.transcript)
    return {
        "speakers": [
            {"name": speaker_name(speaker, document.names, "en"), "seconds": _seconds(spoken)}
            for speaker, spoken in seconds.items()
        ]
    }


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    return {
        "id": number,
        "start": _seconds(segment.start),
        "end": _seconds(segment.end),
        "speaker": segment.speaker,
        "text": segment.text,
        "doubtful": segment.doubtful,
        "overlapped": segment.overlapped,
        "words": [
            {
                "start": _seconds(word.start),
                "end": _seconds(word.end),
                "text": word.text,
                "probability": word.probability,
            }
            for word in segment.words
        ],
    }


def _point(point: Point) -> dict[str, Any]:
    return {"text": point.text, "start": _seconds(point.start)}


def _seconds(value: float) -> float:
    return round(float(value), 3)


def _indented(data: dict[str, Any]) -> str:
    return "    " + _dump(data).rstrip("\n").replace("\n", "\n    ")  # no text has a line feed in JSON


def _dump(data: dict[str, Any]) -> str:
    # json.dumps leaves lone surrogates as they are, and UTF-8 cannot encode them.
    return xml_safe(json.dumps(data, ensure_ascii=False, indent=2)) + "\n"
