"""Takes away what a reasoning model thinks aloud, in every form it comes in; for `json_text`."""

import re

# Opening and closing marks, as models and servers write them: DeepSeek, Qwen, Seed, Mistral, Kimi, Cohere,
# OpenThinker, Gemma, Granite.
_NAMES = r"(?:seed:)?think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad"
_MARKS = (
    (rf"<\s*(?:{_NAMES})(?:\s[^<>]*)?>", rf"<\s*/\s*(?:{_NAMES})\s*>"),
    (r"\[THINK\]", r"\[/THINK\]"),
    (r"◁think▷", r"◁/think▷"),
    (r"<\|START_THINKING\|>", r"<\|END_THINKING\|>"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<\|channel>thought", r"<channel\|>"),
    (r"<unused94>thought", r"<unused95>"),
    (r"^\s*Here(?: is|'s) my thought process:", r"Here(?: is|'s) my response:"),
)
_PAIRS = tuple((re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE)) for start, end in _MARKS)
# OpenAI's Harmony, with its tokens and as it reads when a tokenizer has left them out
_FINAL = re.compile(r"<\|channel\|>\s*final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>")
_CHANNEL = re.compile(r"<\|channel\|>|<\|start\|>assistant")
_PLAIN_HARMONY = re.compile(r"^\s*analysis(?=[^a-z]|[A-Z]).*assistant\s*final", re.DOTALL)
_UNFINISHED_HARMONY = re.compile(r"^\s*analysis(?=[A-ZА-ЯЁ])")
_TOKEN = re.compile(r"<\|(?:return|end|call|message|im_end|endoftext|eot_id|END_RESPONSE|START_RESPONSE)\|>")


def without_thoughts(text: str) -> str:
    """Return the answer alone; "" where the model has not come to it."""
    text = _of_final_channel(text)
    for opening, closing in _PAIRS:
        text = _outside(text, opening, closing)
    return _TOKEN.sub(" ", text).strip()


def _of_final_channel(text: str) -> str:
    finals = list(_FINAL.finditer(text))
    if finals:
        return text[finals[-1].end() :]
    if _CHANNEL.search(text):
        return ""
    plain = _PLAIN_HARMONY.match(text)
    if plain:
        return text[plain.end() :]
    return "" if _UNFINISHED_HARMONY.match(text) else text


def _outside(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Cut out what stands between the marks; the first may stand in the prompt, put there by a template."""
    ends = list(closing.finditer(text))
    if ends:
        text = text[ends[-1].end() :]
    start = opening.search(text)
    return text[: start.start()] if start else text
