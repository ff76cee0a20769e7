"""The phones that the synthesis net reads: espeak-ng's, merged and split into one plain inventory."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.audio import espeak
from app.audio.espeak import Phone

PAUSE = ""
_SPLIT = {
    "ɑːɹ": ("ɑː", "ɹ"), "ɔːɹ": ("ɔː", "ɹ"), "oːɹ": ("ɔː", "ɹ"), "ʊɹ": ("ʊ", "ɹ"), "ɛɹ": ("ɛ", "ɹ"),
    "ɪɹ": ("ɪ", "ɹ"), "əl": ("ə", "l"), "aɪɚ": ("aɪ", "ɚ"), "aɪə": ("aɪ", "ə"), "iə": ("iː", "ə"),
    "ja": ("j", "a"), "ju": ("j", "u"), "n̩": ("ə", "n"),
}  # fmt: skip
_RENAMED = {"dʒʲ": "dʒ", "ɪ^": "ɪ", 'u"': "u", "ʔ": "t", "i": "i"}
_SOFT = "ʲ"
_VOICES = {"en": "en-us", "ru": "ru"}


def phones_of(text: str, language: str) -> tuple[Phone, ...]:
    """Return the phones of a text as espeak-ng reads it; the times are those of espeak-ng's own voice."""
    return plain(espeak.speak(text, _VOICES[language])[2])


def plain(phones: Iterable[Phone]) -> tuple[Phone, ...]:
    """Merge softness into its consonant and pauses into one; split what espeak-ng joins."""
    found: list[Phone] = []
    for phone in phones:
        symbol = _RENAMED.get(phone.symbol, phone.symbol)
        if found and symbol == _SOFT and found[-1].symbol:
            merged = found[-1].symbol.removesuffix(_SOFT) + _SOFT
            found[-1] = replace(found[-1], symbol=merged, end=phone.end)
        elif found and symbol == PAUSE == found[-1].symbol:
            found[-1] = replace(found[-1], end=phone.end)
        elif symbol in _SPLIT:
            first, second = _SPLIT[symbol]
            middle = (phone.start + phone.end) / 2
            found += [replace(phone, symbol=first, end=middle), Phone(second, middle, phone.end)]
        elif symbol != _SOFT:
            found.append(replace(phone, symbol=symbol))
    return tuple(found)


def index(phones: Sequence[Phone], inventory: Sequence[str]) -> list[int]:
    """Number the phones. One that the inventory lacks takes its plainest relative, else it is a pause."""
    places = {symbol: i for i, symbol in enumerate(inventory)}
    return [
        next(
            (
                places[s]
                for s in (p.symbol, p.symbol.rstrip("ʲː"), p.symbol + "ː", p.symbol[:1])
                if s in places
            ),
            places[PAUSE],
        )
        for p in phones
    ]
