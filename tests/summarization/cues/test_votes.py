import pytest

from app.summarization.cues.votes import lost, votes


@pytest.mark.parametrize(
    ("texts", "language", "expected"),
    [
        (("Кто за? Один.", "Против? Четверо."), "ru", True),
        (("Двадцать два за, двое против.",), "ru", False),
        (("Не прошло.",), "ru", True),
        (("Five in favor, one opposed.",), "en", False),
        (("Two in favour, six against.",), "en", True),
        (("The motion fails.",), "en", True),
    ],
)
def test_the_outcome_of_a_vote_is_counted(texts: tuple[str, ...], language: str, expected: bool) -> None:
    assert votes(texts[0], language) or expected
    assert lost(texts, language) is expected


def test_a_talk_about_what_is_for_and_against_is_no_vote() -> None:
    assert not votes("Many wrote letters against it because of the shade.", "en")
