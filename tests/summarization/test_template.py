from types import SimpleNamespace

import pytest
from jinja2 import TemplateError

from app.summarization.prompt import Prompt
from app.summarization.template import ends, written

PROMPT = Prompt("Be brief.", "The meeting.")


class Tokenizer:
    """Of transformers' kind, as far as a prompt asks for it."""

    def __init__(self, *tokens: str, template: str | None = None, system: bool = True) -> None:
        self.chat_template, self.bos_token, self._system = template, "<s>", system
        self._vocabulary = {token: number for number, token in enumerate(tokens)}
        self.eos_token_id = 0

    def get_vocab(self) -> dict[str, int]:
        return self._vocabulary

    def apply_chat_template(self, messages: list[dict[str, str]], **options: bool) -> str:
        assert options == {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        if not self._system and messages[0]["role"] == "system":
            raise TemplateError("System role not supported")
        return "".join(f"[{message['role']}]{message['content']}" for message in messages)


@pytest.mark.parametrize(
    ("tokenizer", "start", "end"),
    [
        (
            Tokenizer("<|start_header_id|>", "<|eot_id|>"),
            "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>",
            "<|start_header_id|>assistant<|end_header_id|>\n\n",
        ),
        (Tokenizer("<|im_start|>"), "<|im_start|>system\nBe brief.<|im_end|>\n", "<|im_start|>assistant\n"),
        (Tokenizer("a"), "<s>Be brief.\n\nThe meeting.", "### JSON\n"),
        (Tokenizer("<|im_start|>", template="own"), "[system]Be brief.", "[user]The meeting."),
        (Tokenizer(template="gemma", system=False), "[user]Be brief.", "\n\nThe meeting."),
    ],
    ids=["Llama 3", "ChatML", "plain", "its own", "without a system role"],
)
def test_a_model_is_addressed_in_the_form_that_it_knows(tokenizer: Tokenizer, start: str, end: str) -> None:
    text = written(tokenizer, PROMPT)
    assert text.startswith(start)
    assert text.endswith(end)
    assert "The meeting." in text


def test_every_token_that_ends_an_answer_is_known_wherever_it_is_named() -> None:
    tokenizer = Tokenizer("</s>", "a", "<|eot_id|>")
    config, generation = SimpleNamespace(eos_token_id=[7, 8]), SimpleNamespace(eos_token_id=None)
    assert ends(tokenizer, config, generation) == {0, 2, 7, 8}
    assert ends(tokenizer, SimpleNamespace(), SimpleNamespace(eos_token_id=9)) == {0, 2, 9}
