"""Puts a prompt into the form that a chat model expects: its own chat template, a known one, or plain."""

from typing import Any

from app.summarization.prompt import Prompt

_LLAMA_3 = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\n{user}<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n"
)
_CHATML = (
    "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"
)
_PLAIN = "{bos}{system}\n\n{user}\n\n### JSON\n"
_ENDS = (
    "<|eot_id|>",
    "<|im_end|>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<end_of_turn>",
    "<|eom_id|>",
    "</s>",
)


def written(tokenizer: Any, prompt: Prompt) -> str:
    """Return the text to continue.

    tokenizer: of transformers, with or without a chat template of its own.
    """
    if tokenizer.chat_template:
        return _templated(tokenizer, prompt)
    vocabulary = tokenizer.get_vocab()
    if "<|start_header_id|>" in vocabulary and "<|eot_id|>" in vocabulary:
        return _LLAMA_3.format(system=prompt.system, user=prompt.user)
    if "<|im_start|>" in vocabulary:
        return _CHATML.format(system=prompt.system, user=prompt.user)
    return _PLAIN.format(bos=tokenizer.bos_token or "", system=prompt.system, user=prompt.user)


def _templated(tokenizer: Any, prompt: Prompt) -> str:
    from jinja2 import TemplateError

    messages = prompt.messages
    # templates that do not know how to switch thinking off do not look at it
    as_text = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
    try:
        text = tokenizer.apply_chat_template(messages, **as_text)
    except TemplateError:  # Gemma's and old Mistral's templates know no system role
        system, first, *rest = messages
        both = {"role": "user", "content": f"{system['content']}\n\n{first['content']}"}
        text = tokenizer.apply_chat_template([both, *rest], **as_text)
    return str(text)


def ends(tokenizer: Any, config: Any, generation_config: Any) -> frozenset[int]:
    """Return all tokens that end an answer: checkpoints name some of them, in three places."""
    named: list[int | None] = []
    for place in (config, generation_config, tokenizer):
        value = getattr(place, "eos_token_id", None)
        named += value if isinstance(value, list) else [value]
    vocabulary = tokenizer.get_vocab()
    named += [vocabulary.get(token) for token in _ENDS]
    return frozenset(number for number in named if number is not None)
