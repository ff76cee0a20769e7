"""Real Llama checkpoints of a few hundred kilobytes, that answer what a test wrote down.

A *scripted* Llama has the real file format, tokenizer and chat template. Its attention and MLP add nothing
to the residual stream, and its output layer points from every token of the answer at the next one, so that
greedy decoding says the script whatever the prompt is. The chat template chooses among several scripts by
what the prompt holds, and the last one whose words are found wins.
"""

import json
from itertools import pairwise
from pathlib import Path

ROPE = {"rope_theta": 10000.0, "rope_type": "default"}
CORPUS = (
    "Ты секретарь и ведёшь протокол. Обсудили бюджет, отчёт и сроки до пятницы. [12] Иван: «Решили!»",
    "You are the secretary. We decided to send the report by Friday. [3] Maria: okay, 48 percent.",
    "<transcript>\n[0] Коллеги, давайте начнём.\n[1] Let's start.\n</transcript>\n",
)
LLAMA_3 = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>")
_TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n"
    "{{ m['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n"
)


def scripted_llama(
    folder: Path,
    answers: dict[str, str],
    *,
    layout: str = "safetensors",
    context: int = 8192,
    template: bool = True,
) -> Path:
    """Write a Llama that gives one of the answers.

    Args:
        answers: words of the prompt -> answer; "" fits every prompt. Later ones win.
        layout: "safetensors", "bin" (pytorch_model.bin) or "sharded" (two safetensors and their index).
        template: with a chat template in tokenizer_config.json; without, there is one answer.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    scripts = _pieces(list(answers.values()))
    starts = [f"<|script_{number}|>" for number in range(len(scripts))]
    tokenizer = _tokenizer(folder, starts, scripts, list(answers) if template else None)
    vocabulary = tokenizer.get_vocab()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        rope_parameters=ROPE,
        bos_token_id=vocabulary["<|begin_of_text|>"],
        eos_token_id=vocabulary["<|eot_id|>"],
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        embeddings = torch.nn.functional.normalize(torch.randn(config.vocab_size, 64), dim=1)
        model.model.embed_tokens.weight.copy_(embeddings)
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        model.lm_head.weight.zero_()
        for start, pieces in zip(starts, scripts, strict=True):
            first = vocabulary[start] if template else _last_of_plain_prompt(tokenizer)
            chain = [first, *(vocabulary[piece] for piece in pieces), vocabulary["<|eot_id|>"]]
            for token, following in pairwise(chain):
                model.lm_head.weight[following] += embeddings[token]
    _save(model, folder, layout)
    return folder


def random_llama(folder: Path, *, layers: int = 2, vocabulary: int = 0) -> Path:
    """Write a Llama with random weights, for what must hold whatever the weights are."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = _tokenizer(folder, [], [], None)
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=vocabulary or len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=4096,
        rope_parameters=ROPE,
        eos_token_id=tokenizer.get_vocab()["<|eot_id|>"],
        initializer_range=0.3,
    )
    _save(LlamaForCausalLM(config), folder, "safetensors")
    return folder


def _pieces(answers: list[str]) -> list[list[str]]:
    """Cut all answers into pieces of which none occurs twice, so that a piece says what follows it."""
    seen: set[str] = set()
    scripts = []
    for answer in answers:
        pieces, at = list[str](), 0
        while at < len(answer):
            end = at + 6
            while answer[at:end] in seen and end < len(answer):
                end += 1
            if answer[at:end] in seen:  # the rest was said before: it joins the piece in front
                seen.discard(pieces[-1])
                pieces[-1] += answer[at:end]
            else:
                pieces.append(answer[at:end])
            seen.add(pieces[-1])
            at = end
        scripts.append(pieces)
    return scripts


def _tokenizer(folder: Path, starts: list[str], scripts: list[list[str]], choices: list[str] | None):  # type: ignore[no-untyped-def]  # transformers is imported late
    """Train a byte-level BPE on a few sentences, as Llama 3 has one, and write its files."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=list(LLAMA_3), initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    raw.train_from_iterator(CORPUS, trainer)
    raw.add_special_tokens([AddedToken(start, special=True, normalized=False) for start in starts])
    every = sorted({piece for pieces in scripts for piece in pieces})
    raw.add_tokens([AddedToken(piece, normalized=False) for piece in every])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        bos_token="<|begin_of_text|>",
        eos_token="<|eot_id|>",
        clean_up_tokenization_spaces=False,
    )
    if choices is not None:
        tokenizer.chat_template = _TEMPLATE + _choose(choices, starts) + "{% endif %}"
        tokenizer.save_pretrained(folder)
    else:
        raw.save(str(folder / "tokenizer.json"))
    return tokenizer


def _choose(choices: list[str], starts: list[str]) -> str:
    """Return template code that ends the prompt with the start of the script whose words it holds."""
    prompt = (
        "{% set ns = namespace(start='') %}{% set prompt = messages | map(attribute='content') | join(' ') %}"
    )
    rules = "".join(
        f"{{% if {json.dumps(words, ensure_ascii=False)} in prompt %}}"
        f"{{% set ns.start = '{start}' %}}{{% endif %}}"
        for words, start in zip(choices, starts, strict=True)
    )
    return prompt + rules + "{{ ns.start }}"


def _last_of_plain_prompt(tokenizer) -> int:  # type: ignore[no-untyped-def]
    """Return the token in which the known Llama 3 form ends."""
    return int(tokenizer("<|end_header_id|>\n\n", add_special_tokens=False)["input_ids"][-1])


def _save(model, folder: Path, layout: str) -> None:  # type: ignore[no-untyped-def]
    import torch

    if layout == "bin":  # the classic layout, as transformers wrote it until 2023
        model.config.architectures = [type(model).__name__]
        model.config.save_pretrained(folder)
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
    else:
        model.save_pretrained(folder, max_shard_size="100KB" if layout == "sharded" else "5GB")
