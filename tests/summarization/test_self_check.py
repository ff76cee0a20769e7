from app.summarization.prompt import Prompt
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


def test_a_model_that_is_right_as_often_as_extraction_does_not_pass() -> None:
    right_of_extraction = ("договорись с охраной", "Распечатаю их", "логотип ставим")

    def answer(prompt: Prompt) -> str:
        line = prompt.user.split(">>> ")[-1]
        found = any(words in line for words in right_of_extraction)
        return (
            '{"kind": "assignment", "who": null, "text": "x", "when": null}' if found else '{"kind": "none"}'
        )

    assert not passes(Obedient(answer), "ru", lambda fraction: None)
