"""A clip: chosen stretches of a recording as a short video or sound, with subtitles in it or beside it."""

import re
import shutil
import uuid
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from app.audio.atomic import atomic_write
from app.audio.composing import Caption, Stretch, has_frames, write_sound, write_video
from app.audio.cutting import cut_picture, cut_sound
from app.audio.waveform import Span
from app.documents.excerpt import excerpt, highlights, length_s
from app.documents.speakers import speaker_name
from app.documents.subtitles import cues, render_srt
from app.documents.transcript import Transcript
from app.errors import N_, BadInput, Conflict
from app.pipeline.recording import Recording
from app.progress import Progress, part_of

Subtitles = Literal["burnt", "side", "none"]
SUBTITLES: tuple[Subtitles, ...] = ("burnt", "side", "none")
MAX_S = 600.0
MAX_SPANS = 200
_DRAWN = re.compile(
    r"[\u0000-\u024f\u02bb-\u02dc\u0300-\u0304\u0400-\u045f\u0490-\u0491\u2000-\u20bf\u2116-\u2122]*"
)

_TIME = r"((?:\d{1,3}:){0,2}\d{1,6}(?:\.\d{1,3})?)"
_WRITTEN = re.compile(f"{_TIME}-{_TIME}", re.ASCII)

NO_STRETCH = N_("This is no stretch of time. Write its two ends, as 1:02-1:30 or 75.5-90.")
EMPTY = N_("Choose at least one line for the clip.")
TOO_LONG = N_("A clip has at most %(most)s minutes. Choose fewer lines.")
NO_HIGHLIGHTS = N_("There are no decisions and key points to make a clip of. Choose lines instead.")
NOT_HEARD = N_("A clip can be made once the recording is written down.")
NOT_DRAWN = N_("Subtitles in this script cannot be drawn into the picture. Choose them beside it.")


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What a clip is to be made of. highlights: of decisions and key points; locale: of voices' names."""

    spans: tuple[Span, ...]
    subtitles: Subtitles = "burnt"
    highlights: bool = False
    locale: str = "en"

    @property
    def duration_s(self) -> float:
        return length_s(self.spans)


def span_of(written: str) -> Span:
    """Return the stretch that a person wrote: "1:02-1:30", "75.5-90". Raises BadInput for what is none."""
    found = _WRITTEN.fullmatch(written.strip())
    span = Span(_seconds(found[1]), _seconds(found[2])) if found else Span(0.0, 0.0)
    if span.start >= span.end:
        raise BadInput(NO_STRETCH)
    return span


def _seconds(written: str) -> float:
    seconds = 0.0
    for part in written.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds


def clip_of(spans: tuple[Span, ...], subtitles: Subtitles, locale: str) -> ClipRequest:
    """Return the request for stretches. Raises BadInput where there are none, or too much of them."""
    if not spans or length_s(spans) <= 0:
        raise BadInput(EMPTY)
    if length_s(spans) > MAX_S or len(spans) > MAX_SPANS:
        raise BadInput(TOO_LONG, most=round(MAX_S / 60))
    return ClipRequest(spans, subtitles, locale=locale)


def highlights_of(recording: Recording, subtitles: Subtitles, locale: str) -> ClipRequest:
    """Return the request for decisions, assignments, key points. Raises Conflict where there are none."""
    if recording.transcript is None or recording.minutes is None:
        raise Conflict(NO_HIGHLIGHTS)
    spans = highlights(recording.transcript, recording.minutes, MAX_S)
    if not spans:
        raise Conflict(NO_HIGHLIGHTS)
    return replace(clip_of(spans, subtitles, locale), highlights=True)


def make_clip(recording: Recording, request: ClipRequest, target: Path, progress: Progress) -> Path:
    """Make the clip as people have corrected the recording; return it: `target` with .mp4 or .mp3.

    Subtitles beside it are `target` with .srt. A recording with a picture gives a video; one without gives
    sound, and a video of a plain card where the subtitles are to be in it.
    """
    transcript, media, speech = recording.transcript, recording.media, recording.speech
    if media is None or speech is None or (transcript is None and request.subtitles != "none"):
        raise Conflict(NOT_HEARD)
    said = _said(transcript, request) if transcript else None
    captions = _captions(said) if said and request.subtitles == "burnt" else ()
    pictured = media.video_codec is not None
    work = target.with_name(f"{uuid.uuid4().hex}.clip.part")
    work.mkdir()
    try:
        sound = work / "sound.wav"
        from_source = pictured and len(media.tracks) <= 1
        cut_sound(
            recording.source if from_source else speech,
            media.audio_stream if from_source else 0,
            request.spans,
            sound,
            part_of(progress, 0.0, 0.1),
        )
        stretches = _stretches(recording, request, work, part_of(progress, 0.1, 0.4)) if pictured else []
        if said and request.subtitles == "side":
            with atomic_write(target.with_suffix(".srt")) as part:
                part.write_text(render_srt(said), encoding="utf-8")
        made = target.with_suffix(".mp4" if pictured or captions else ".mp3")
        rest = part_of(progress, 0.4, 1.0)
        with atomic_write(made) as part:
            if pictured or captions:
                write_video(stretches or [Stretch(None, request.duration_s)], sound, captions, part, rest)
            else:
                write_sound(sound, work / "clip.mp3", rest)
                (work / "clip.mp3").replace(part)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made


def _said(transcript: Transcript, request: ClipRequest) -> Transcript:
    found = excerpt(transcript, request.spans)
    named = partial(speaker_name, names={}, locale=request.locale)
    segments = (replace(one, speaker=named(one.speaker)) if one.speaker else one for one in found.segments)
    return replace(found, segments=tuple(segments))


def _captions(said: Transcript) -> tuple[Caption, ...]:
    found = [
        Caption(cue.start_ms / 1000, cue.end_ms / 1000, cue.lines) for cue in cues(said, name_speakers=True)
    ]
    if not all(_DRAWN.fullmatch(line) for caption in found for line in caption.lines):
        raise BadInput(NOT_DRAWN)
    return tuple(found)


def _stretches(recording: Recording, request: ClipRequest, work: Path, progress: Progress) -> list[Stretch]:
    found = []
    for number, span in enumerate(request.spans):
        file = work / f"{number}.mkv"
        share = part_of(progress, number / len(request.spans), (number + 1) / len(request.spans))
        cut_picture(recording.source, span, file, share)
        found.append(Stretch(file if has_frames(file) else None, span.duration_s))
    return found
