"""Minutes by a chat model: ask about each chunk, keep what has a source, group it into topics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.audio.media import Remark
from app.documents.minutes import Minutes
from app.documents.transcript import Transcript
from app.errors import N_
from app.progress import Progress, part_of
from app.summarization import extraction
from app.summarization.chat import Chat, End, Reply
from app.summarization.chunks import chunks, halves, lines
from app.summarization.grouping import grouped
from app.summarization.prompt import minutes_prompt
from app.summarization.repetition import distinct
from app.summarization.sources import Sources
from app.summarization.unnamed import with_unnamed
from app.summarization.verification import Verified, verified
from app.summarization.words import script_language

CUT = N_("The language model's answer broke off; statements may be missing. Parts of the recording: %(n)s.")
EXTRACTED = N_(
    "Without a usable answer of the language model, extracted instead. Parts of the recording: %(n)s."
)
UNANSWERED = N_("The language model %(name)s gave no usable answer; sentences were extracted instead.")
LACKING = N_("The language model left out topics, decisions or assignments. Parts of the recording: %(n)s.")
UNREADABLE = N_("Statements of the language model that could not be read: %(n)s.")
REPEATED = N_("Repetitions in the language model's answer, left out: %(n)s.")

_ROUNDS = 5  # an answer that is no use is asked for twice, one that breaks off by halves of its chunk
_MAPPED = 0.85  # share of the progress


@dataclass(frozen=True, slots=True)
class ChunkMinutes:
    """Minutes of one chunk. extracted: written by extraction, for want of a usable answer."""

    chunk: range
    verified: Verified
    extracted: bool = False

    @property
    def minutes(self) -> Minutes:
        return self.verified.minutes


def write_minutes(chat: Chat, transcript: Transcript, progress: Progress) -> Minutes:
    """Write minutes in which every point has its source in the transcript.

    Where the model gives no usable answer for a chunk, twice, that chunk's minutes are extracted, and the
    name of the engine says so. What is lost otherwise is said in remarks.
    """
    language = script_language((segment.text for segment in transcript.segments), transcript.language)
    wanted = chunks(chat, transcript)
    if not wanted:
        return Minutes(transcript.language, chat.name)
    sources = Sources(transcript.segments, language)
    written = _map(chat, transcript, wanted, sources, progress)
    progress(_MAPPED)
    topics = [topic for part in written for topic in part.minutes.topics]
    if len(written) > 1 and not all(part.extracted for part in written):
        topics = grouped(chat, topics, sources, part_of(progress, _MAPPED, 1.0))
    progress(1.0)
    minutes = Minutes(
        transcript.language,
        _engine_name(chat.name, written),
        tuple(topics),
        tuple(distinct([point for part in written for point in part.minutes.decisions], language)),
        tuple(distinct([item for part in written for item in part.minutes.action_items], language)),
        sum(part.minutes.dropped for part in written),
        _remarks(chat.name, written),
    )
    return with_unnamed(minutes, transcript, [part.chunk for part in written if not part.extracted])


def _map(
    chat: Chat, transcript: Transcript, wanted: Sequence[range], sources: Sources, progress: Progress
) -> list[ChunkMinutes]:
    """Return the minutes of each chunk, in order; chunks whose answer breaks off are cut in two."""
    done: list[ChunkMinutes] = []
    best: dict[range, Verified] = {}
    open_ = [(chunk, False) for chunk in wanted]
    for number in range(_ROUNDS):
        if not open_:
            break
        prompts = [
            minutes_prompt(lines(chat, transcript, chunk), sources.language, again=again)
            for chunk, again in open_
        ]
        replies = chat.ask(prompts, part_of(progress, *_share(number)))
        next_: list[tuple[range, bool]] = []
        for (chunk, again), reply in zip(open_, replies, strict=True):
            found = verified(reply.text, sources, chunk, transcript.language)
            if found is not None and reply.end is End.CUT:
                found = replace(found, cut=True)
            if found is not None and not found.cut and not (found.lacking and not again):
                done.append(ChunkMinutes(chunk, found))
                continue
            if found is not None:
                best[chunk] = _better(best.get(chunk), found)
            next_ += _asked_next(chunk, again, reply, found, lambda chunk: halves(chat, transcript, chunk))
            if not next_ or next_[-1][0].stop != chunk.stop:
                done.append(_at_last(transcript, chunk, best.get(chunk)))
        open_ = next_
    done += [_at_last(transcript, chunk, best.get(chunk)) for chunk, _ in open_]
    return sorted(done, key=lambda part: part.chunk.start)


def _asked_next(
    chunk: range, again: bool, reply: Reply, found: Verified | None, cut: Callable[[range], list[range]]
) -> list[tuple[range, bool]]:
    """Return what to ask instead: the halves of what is too long for an answer, or once more, or nothing."""
    broke_off = reply.end in (End.CUT, End.TOO_LONG) or (again and found is not None and found.cut)
    parts = cut(chunk) if broke_off else []
    if parts:
        return [(part, False) for part in parts]
    return [] if again else [(chunk, True)]


def _at_last(transcript: Transcript, chunk: range, found: Verified | None) -> ChunkMinutes:
    if found is not None:
        return ChunkMinutes(chunk, found)
    cut = replace(transcript, segments=transcript.segments[chunk.start : chunk.stop])
    return ChunkMinutes(
        chunk, Verified(extraction.extract_minutes(cut, lambda fraction: None)), extracted=True
    )


def _better(one: Verified | None, other: Verified) -> Verified:
    return other if one is None or _n_points(other.minutes) >= _n_points(one.minutes) else one


def _n_points(minutes: Minutes) -> int:
    n_topical = sum(len(topic.points) for topic in minutes.topics)
    return n_topical + len(minutes.decisions) + len(minutes.action_items)


def _share(number: int) -> tuple[float, float]:
    """Return where in the progress a round begins and ends: each takes most of what is left."""
    return _MAPPED * (1 - 0.2**number), _MAPPED * (1 - 0.2 ** (number + 1))


def _engine_name(name: str, written: Sequence[ChunkMinutes]) -> str:
    """Name all who wrote: "Llama model_32_16 (3/5), extractive (2/5)"."""
    n, extracted = len(written), sum(part.extracted for part in written)
    if not extracted:
        return name
    if extracted == n:
        return extraction.NAME
    return f"{name} ({n - extracted}/{n}), {extraction.NAME} ({extracted}/{n})"


def _remarks(name: str, written: Sequence[ChunkMinutes]) -> tuple[Remark, ...]:
    """Say what the model did not do, or may have left out."""
    extracted = sum(part.extracted for part in written)
    if extracted == len(written):
        return (Remark(UNANSWERED, {"name": name}),)
    counts = (
        (EXTRACTED, extracted),
        (CUT, sum(part.verified.cut for part in written)),
        (LACKING, sum(part.verified.lacking for part in written)),
        (UNREADABLE, sum(part.verified.unreadable for part in written)),
        (REPEATED, sum(part.verified.repeated for part in written)),
    )
    return tuple(Remark(text, {"n": n}) for text, n in counts if n)
