"""Minutes by a chat model: ask about each chunk, keep what has a source, group it into topics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.progress import Progress, part_of
from app.summarization import extraction
from app.summarization.chat import Chat
from app.summarization.chunks import chunks, lines
from app.summarization.grouping import grouped
from app.summarization.prompt import minutes_prompt
from app.summarization.repetition import distinct
from app.summarization.sources import Sources
from app.summarization.verification import verified
from app.summarization.words import script_language

_TRIES = ((False, 0.0, 0.7), (True, 0.7, 0.85))  # whether it is the second try, and its share of the progress


@dataclass(frozen=True, slots=True)
class ChunkMinutes:
    """Minutes of one chunk. extracted: written by extraction, for want of a usable answer."""

    minutes: Minutes
    extracted: bool = False


def write_minutes(chat: Chat, transcript: Transcript, progress: Progress) -> Minutes:
    """Write minutes in which every point has its source in the transcript.

    Where the model gives no usable answer for a chunk, twice, that chunk's minutes are extracted, and the
    name of the engine says so.
    """
    language = script_language((segment.text for segment in transcript.segments), transcript.language)
    wanted = chunks(chat, transcript)
    if not wanted:
        return Minutes(transcript.language, chat.name)
    sources = Sources(transcript.segments, language)
    written = _map(chat, transcript, wanted, sources, progress)
    progress(0.85)
    topics = [topic for part in written for topic in part.minutes.topics]
    if len(written) > 1 and not all(part.extracted for part in written):
        topics = grouped(chat, topics, sources, part_of(progress, 0.85, 1.0))
    progress(1.0)
    return Minutes(
        transcript.language,
        _engine_name(chat.name, written),
        tuple(topics),
        tuple(distinct([point for part in written for point in part.minutes.decisions], language)),
        tuple(distinct([item for part in written for item in part.minutes.action_items], language)),
        sum(part.minutes.dropped for part in written),
    )


def _map(
    chat: Chat, transcript: Transcript, wanted: Sequence[range], sources: Sources, progress: Progress
) -> list[ChunkMinutes]:
    """Return the minutes of each chunk, in order."""
    done: dict[range, ChunkMinutes] = {}
    for again, start, end in _TRIES:
        open_ = [chunk for chunk in wanted if chunk not in done]
        prompts = [
            minutes_prompt(lines(chat, transcript, chunk), sources.language, again=again) for chunk in open_
        ]
        answers = chat.ask(prompts, part_of(progress, start, end)) if prompts else []
        for chunk, answer in zip(open_, answers, strict=True):
            minutes = verified(answer, sources, chunk, transcript.language)
            if minutes is not None:
                done[chunk] = ChunkMinutes(minutes)
    return [done.get(chunk) or _extracted(transcript, chunk) for chunk in wanted]


def _extracted(transcript: Transcript, chunk: range) -> ChunkMinutes:
    cut = replace(transcript, segments=transcript.segments[chunk.start : chunk.stop])
    return ChunkMinutes(extraction.extract_minutes(cut, lambda fraction: None), extracted=True)


def _engine_name(name: str, written: Sequence[ChunkMinutes]) -> str:
    """Name all who wrote: "Llama model_32_16 (3/5), extractive (2/5)"."""
    n, extracted = len(written), sum(part.extracted for part in written)
    if not extracted:
        return name
    if extracted == n:
        return extraction.NAME
    return f"{name} ({n - extracted}/{n}), {extraction.NAME} ({extracted}/{n})"
