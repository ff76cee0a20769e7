"""Minutes by a chat model: ask for each part, believe what has a source, put it together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Protocol

from app.documents.minutes import Minutes, Point, Topic
from app.documents.transcript import Transcript
from app.engines.base import SummarizeOptions
from app.engines.compute.device import Priority
from app.engines.extractive import Extractive
from app.progress import Progress
from app.summarization.answer import Answer, UnusableError, parse, parse_groups
from app.summarization.prompt import Prompt, group_prompt, line, minutes_prompt
from app.summarization.repetition import distinct
from app.summarization.sources import Sources, plain
from app.summarization.titles import title
from app.summarization.words import script_language

_TALKATIVE = 12  # segments; a part so long that says nothing at all is an answer that failed


class Chat(Protocol):
    """A chat model that answers prompts, each on its own."""

    @property
    def name(self) -> str: ...

    @property
    def special(self) -> Sequence[str]:
        """Tokens that must not occur in a transcript."""
        ...

    @property
    def room(self) -> int:
        """Tokens of transcript that one prompt can take."""
        ...

    def count(self, text: str) -> int:
        """Return how many tokens a text has."""
        ...

    def ask(self, prompts: Sequence[Prompt], priority: Priority, progress: Progress) -> list[str | None]:
        """Return an answer for each prompt; None where there is none. Greedy."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """Minutes of the segments `within`; dropped: points without a source; own: not written by the model."""

    within: range
    minutes: Minutes
    own: bool = False


def write_minutes(
    chat: Chat, transcript: Transcript, options: SummarizeOptions, progress: Progress
) -> Minutes:
    """Write minutes in which every point has its source in the transcript.

    Where the model gives no usable answer for a part, twice, the extractive engine writes that part,
    and the name of the engine says so.
    """
    language = script_language((segment.text for segment in transcript.segments), transcript.language)
    parts = _parts(chat, transcript)
    if not parts:
        return Minutes(transcript.language, chat.name)
    sources = Sources(transcript.segments, language)
    done: dict[range, Part] = {}
    for again, span in ((False, (0.0, 0.7)), (True, (0.7, 0.85))):
        open_ = [within for within in parts if within not in done]
        prompts = [
            minutes_prompt(_lines(chat, transcript, within), language, again=again) for within in open_
        ]
        answers = chat.ask(prompts, options.priority, _share(progress, *span)) if prompts else []
        for within, answer in zip(open_, answers, strict=True):
            part = _believed(answer, sources, within, transcript)
            if part is not None:
                done[within] = part
    for within in parts:
        if within not in done:
            done[within] = _extracted(transcript, within, options)
    progress(0.85)
    written = [done[within] for within in parts]
    topics = [topic for part in written for topic in part.minutes.topics]
    if len(parts) > 1 and not all(part.own for part in written):
        topics = _grouped(chat, topics, sources, language, options.priority, _share(progress, 0.85, 1.0))
    progress(1.0)
    return Minutes(
        transcript.language,
        _honest(chat.name, written),
        tuple(topics),
        tuple(distinct([point for part in written for point in part.minutes.decisions], language)),
        tuple(distinct([item for part in written for item in part.minutes.action_items], language)),
        sum(part.minutes.dropped for part in written),
    )


def _share(progress: Progress, start: float, end: float) -> Progress:
    return lambda fraction: progress(start + (end - start) * fraction)


def _lines(chat: Chat, transcript: Transcript, within: range) -> list[str]:
    return [
        line(number, transcript.segments[number], chat.special)
        for number in within
        if transcript.segments[number].text.strip() and not transcript.segments[number].doubtful
    ]


def _parts(chat: Chat, transcript: Transcript) -> list[range]:
    """Cut the transcript at segment borders into parts of about equal length that the model can take."""
    sizes = [
        chat.count(line(number, segment, chat.special)) + 1
        if segment.text.strip() and not segment.doubtful
        else 0
        for number, segment in enumerate(transcript.segments)
    ]
    total = sum(sizes)
    if not total:
        return []
    n_parts = -(-total // chat.room)
    target = total / n_parts
    parts: list[range] = []
    start = 0
    reached = [0, *accumulate(sizes)]
    for number in range(len(sizes)):
        here = reached[number + 1] - reached[start]
        if number > start and (here > chat.room or reached[number] >= target * (len(parts) + 1)):
            parts.append(range(start, number))
            start = number
    return [*parts, range(start, len(sizes))]


def _believed(answer: str | None, sources: Sources, within: range, transcript: Transcript) -> Part | None:
    """Keep what has a source; None if the answer is of no use."""
    try:
        said = parse(answer or "")
    except UnusableError:
        return None
    minutes = _verified(said, sources, within, transcript.language)
    kept = sum(len(t.points) for t in minutes.topics) + len(minutes.decisions) + len(minutes.action_items)
    if not kept and (said.n_items or len(within) >= _TALKATIVE):
        return None
    return Part(within, minutes)


def _verified(said: Answer, sources: Sources, within: range, language: str | None) -> Minutes:
    topics = []
    for heading, points in said.topics:
        kept = tuple(point for one in points if (point := sources.point(one, within)) is not None)
        if kept:
            ordered = tuple(sorted(kept, key=lambda point: point.start))
            topics.append(_topic(heading, ordered, sources))
    decisions = [point for one in said.decisions if (point := sources.point(one, within)) is not None]
    items = [item for one in said.action_items if (item := sources.action_item(one, within)) is not None]
    n_kept = sum(len(topic.points) for topic in topics) + len(decisions) + len(items)
    return Minutes(language, "", tuple(topics), tuple(decisions), tuple(items), said.n_items - n_kept)


def _topic(said: str, points: Sequence[Point], sources: Sources) -> Topic:
    """Keep a title if the transcript knows its words; else name the topic by its points."""
    known = plain(said)[:100].rstrip(".") if sources.entitles(said, points) else ""
    own = known or title([point.text for point in points], sources.language)
    return Topic(own, points[0].start, tuple(points))


def _extracted(transcript: Transcript, within: range, options: SummarizeOptions) -> Part:
    piece = replace(transcript, segments=transcript.segments[within.start : within.stop])
    return Part(within, Extractive().summarize(piece, options, lambda fraction: None), own=True)


def _grouped(
    chat: Chat,
    topics: list[Topic],
    sources: Sources,
    language: str,
    priority: Priority,
    progress: Progress,
) -> list[Topic]:
    """Let the model group the points of all parts, by number only, so that it can add nothing."""
    points = [point for topic in topics for point in topic.points]
    prompt = group_prompt([point.text for point in points], language)
    if chat.count(prompt.user) > chat.room:
        if len(topics) < 2:
            return topics
        half = len(topics) // 2
        first = _grouped(chat, topics[:half], sources, language, priority, _share(progress, 0.0, 0.5))
        return first + _grouped(chat, topics[half:], sources, language, priority, _share(progress, 0.5, 1.0))
    try:
        groups = parse_groups(chat.ask([prompt], priority, progress)[0] or "")
    except UnusableError:
        return topics
    free = set(range(1, len(points) + 1))
    grouped = []
    for heading, numbers in groups:
        chosen = sorted(free.intersection(numbers))
        free.difference_update(chosen)
        kept = distinct([points[number - 1] for number in chosen], language)
        if kept:
            grouped.append(_topic(heading, kept, sources))
    enough = 3 * (len(points) - len(free)) >= len(points)
    return sorted(grouped, key=lambda topic: topic.start) if enough else topics


def _honest(name: str, parts: Sequence[Part]) -> str:
    """Name all who wrote: "Llama model_32_16 (3/5), extractive (2/5)"."""
    own = sum(part.own for part in parts)
    if not own:
        return name
    if own == len(parts):
        return Extractive.name
    return f"{name} ({len(parts) - own}/{len(parts)}), {Extractive.name} ({own}/{len(parts)})"
