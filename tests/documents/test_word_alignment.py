import pytest

from app.documents.transcript import Word
from app.documents.word_alignment import align_words

HEARD = tuple(
    Word(start, start + 0.5, text, 0.4)
    for start, text in ((1.0, "we"), (2.0, "rent"), (3.0, "the"), (4.0, "offers"), (5.0, "today."))
)


def times(text: str) -> list[tuple[str, float, float]]:
    return [(word.text, word.start, word.end) for word in align_words(text, HEARD, 1.0, 6.0)]


def test_words_that_stayed_keep_their_times_and_probability() -> None:
    words = align_words("We rent the office today", HEARD, 1.0, 6.0)
    assert [word.start for word in words] == [1.0, 2.0, 3.0, 3.5, 5.0]
    assert [word.probability for word in words] == [0.4, 0.4, 0.4, None, 0.4]


def test_a_new_word_stands_between_its_neighbours() -> None:
    assert times("we rent the offers today.")[3] == ("offers", 4.0, 4.5)
    assert times("we rent the office today.")[3] == ("office", 3.5, 5.0)


def test_several_new_words_share_the_time_by_their_length() -> None:
    a, bcd = times("we rent the a bcd today.")[3:5]
    assert a == ("a", 3.5, pytest.approx(3.875))
    assert bcd == ("bcd", pytest.approx(3.875), 5.0)


@pytest.mark.parametrize("text", ["", "quite another thing", "today we", "— — —", "the the the the"])
def test_times_never_run_back_and_stay_within_the_line(text: str) -> None:
    words = align_words(text, HEARD, 1.0, 6.0)
    assert [word.text for word in words] == text.split()
    edges = [edge for word in words for edge in (word.start, word.end)]
    assert edges == sorted(edges)
    assert all(1.0 <= edge <= 6.0 for edge in edges)


def test_the_time_it_takes_does_not_depend_on_what_is_written() -> None:
    """Texts that begin alike everywhere and go on alike nowhere: by longest blocks this took hours."""
    heard = [Word(n, n + 1, "a" if n % 2 else f"y{n}") for n in range(6000)]
    words = align_words(" ".join("a" if n % 2 else f"z{n}" for n in range(6000)), heard, 0.0, 6000.0)
    assert words[1].probability == heard[1].probability
    assert [word.start for word in words[1::2]] == [word.start for word in heard[1::2]]


def test_what_is_too_long_to_be_compared_shares_the_time() -> None:
    heard = [Word(n, n + 0.5, "a") for n in range(11_000)]
    words = align_words("a " * 10_000, heard, 0.0, 10_000.0)
    assert [word.start for word in words[:3]] == pytest.approx([0.0, 1.0, 2.0])


def test_without_words_that_were_heard_they_share_the_line() -> None:
    assert [(word.start, word.end) for word in align_words("ab cd", (), 2.0, 4.0)] == [(2.0, 3.0), (3.0, 4.0)]
