"""Groups the points of all chunks into topics of the whole meeting: the reduce step of `map_reduce`."""

from app.documents.minutes import Topic
from app.progress import Progress
from app.summarization.answer import parse_groups
from app.summarization.chat import Chat
from app.summarization.json_text import UnusableError
from app.summarization.prompt import group_prompt
from app.summarization.repetition import distinct
from app.summarization.sources import Sources
from app.summarization.verification import topic


def grouped(chat: Chat, topics: list[Topic], sources: Sources, progress: Progress) -> list[Topic]:
    """Let the model group points by their numbers, so that it can add nothing.

    Returns the topics as they are where the answer is of no use or leaves out more than two thirds.
    """
    points = [point for topic in topics for point in topic.points]
    prompt = group_prompt([point.text for point in points], sources.language)
    if chat.count(prompt.user) > chat.room:
        if len(topics) < 2:
            return topics
        half = len(topics) // 2
        first = grouped(chat, topics[:half], sources, lambda done: progress(done / 2))
        return first + grouped(chat, topics[half:], sources, lambda done: progress((1 + done) / 2))
    try:
        groups = parse_groups(chat.ask([prompt], progress)[0].text)
    except UnusableError:
        return topics
    free = set(range(1, len(points) + 1))
    found = []
    for heading, numbers in groups:
        chosen = sorted(free.intersection(numbers))
        free.difference_update(chosen)
        kept = distinct([points[number - 1] for number in chosen], sources.language)
        if kept:
            found.append(topic(heading, kept, sources))
    enough = 3 * (len(points) - len(free)) >= len(points)
    return sorted(found, key=lambda topic: topic.start) if enough else topics
