from dataclasses import replace

from app.documents.diarization import Turn
from app.documents.speakers import (
    names_given,
    speaker_name,
    speaking_time_s,
    with_names,
    with_speakers,
)
from app.documents.transcript import Segment, Transcript, Word

A, B = "Speaker 1", "Speaker 2"


def heard(*segments: Segment) -> Transcript:
    return Transcript(segments, "en", "an engine", 100.0)


def spoken(text: str, start: float = 0.0, each_s: float = 1.0) -> Segment:
    """Say a word every `each_s`, as Whisper writes them: with the space before."""
    words = tuple(
        Word(start + n * each_s, start + (n + 1) * each_s, f" {word}") for n, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, words=words)


def told(transcript: Transcript, *turns: Turn) -> list[tuple[str | None, str]]:
    return [(segment.speaker, segment.text) for segment in with_speakers(transcript, turns).segments]


def test_a_segment_of_two_voices_is_parted_where_the_voice_changes() -> None:
    transcript = heard(spoken("Shall we begin? Yes, we shall."))
    turns = (Turn(0.0, 3.1, A), Turn(3.1, 6.0, B))
    assert told(transcript, *turns) == [(A, "Shall we begin?"), (B, "Yes, we shall.")]
    first, second = with_speakers(transcript, turns).segments
    assert (first.start, first.end, second.start, second.end) == (0.0, 3.0, 3.0, 6.0)
    assert [word.text for word in second.words] == [" Yes,", " we", " shall."]


def test_what_was_heard_on_a_channel_is_its_speakers_however_others_talk_meanwhile() -> None:
    at_once = heard(replace(spoken("Take the red one"), voice=A), replace(spoken("Order the blue"), voice=B))
    turns = (Turn(0.0, 4.0, A), Turn(0.0, 3.0, B))
    parted = with_speakers(at_once, turns, by_channel=True).segments
    assert [(one.speaker, one.text, one.overlapped) for one in parted] == [
        (A, "Take the red one", True),
        (B, "Order the blue", True),
    ]
    by_voice = with_speakers(at_once, [Turn(0.0, 4.0, "Speaker 3")]).segments
    assert {one.speaker for one in by_voice} == {"Speaker 3"}


def test_nothing_of_the_text_is_lost_or_changed_by_parting() -> None:
    text = "«Да», — сказал он… и ушёл: 3,5 % — всё! Нет ?"
    transcript = heard(spoken(text))
    turns = tuple(Turn(n, n + 1.0, (A, B)[n // 2 % 2]) for n in range(12))
    parts = with_speakers(transcript, turns).segments
    assert len(parts) > 3
    assert " ".join(part.text for part in parts) == text
    assert sum((part.words for part in parts), ()) == transcript.segments[0].words


def test_words_that_are_not_in_the_text_are_joined_instead() -> None:
    words = (Word(0, 1, "one"), Word(1, 2, "two"), Word(2, 3, "three"), Word(3, 4, "four"))
    transcript = heard(Segment(0, 4, "1 2 3 4", words=words))
    assert told(transcript, Turn(0, 2, A), Turn(2, 4, B)) == [(A, "one two"), (B, "three four")]
    assert told(transcript, Turn(0, 4, A)) == [(A, "1 2 3 4")]


def test_a_segment_without_words_goes_to_the_voice_that_speaks_most_in_it() -> None:
    transcript = heard(Segment(0.0, 10.0, "all of it"))
    assert told(transcript, Turn(0, 3, A), Turn(3, 9, B)) == [(B, "all of it")]


def test_a_word_beside_every_turn_goes_to_the_nearest_and_far_from_all_to_nobody() -> None:
    assert told(heard(Segment(4.0, 4.5, "near")), Turn(0, 3.5, A), Turn(4.7, 6, B)) == [(B, "near")]
    assert told(heard(Segment(8.0, 9.0, "far")), Turn(0, 3.5, A)) == [(None, "far")]
    assert told(heard(spoken("no turns at all"))) == [(None, "no turns at all")]


def test_words_of_nobody_stay_with_their_neighbours() -> None:
    transcript = heard(spoken("Well then we go", 0.0, 2.0))
    assert told(transcript, Turn(4.0, 8.0, A)) == [(A, "Well then we go")]


def test_one_short_word_within_another_voice_is_an_error_of_times() -> None:
    transcript = heard(spoken("we will do it now", 0.0, 0.4))
    turns = (Turn(0.0, 0.8, A), Turn(0.8, 1.2, B), Turn(1.2, 2.0, A))
    assert told(transcript, *turns) == [(A, "we will do it now")]
    longer = heard(spoken("we will yes do it", 0.0, 0.9))
    turns = (Turn(0.0, 1.8, A), Turn(1.8, 2.7, B), Turn(2.7, 4.5, A))
    assert told(longer, *turns) == [(A, "we will"), (B, "yes"), (A, "do it")]


def test_where_others_speak_for_most_of_a_segment_it_is_marked() -> None:
    transcript = heard(Segment(0.0, 4.0, "all at once"), Segment(4.0, 8.0, "alone"))
    turns = (Turn(0.0, 8.0, A), Turn(0.5, 4.2, B))
    assert [segment.overlapped for segment in with_speakers(transcript, turns).segments] == [True, False]


def test_a_long_turn_is_found_behind_many_short_ones() -> None:
    turns = (Turn(0.0, 90.0, A), *(Turn(n, n + 0.1, B) for n in range(1, 80)))
    assert told(heard(Segment(85.0, 86.0, "late")), *turns) == [(A, "late")]


def test_an_id_is_read_in_the_language_of_the_reader_or_as_the_name_it_was_given() -> None:
    assert speaker_name(A, {}, "en") == "Speaker 1"
    assert speaker_name("Speaker 12", {}, "ru") == "Участник 12"
    assert speaker_name(A, {A: "Марина"}, "ru") == "Марина"
    assert speaker_name("Иванова", {}, "ru") == "Иванова"
    named = with_names(heard(Segment(0, 1, "a", A), Segment(1, 2, "b")), {A: "Марина"}, "ru")
    assert [segment.speaker for segment in named.segments] == ["Марина", None]


def test_speaking_time_is_that_of_the_transcript_and_the_longest_comes_first() -> None:
    transcript = heard(
        Segment(0, 4, "a", A), Segment(4, 10, "b", B), Segment(10, 11, "c", A), Segment(11, 19, "d")
    )
    assert list(speaking_time_s(transcript).items()) == [(B, 6.0), (A, 5.0)]


def test_a_voice_has_the_name_that_stands_where_most_of_it_is() -> None:
    original = heard(
        Segment(0, 4, "a", A), Segment(4, 10, "b", B), Segment(10, 12, "c", A), Segment(12, 15, "d")
    )
    renamed = heard(
        Segment(0, 4, "a", "Марина"),
        Segment(4, 8, "b", B),
        Segment(8, 10, "b", "Олег"),
        Segment(10, 12, "c", A),
    )
    assert names_given(original, renamed) == {A: "Марина"}
    assert names_given(original, original) == {}
    merged = heard(Segment(0, 12, "all", B))
    assert names_given(original, merged) == {A: B}
