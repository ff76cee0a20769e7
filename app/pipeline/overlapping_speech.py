"""What people say at the same time, each into a channel or track of his own: heard there, for `transcribe`.

A recognizer writes down one of two voices in a mix.
"""

import logging
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import combinations, groupby

import numpy as np

from app.audio.levelling import LevelledSound
from app.audio.waveform import Sound, Span
from app.documents.joining import joined
from app.documents.transcript import Segment, Transcript, Word
from app.engines.base import TranscribeOptions
from app.engines.registry import Engines
from app.engines.speakers.channels import (
    FRAME_S,
    Levels,
    Spoken,
    hear_different_people,
    own_speech,
    speaker_ids,
    voices_apart,
)
from app.errors import AppError
from app.pipeline.channel_sounds import channel_sounds, has_channels
from app.pipeline.recording import Recording
from app.pipeline.transcript_checkpoint import TranscriptCheckpoint
from app.progress import Progress, part_of

logger = logging.getLogger(__name__)

AT_ONCE_S = 1.0  # so long two people speak at once before it is worth hearing them apart
OWN = 0.3  # share of a stretch of speech from which it is said into this channel
SAME = 0.6  # likeness of two texts from which one is the echo of the other
TOO_QUIET_DB = 12.0  # a span that lacks more is raised for the recognizer too
DECODED, FOUND = 0.1, 0.2  # shares of the work


@dataclass(frozen=True, slots=True)
class _Talk:
    """Speech without a pause on any channel, in which people speak at once. spans: by channel."""

    start: float
    end: float
    spans: dict[int, tuple[Span, ...]]


def hear_apart(
    recording: Recording,
    transcript: Transcript,
    engines: Engines,
    options: TranscribeOptions,
    progress: Progress,
) -> Transcript:
    """Replace what was heard of the mix by what is heard on each channel, where people speak at once.

    Of recordings with one channel, or whose channels hear the same, nothing changes; nor where a bug of ours
    is in the way, as all is heard in the mix.

    Raises: what decoding and the transcriber raise.
    """
    if not transcript.segments or not has_channels(recording):
        return transcript
    try:
        return _heard_apart(recording, transcript, engines, options, progress)
    except AppError:
        raise
    except Exception:
        logger.exception("the channels of %s were not heard apart", recording.folder.name)
        return transcript


def _heard_apart(
    recording: Recording,
    transcript: Transcript,
    engines: Engines,
    options: TranscribeOptions,
    progress: Progress,
) -> Transcript:
    detector = engines.voice_detector(lambda _: progress(0.0))
    transcriber = engines.transcriber(options.language, lambda _: progress(0.0), options.model)
    with channel_sounds(recording, part_of(progress, 0.0, DECODED)) as channels:
        if len(channels) < 2:
            return transcript
        speech: list[tuple[Span, ...]] = []

        def detect(sound: Sound) -> Iterable[Span]:
            speech.append(tuple(detector.detect(LevelledSound(sound), lambda _: progress(DECODED))))
            return speech[-1]

        spoken = own_speech(channels, detect, part_of(progress, DECODED, FOUND), _worth_hearing)
        talks = _talks(spoken, speech)
        segments: list[Segment] = []
        ids = speaker_ids(spoken)
        for channel, sound in enumerate(channels):
            spans = [span for talk in talks for span in talk.spans.get(channel, ())]
            checkpoint = TranscriptCheckpoint(recording, channel)
            part = part_of(progress, FOUND + (1 - FOUND) * channel / len(channels), 1.0)
            if spans:
                heard = transcriber.transcribe(
                    LevelledSound(sound, above_db=TOO_QUIET_DB),
                    spans,
                    replace(options, checkpoint=checkpoint),
                    part,
                )
                segments += [replace(one, voice=ids[channel]) for one in heard.segments]
    progress(1.0)
    return _joined(transcript, talks, segments)


def _worth_hearing(levels: Levels) -> bool:
    return voices_apart(levels) or hear_different_people(levels)


def _talks(spoken: Sequence[Spoken], speech: Sequence[Sequence[Span]]) -> list[_Talk]:
    """Find where people speak at once. speech: of each channel, with what is only heard through there."""
    ends = [part.end for part in spoken] + [span.end for spans in speech for span in spans]
    own = np.zeros((len(speech), round(max(ends, default=0.0) / FRAME_S)), bool)
    for part in spoken:
        own[part.channel, _frames(part)] = True
    said = sorted(
        (span.start, span.end, channel)
        for channel, spans in enumerate(speech)
        for span in spans
        if own[channel, _frames(span)].sum() * FRAME_S > OWN * span.duration_s
    )
    talks: list[_Talk] = []
    for start, end, channel in said:
        if talks and start < talks[-1].end:
            last = talks.pop()
            spans = {**last.spans, channel: (*last.spans.get(channel, ()), Span(start, end))}
            talks.append(_Talk(last.start, max(last.end, end), spans))
        else:
            talks.append(_Talk(start, end, {channel: (Span(start, end),)}))
    at_once = own.sum(axis=0) > 1
    return [talk for talk in talks if at_once[_frames(talk)].sum() * FRAME_S >= AT_ONCE_S]


def _frames(part: Span | Spoken | _Talk) -> slice:
    return slice(round(part.start / FRAME_S), round(part.end / FRAME_S))


def _joined(transcript: Transcript, talks: Sequence[_Talk], heard: Sequence[Segment]) -> Transcript:
    """Put what each channel has into the stretches, but for those where it is the same, or nothing."""
    by_talk: dict[int, list[Segment]] = defaultdict(list)
    for segment in heard:
        if (number := _talk_at(talks, segment)) is not None:
            by_talk[number].append(segment)
    better = [number for number, found in sorted(by_talk.items()) if _are_different(found)]
    stretches = [talks[number] for number in better]
    rest = [part for segment in transcript.segments for part in _outside(segment, stretches)]
    found = [segment for number in better for segment in by_talk[number]]
    return replace(transcript, segments=tuple(sorted(rest + found, key=lambda one: one.start)))


def _are_different(segments: Sequence[Segment]) -> bool:
    texts = [
        _words(one for one in segments if one.voice == voice) for voice in {one.voice for one in segments}
    ]
    return len(texts) > 1 and all(
        SequenceMatcher(None, one, other, autojunk=False).ratio() <= SAME
        for one, other in combinations(texts, 2)
    )


def _outside(segment: Segment, talks: Sequence[_Talk]) -> Iterator[Segment]:
    """Yield what of a segment is said outside of stretches, which are in order."""
    if not segment.words:
        if _talk_at(talks, segment) is None:
            yield segment
        return
    for inside, run in groupby(segment.words, lambda word: _talk_at(talks, word) is not None):
        words = tuple(run)
        if len(words) == len(segment.words) and not inside:
            yield segment
        elif not inside:
            text = joined(word.text for word in words)
            yield replace(segment, start=words[0].start, end=words[-1].end, text=text, words=words)


def _talk_at(talks: Sequence[_Talk], part: Segment | Word) -> int | None:
    middle = (part.start + part.end) / 2
    number = bisect_right(talks, middle, key=lambda talk: talk.start) - 1
    return number if number >= 0 and middle <= talks[number].end else None


def _words(segments: Iterable[Segment]) -> list[str]:
    return [word for segment in segments for word in re.findall(r"\w+", segment.text.lower())]
