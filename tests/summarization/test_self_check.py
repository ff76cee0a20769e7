from app.summarization.self_check import LINES, passes
from tests.summarization.obedient import Obedient


def test_the_known_lines_are_half_and_half_in_each_language() -> None:
    for lines in LINES.values():
        assert sum(item for _, _, item in lines) * 2 == len(lines)


def test_a_model_without_usable_answers_does_not_pass() -> None:
    assert not passes(Obedient(lambda prompt: "не знаю"), "ru", lambda fraction: None)


def test_other_languages_are_checked_in_english() -> None:
    chat = Obedient(lambda prompt: '{"kind": "none"}')
    assert not passes(chat, "de", lambda fraction: None)
    assert "posters" in chat.asked[0].user
