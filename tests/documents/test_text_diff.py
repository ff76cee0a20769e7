from hypothesis import given
from hypothesis import strategies as st

from app.documents.text_diff import Piece, word_diff

TEXTS = st.text(st.sampled_from("аб .,\n"), max_size=30)


def test_a_word_that_changed_stands_between_those_that_did_not() -> None:
    assert word_diff("we rent the offers", "we rent the offices") == (
        Piece("same", "we rent the "),
        Piece("old", "offers"),
        Piece("new", "offices"),
    )


@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    found = word_diff(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "new") == before
    assert "".join(piece.text for piece in found if piece.kind != "old") == after


def test_a_very_long_text_is_compared_as_a_whole() -> None:
    assert [piece.kind for piece in word_diff("а " * 5000, "б " * 5000)] == ["old", "new"]
