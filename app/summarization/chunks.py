"""Cuts a transcript into chunks that a chat model can take; `map_reduce` asks about one at a time."""

from itertools import accumulate

from app.documents.transcript import Segment, Transcript
from app.summarization.chat import Chat
from app.summarization.prompt import line


def chunks(chat: Chat, transcript: Transcript) -> list[range]:
    """Cut the transcript at segment borders into chunks of about equal length; none if nobody speaks.

    Returns ranges of indexes of segments.
    """
    sizes = [
        chat.count(line(number, segment, chat.special)) + 1 if _shown(segment) else 0
        for number, segment in enumerate(transcript.segments)
    ]
    total = sum(sizes)
    if not total:
        return []
    n_chunks = -(-total // chat.room)
    target = total / n_chunks
    found: list[range] = []
    start = 0
    reached = [0, *accumulate(sizes)]
    for number in range(len(sizes)):
        here = reached[number + 1] - reached[start]
        if number > start and (here > chat.room or reached[number] >= target * (len(found) + 1)):
            found.append(range(start, number))
            start = number
    return [*found, range(start, len(sizes))]


def halves(chat: Chat, transcript: Transcript, chunk: range) -> list[range]:
    """Cut a chunk in two with about as many tokens each; nothing where it is a single line."""
    shown = [number for number in chunk if _shown(transcript.segments[number])]
    sizes = [chat.count(transcript.segments[number].text) for number in shown]
    reached = list(accumulate(sizes))
    cut = next((n for n, size in zip(shown, reached, strict=True) if 2 * size >= reached[-1]), chunk.start)
    cut = max(cut, shown[0] + 1) if len(shown) > 1 else chunk.start
    return [range(chunk.start, cut), range(cut, chunk.stop)] if cut > chunk.start else []


def lines(chat: Chat, transcript: Transcript, chunk: range) -> list[str]:
    """Return the numbered lines of a chunk, without doubtful segments."""
    return [
        line(number, transcript.segments[number], chat.special)
        for number in chunk
        if _shown(transcript.segments[number])
    ]


def _shown(segment: Segment) -> bool:
    return bool(segment.text.strip()) and not segment.doubtful
