"""Items as a reader of minutes meets them: found in free talk, told so that they read by themselves."""

import pytest

from app.documents.transcript import Segment, Transcript
from app.summarization.acts.items import Items, items, unlikely
from app.summarization.sentences import split
from tests.meetings import meeting, meetings


def read(language: str, *lines: str) -> Items:
    said = [line.partition(": ") for line in lines]
    segments = tuple(
        Segment(5.0 * n, 5.0 * n + 4, text, who or None) for n, (who, _, text) in enumerate(said)
    )
    return items(split(Transcript(segments, language, "test", 5.0 * len(lines))), language)


def test_a_thin_decision_carries_what_it_is_about() -> None:
    [decision] = read(
        "ru",
        "А: Оклад сторожа не меняли три года.",
        "А: Он просит тридцать.",
        "Б: Значит, поднимаем до тридцати.",
        "А: Согласен.",
    ).decisions
    assert decision.text == "Значит, поднимаем до тридцати."
    assert decision.context == "— Оклад сторожа не меняли три года. Он просит тридцать."


def test_idle_talk_belongs_to_nothing_and_what_is_found_does() -> None:
    idle = split(meeting("ru_kitchen", "talk").transcript)
    assert len(unlikely(idle, "ru")) > len(idle) / 4
    given = split(meeting("ru_depot").transcript)
    found = items(given, "ru")
    nothing = unlikely(given, "ru")
    told = (*found.decisions, *found.assignments)
    assert told
    assert not any(all(given.index(said) in nothing for said in one.sentences) for one in told)
    assert unlikely(given, "de") == unlikely([], "en") == frozenset()


def test_a_promise_in_free_talk_has_who_and_by_when() -> None:
    [item] = read(
        "en",
        "Nora: The kiln shelf has cracked again.",
        "Piotr: I'll get a new shelf from the pottery shop by Friday.",
        "Nora: Brilliant, thanks.",
    ).assignments
    assert (item.who, item.by_when) == ("Piotr", "by Friday")
    assert "shelf" in item.text


def test_what_has_only_the_form_of_a_decision_is_none() -> None:
    lines = (
        "A: What is your favourite animal?",
        "B: I'll have to think on the spot of uh things that it is.",
        "A: Okay it's fine.",
    )
    assert read("en", *lines) == Items()


def test_other_languages_and_silence_have_no_items() -> None:
    assert read("de", "A: Wir verkaufen das Boot.", "B: Einverstanden.") == Items()
    assert items([], "ru") == Items()


@pytest.mark.parametrize("name", meetings("talk"))
def test_talk_in_which_nothing_is_decided_gives_next_to_nothing(name: str) -> None:
    said = meeting(name, "talk")
    found = items(split(said.transcript), said.language)
    assert len(found.decisions) + len(found.assignments) <= 1 + len(said.transcript.segments) // 50
