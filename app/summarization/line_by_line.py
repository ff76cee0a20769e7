"""Minutes by a small chat model: rules propose lines, it refuses or phrases each, rules set who and when.

A model of 1.5 billion parameters judges a line well and a whole meeting badly, and reading is far cheaper
for it than writing; so it is asked about one line at a time, and answers in few words.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.audio.media import Remark
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Transcript
from app.errors import N_
from app.progress import Progress, part_of
from app.summarization import extraction, russian
from app.summarization.acts.items import unlikely
from app.summarization.acts.linear import LANGUAGES
from app.summarization.answer import Said
from app.summarization.candidates import candidates, speaks_of_oneself
from app.summarization.chat import Chat
from app.summarization.cues.assignments import Assignment, assignments, known_people
from app.summarization.cues.decisions import decisions
from app.summarization.json_text import UnusableError
from app.summarization.line_prompt import Judged, line_prompt, read_judged, read_title, title_prompt
from app.summarization.phrases import word_list
from app.summarization.prompt import harmless
from app.summarization.repetition import distinct
from app.summarization.sentences import Sentence, split
from app.summarization.sources import Sources, plain
from app.summarization.words import script_language

WHO_WROTE = N_(
    "Rules proposed decisions and assignments; the language model judged and phrased them line by line."
)
TITLED = N_(
    "The language model judges decisions and assignments no better than rules: it titled topics only."
)
UNJUDGED = N_(
    "Lines of which the language model gave no usable judgement; what rules found there stands: %(n)s."
)

_BEFORE = 6  # lines that are shown before the one in question
_TITLED_BY = 5  # points of a topic that its title is asked for
_LINES = 0.85  # share of the progress


def write_minutes(chat: Chat, transcript: Transcript, progress: Progress, *, judge: bool = True) -> Minutes:
    """Write minutes: extracted ones, with decisions and assignments judged, and topics titled, by the model.

    judge: False leaves decisions and assignments as extraction finds them.
    """
    extracted = extraction.extract_minutes(transcript, lambda fraction: None)
    if not extracted.topics:
        return replace(extracted, engine=chat.name)
    language = script_language((segment.text for segment in transcript.segments), transcript.language)
    sources = Sources(transcript.segments, language)
    share = _LINES if judge else 0.0
    minutes = replace(extracted, engine=f"{chat.name}, {extraction.NAME}", remarks=(Remark(TITLED),))
    if judge:
        minutes = _judged(chat, transcript, minutes, sources, part_of(progress, 0.0, share))
    titled = _titled(chat, extracted.topics, sources, part_of(progress, share, 1.0))
    progress(1.0)
    return replace(minutes, topics=titled)


@dataclass(frozen=True, slots=True)
class _Found:
    """Items of one line."""

    decisions: tuple[Point, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    unjudged: bool = False


def _judged(
    chat: Chat, transcript: Transcript, extracted: Minutes, sources: Sources, progress: Progress
) -> Minutes:
    sentences = split(transcript)
    sure = {point.start for point in extracted.decisions} | {item.start for item in extracted.action_items}
    given = {one.number: one for one in assignments(sentences, sources.language)}
    planned = {one.number for one in decisions(sentences, sources.language)}
    idle = unlikely(sentences, sources.language)
    numbers = candidates(sentences, frozenset(sure), sources.language, given.keys() | planned, idle)
    prompts = [
        line_prompt(
            [_line(chat, one) for one in sentences[max(0, number - _BEFORE) : number]],
            _line(chat, sentences[number]),
            sources.language,
        )
        for number in numbers
    ]
    replies = chat.ask(prompts, progress)
    found: list[_Found] = []
    for number, reply in zip(numbers, replies, strict=True):
        sentence = sentences[number]
        try:
            judged = read_judged(reply.text)
        except UnusableError:
            found.append(_of_rules(extracted, sentence))
            continue
        if judged is not None:
            found.append(_item(judged, number, sentences, extracted, sources, given.get(number)))
    unjudged = sum(one.unjudged for one in found)
    remarks = (Remark(WHO_WROTE), *((Remark(UNJUDGED, {"n": unjudged}),) if unjudged else ()))
    return replace(
        extracted,
        engine=chat.name,
        decisions=tuple(distinct([point for one in found for point in one.decisions], sources.language)),
        action_items=tuple(distinct([item for one in found for item in one.action_items], sources.language)),
        remarks=remarks,
    )


def _item(
    judged: Judged,
    number: int,
    sentences: Sequence[Sentence],
    extracted: Minutes,
    sources: Sources,
    given: Assignment | None,
) -> _Found:
    """Take over what the model says of a line as far as the lines around it say so; else its own words.

    given: what the rules have heard in it, sure or not: who and when are theirs.
    """
    sentence = sentences[number]
    near = range(max(0, sentence.segment - _BEFORE), sentence.segment + 2)
    said = Said(judged.text, (sentence.segment,), judged.who, judged.when)
    checked = sources.action_item(said, near)
    text = checked.text if checked else plain(sentence.text)
    by_rules = next((item for item in extracted.action_items if item.start == sentence.start), None)
    decided = any(point.start == sentence.start for point in extracted.decisions)
    if by_rules is None and (decided or judged.kind == "decision"):
        return _Found(decisions=(Point(text, sentence.start),))
    heard = by_rules or given
    who = heard.who if heard else None
    when = heard.by_when if heard else None
    if checked is not None:
        named = checked.who if checked.who and _is_person(checked.who, sentences, sources.language) else None
        who, when = who or _assignee(named, number, sentences), when or checked.by_when
    return _Found(action_items=(ActionItem(text, sentence.start, who, when),))


def _assignee(who: str | None, number: int, sentences: Sequence[Sentence]) -> str | None:
    """Return who takes it on: small models name who asks."""
    sentence = sentences[number]
    if speaks_of_oneself(sentence.text):
        return sentence.speaker or who
    if who is None or who != sentence.speaker:
        return who
    follows = next(
        (one for one in sentences[number + 1 : number + 3] if one.speaker != sentence.speaker), None
    )
    accepted = follows is not None and speaks_of_oneself(follows.text)
    return follows.speaker if follows is not None and accepted else None


def _is_person(who: str, sentences: Sequence[Sentence], language: str) -> bool:
    """Tell whether somebody may be called so: small models also name "Done" and "Saturdays"."""
    if language not in LANGUAGES:
        return True
    known = known_people(sentences, language) | word_list(f"names.{language}")
    words = who.split()
    return any(
        word.lower() in known or (language == "ru" and russian.person(word) is not None) for word in words
    )


def _of_rules(extracted: Minutes, sentence: Sentence) -> _Found:
    return _Found(
        tuple(point for point in extracted.decisions if point.start == sentence.start),
        tuple(item for item in extracted.action_items if item.start == sentence.start),
        unjudged=True,
    )


def _titled(chat: Chat, topics: Sequence[Topic], sources: Sources, progress: Progress) -> tuple[Topic, ...]:
    """Let the model name the topics, in words of theirs."""
    prompts = [
        title_prompt([harmless(p.text, chat.special) for p in topic.points[:_TITLED_BY]], sources.language)
        for topic in topics
    ]
    named = []
    for topic, reply in zip(topics, chat.ask(prompts, progress), strict=True):
        title = plain(read_title(reply.text)).rstrip(".")
        fits = bool(title) and sources.entitles(title, topic.points)
        named.append(replace(topic, title=title) if fits else topic)
    return tuple(named)


def _line(chat: Chat, sentence: Sentence) -> str:
    speaker = f"{harmless(sentence.speaker, chat.special)}: " if sentence.speaker else ""
    return speaker + harmless(sentence.text, chat.special)
