import pytest

from app.summarization.thoughts import without_thoughts


@pytest.mark.parametrize(
    "text",
    [
        "<think>hm {}</think>{1}",
        "<think>hm</think><think>hm</think>\n{1}",
        "<thinking type='a'>hm</thinking>{1}",
        "< Think >hm</ Think >{1}",
        "hm </think> {1}",
        "<seed:think>hm</seed:think>{1}",
        "[THINK]hm[/THINK]{1}",
        "◁think▷hm◁/think▷{1}",
        "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>{1}<|END_RESPONSE|>",
        "<|begin_of_thought|>hm<|end_of_thought|>{1}",
        "<unused94>thought\nhm<unused95>{1}",
        "Here is my thought process: hm. Here is my response: {1}",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>{1}<|return|>",
        "analysisWe need it.assistantfinal{1}",
        "{1}<think>and one more thing",
        "{1}<|im_end|>",
    ],
)
def test_the_answer_is_left_alone(text: str) -> None:
    assert without_thoughts(text) == "{1}"


@pytest.mark.parametrize(
    "text",
    [
        "<think>hm {1}",
        "<|channel|>analysis<|message|>hm {1}",
        "analysisWe need to write",
        "[THINK]hm",
    ],
)
def test_who_only_thinks_has_not_answered(text: str) -> None:
    assert without_thoughts(text) == ""


def test_words_that_speak_of_thinking_stay() -> None:
    for text in ('{"text": "Analysis: we think it is final."}', "analysis of the market is final"):
        assert without_thoughts(text) == text
