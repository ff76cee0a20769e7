"""A transcript in the forms of OpenAI's API, for `transcriptions`. Pure functions."""

import json
import math
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from babel import Locale

from app.audio.media import Remark
from app.documents.joining import joined
from app.documents.subtitles import render_srt, render_vtt
from app.documents.transcript import Segment, Transcript
from app.documents.txt import render_text
from app.engines.base import Task
from app.web.core.problem import Problem, openai_form

TEXTS: dict[str, Callable[[Transcript], str]] = {"text": render_text, "srt": render_srt, "vtt": render_vtt}
"""The values of `response_format` that are no JSON."""


def plain(transcript: Transcript) -> dict[str, Any]:
    """Answer `response_format=json`; `engine` is ours: who reads it must know what heard it."""
    return {"text": transcript.text.strip(), "usage": _usage(transcript), "engine": transcript.engine}


def verbose(
    transcript: Transcript,
    granularities: Collection[str],
    remarks: Sequence[Remark] = (),
    task: Task = "transcribe",
) -> dict[str, Any]:
    """Answer `response_format=verbose_json`; `remarks` is ours, and there only where there is one."""
    answer: dict[str, Any] = {
        "task": task,
        "language": _language_name(transcript.language),
        "duration": round(transcript.duration_s, 3),
        "text": transcript.text.strip(),
    }
    if "segment" in granularities or not granularities:
        answer["segments"] = [_segment(i, segment) for i, segment in enumerate(transcript.segments)]
    if "word" in granularities:
        answer["words"] = [
            {"word": word.text.strip(), "start": round(word.start, 3), "end": round(word.end, 3)}
            for segment in transcript.segments
            for word in segment.words
        ]
    if remarks:
        answer["remarks"] = [str(remark) for remark in remarks]
    return {**answer, "usage": _usage(transcript), "engine": transcript.engine}


def diarized(transcript: Transcript) -> dict[str, Any]:
    """Answer `response_format=diarized_json`: segments with speakers, who are called A, B, C."""
    letters: dict[str, str] = {}
    segments = []
    for number, segment in enumerate(transcript.segments):
        name = letters.setdefault(segment.speaker, _letter(len(letters))) if segment.speaker else ""
        segments.append(
            {
                "type": "transcript.text.segment",
                "id": f"seg_{number:03}",
                "start": round(segment.start, 3),
                "end": round(segment.end, 3),
                "text": segment.text.strip(),
                "speaker": name,
            }
        )
    return {
        "task": "transcribe",
        "duration": round(transcript.duration_s, 3),
        "text": transcript.text.strip(),
        "segments": segments,
        "usage": _usage(transcript),
        "engine": transcript.engine,
    }


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def delta(text: str) -> str:
    """Tell in a stream what was heard since."""
    return _event("transcript.text.delta", delta=text)


def last_events(transcript: Transcript, sent: str, with_speakers: bool) -> Iterator[str]:
    """Tell at the end of a stream what was not sent yet, who said each segment, and the whole text."""
    text = joined(segment.text.strip() for segment in transcript.segments)
    if text != sent and text.startswith(sent):
        yield delta(text[len(sent) :])
    for segment in diarized(transcript)["segments"] if with_speakers else ():
        yield _event(**segment)
    yield _event("transcript.text.done", text=text, usage=_usage(transcript))


def failure(problem: Problem) -> str:
    """Tell in a stream why it ends; OpenAI's clients raise it as an error."""
    return f"event: error\ndata: {json.dumps(openai_form(problem), ensure_ascii=False)}\n\n"


def _event(type: str, **fields: Any) -> str:  # noqa: A002  as OpenAI calls it
    return f"event: {type}\ndata: {json.dumps({'type': type, **fields}, ensure_ascii=False)}\n\n"


def _usage(transcript: Transcript) -> dict[str, Any]:
    return {"type": "duration", "seconds": math.ceil(transcript.duration_s)}


def _segment(index: int, segment: Segment) -> dict[str, Any]:
    """Write a segment with all the fields that clients expect.

    avg_logprob: the mean over its words, 0 where the engine does not say; tokens and seek belong to
    one model's inside and are empty.
    """
    text = segment.text.strip()
    probabilities = [word.probability for word in segment.words if word.probability]
    logprobs = [math.log(probability) for probability in probabilities]
    return {
        "id": index,
        "seek": 0,
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "text": text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": round(sum(logprobs) / len(logprobs), 4) if logprobs else 0.0,
        "compression_ratio": round(len(text.encode()) / len(zlib.compress(text.encode())), 4),
        "no_speech_prob": 0.0,
    }


def _language_name(code: str | None) -> str:
    """Name a language as OpenAI does: "russian"."""
    if code is None:
        return "unknown"
    return str(Locale("en").languages.get(code, code)).lower()
