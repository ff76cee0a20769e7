"""What a stream's client is told."""

from app.documents.transcript import Word
from app.engines.base import Hypothesis
from app.live.endpointing import Utterance
from app.live.events import End, Final, HeardUpTo, Lag, Partial
from app.live.text import StreamText

SECOND = 16_000


def heard(text: str, language: str | None = "en") -> Hypothesis:
    words = tuple(Word(i / 2, i / 2 + 0.5, word) for i, word in enumerate(text.split()))
    return Hypothesis(text, words, language)


def test_events_have_the_times_of_the_recording_that_goes_on() -> None:
    text = StreamText(from_s=100.5)
    text.add_partial(SECOND, 2 * SECOND, heard("good morning"))
    text.add_final(Utterance(0, SECOND, 3 * SECOND), heard("good morning"), 3 * SECOND)
    text.add_heard(9 * SECOND)
    text.add_end(10 * SECOND)
    words = (Word(101.5, 102.0, "good"), Word(102.0, 102.5, "morning"))
    assert text.take() == [
        Partial(101.5, 102.5, "good morning", ""),
        Final(101.5, 102.5, "good morning", words, "en", False, 103.5),
        HeardUpTo(109.5),
        End(110.5),
    ]
    assert text.take() == []


def test_what_two_partials_agree_on_is_settled_until_the_utterance_ends() -> None:
    text = StreamText()
    for words in ("good mourning", "good morning all"):
        text.add_partial(0, SECOND, heard(words))
    text.add_final(Utterance(0, 0, SECOND), heard("good morning all"), SECOND)
    text.add_partial(SECOND, 2 * SECOND, heard("good"))
    assert [event.settled for event in text.take() if isinstance(event, Partial)] == ["", "good", ""]


def test_an_utterance_without_words_is_not_told() -> None:
    text = StreamText()
    text.add_partial(0, SECOND, heard(""))
    text.add_final(Utterance(0, 0, SECOND), heard(""), SECOND)
    assert text.take() == []


def test_a_lag_is_told_when_it_has_changed_by_much() -> None:
    text = StreamText()
    for behind_s in (4.9, 5.0, 9.9, 10.0, 2.4, 5.1):
        text.add_lag(behind_s)
    assert text.take() == [Lag(5.0), Lag(10.0), Lag(5.1)]


def test_silence_is_told_every_five_seconds() -> None:
    text = StreamText()
    for seconds in range(12):
        text.add_heard(seconds * SECOND)
    assert text.take() == [HeardUpTo(5.0), HeardUpTo(10.0)]


def test_whoever_waits_for_events_is_notified_of_each() -> None:
    notified: list[int] = []
    text = StreamText(notify=lambda: notified.append(len(text.take())))
    text.add_end(SECOND)
    assert notified == [1]
