"""A transcript as Deepgram's `POST /v1/listen` tells it. Pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.documents.joining import joined
from app.documents.paragraphs import paragraphs
from app.documents.sanitize import one_line
from app.documents.transcript import Segment, Transcript
from app.web.core.deepgram import confidence_of, speaker_number, told_word

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer is to hold beside the words. utt_split_s: the pause that ends an utterance."""

    paragraphs: bool = False
    utterances: bool = False
    detected_language: bool = False
    utt_split_s: float = 0.8


@dataclass(frozen=True, slots=True)
class Request:
    """What is told of the request itself."""

    id: UUID
    sha256: str
    created: datetime
    tags: tuple[str, ...] = ()


def answer(transcript: Transcript, asked: Asked, request: Request) -> Json:
    words = [word for segment in transcript.segments for word in _words(segment)]
    alternative: Json = {
        "transcript": joined(segment.text.strip() for segment in transcript.segments),
        "confidence": confidence_of(words),
        "words": words,
    }
    if asked.paragraphs:
        alternative["paragraphs"] = _paragraphs(transcript)
    channel: Json = {"alternatives": [alternative]}
    if asked.detected_language and transcript.language:
        channel["detected_language"] = transcript.language
    results: Json = {"channels": [channel]}
    if asked.utterances:
        results["utterances"] = [
            _utterance(said, uuid5(request.id, str(number)))
            for number, said in enumerate(_utterances(transcript.segments, asked.utt_split_s))
        ]
    return {"metadata": _metadata(transcript, request), "results": results}


def _metadata(transcript: Transcript, request: Request) -> Json:
    told: Json = {
        "transaction_key": "deprecated",
        "request_id": str(request.id),
        "sha256": request.sha256,
        "created": request.created.isoformat().replace("+00:00", "Z"),
        "duration": round(transcript.duration_s, 3),
        "channels": 1,
        "models": [transcript.engine],
        "model_info": {transcript.engine: {"name": transcript.engine, "version": "", "arch": ""}},
    }
    return {**told, "tags": list(request.tags)} if request.tags else told


def _words(segment: Segment) -> list[Json]:
    return [told_word(word, segment.doubtful, segment.speaker) for word in segment.words]


def _paragraphs(transcript: Transcript) -> Json:
    """Tell them as the documents have them; with speakers, each begins with its own, as Deepgram writes."""
    told, texts = [], []
    rest = [segment for segment in transcript.segments if one_line(segment.text)]
    shown = paragraphs(transcript)
    starts = [paragraph.start for paragraph in shown]
    for number, paragraph in enumerate(shown):
        following = starts[number + 1] if number + 1 < len(starts) else float("inf")
        n_own = next((n for n, one in enumerate(rest) if n and one.start >= following), len(rest))
        own, rest = rest[:n_own], rest[n_own:]
        speaker = speaker_number(paragraph.speaker)
        one = {
            "sentences": [{"text": part.text.strip(), "start": part.start, "end": part.end} for part in own],
            "num_words": sum(len(part.text.split()) for part in own),
            "start": own[0].start,
            "end": own[-1].end,
        }
        told.append(one if speaker is None else {**one, "speaker": speaker})
        texts.append(paragraph.text if speaker is None else f"Speaker {speaker}: {paragraph.text}")
    return {"transcript": "\n" + "\n\n".join(texts) if texts else "", "paragraphs": told}


def _utterances(segments: Sequence[Segment], split_s: float) -> Iterator[list[Segment]]:
    """Group what follows without such a pause and is of one voice."""
    group: list[Segment] = []
    for segment in segments:
        if group and (segment.start - group[-1].end >= split_s or segment.speaker != group[-1].speaker):
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _utterance(said: Sequence[Segment], utterance_id: UUID) -> Json:
    words = [word for segment in said for word in _words(segment)]
    told: Json = {
        "start": said[0].start,
        "end": said[-1].end,
        "confidence": confidence_of(words),
        "channel": 0,
        "transcript": joined(segment.text.strip() for segment in said),
        "words": words,
        "id": str(utterance_id),
    }
    speaker = speaker_number(said[0].speaker)
    return told if speaker is None else {**told, "speaker": speaker}
