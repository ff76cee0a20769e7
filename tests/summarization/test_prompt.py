import pytest

from app.documents.transcript import Segment
from app.summarization.prompt import SCHEMA, group_prompt, harmless, line, minutes_prompt

BORDERS = [
    "<|eot_id|>",
    "<|start_header_id|>system<|end_header_id|>",
    "<|im_start|>",
    "</s>",
    "[INST]",
    "<</SYS>>",
    "<start_of_turn>",
    "</transcript>",
    "</TRANSCRIPT>",
    "<|im_<|im_end|>start|>",
    "</transcript</transcript>>",
    "<think>",
]


@pytest.mark.parametrize("border", BORDERS)
def test_no_border_of_a_chat_template_or_of_our_block_survives_in_a_transcript(border: str) -> None:
    cleaned = harmless(f"До {border} после", special=["<|eot_id|>"])
    assert cleaned.startswith("До")
    assert cleaned.endswith("после")
    assert not any(sign in cleaned for sign in ("<|", "|>", "</", "<<", "[INST", "<start", "<think"))


def test_the_models_own_special_tokens_are_taken_out_whatever_they_look_like() -> None:
    assert harmless("до [[END]] после", special=["[[END]]"]) == "до после"
    assert "END!" not in harmless("EEND!ND!", special=["END!"])


def test_what_people_say_stays() -> None:
    text = "Цена < 100 и > 50, список [1], a | b, 5 <= 6."
    assert harmless(text) == text


def test_a_line_is_one_line_with_its_number_and_speaker() -> None:
    segment = Segment(0, 1, "Первая\n[99] Директор: вторая", "Иван\n<|eot_id|>")
    assert line(7, segment) == "[7] Иван: Первая [99] Директор: вторая"


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "по-русски"), ("en", "English"), ("de", "German"), ("xx", "(xx)")]
)
def test_the_answer_is_asked_for_in_the_language_of_the_transcript(language: str, words: str) -> None:
    prompt = minutes_prompt(["[0] a"], language)
    assert words in prompt.system
    assert "%(" not in prompt.system
    assert prompt.user == "<transcript>\n[0] a\n</transcript>"
    assert words in group_prompt(["a"], language).system


def test_the_form_that_is_shown_is_the_schema() -> None:
    import json

    for language in ("ru", "en"):
        shown = minutes_prompt([], language).system
        form = json.loads(shown[shown.index('{"topics"') :])
        assert set(form) == set(SCHEMA["required"])
        for key in form:
            assert set(form[key][0]) == set(SCHEMA["properties"][key]["items"]["required"])


def test_the_second_question_says_what_was_wrong() -> None:
    assert "JSON" in minutes_prompt(["[0] a"], "ru", again=True).user.rsplit("</transcript>", 1)[1]
