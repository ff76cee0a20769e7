import pytest

from app.errors import BadInput
from app.pipeline.expected_terms import MOST_CHARACTERS, normal


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("", ""),
        (" ,; \n", ""),
        ("Anna Petrova, OKR", "Anna Petrova, OKR"),
        ("Анна\tПетрова;OKR\r\nOKR, Конспект ,", "Анна Петрова, OKR, Конспект"),
        ("a\x00b\x1b, c", "ab, c"),
        ("А" * MOST_CHARACTERS, "А" * MOST_CHARACTERS),
    ],
)
def test_terms_are_written_once_by_commas(written: str, kept: str) -> None:
    assert normal(written) == kept
    assert normal(kept) == kept


def test_more_than_the_prompt_holds_is_refused_and_not_cut() -> None:
    with pytest.raises(BadInput, match="these are 501"):
        normal("А" * (MOST_CHARACTERS + 1))
