"""The voices that speak the generated corpus, and which of them are held out."""

from dataclasses import dataclass
from typing import Literal

Split = Literal["train", "valid", "test"]
SPLITS: tuple[Split, ...] = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker: a voice of espeak-ng, flite or festival.

    speaker: who it is; voices made from the same person share it and so share its split.
    share: how many times the usual number of sentences it says.
    """

    name: str
    speaker: str
    language: Literal["en", "ru"]
    engine: Literal["espeak", "flite", "festival"]
    key: str
    split: Split = "train"
    pitch: int = 50
    words_per_minute: int = 165
    share: float = 1.0
    licence: str = "espeak-ng, GPL-3"


def _espeak(language: Literal["en", "ru"], variants: str, split: Split, turn: int = 0) -> list[Voice]:
    """Vary pitch and rate from speaker to speaker, so that variants with one timbre still differ."""
    prefix = {"en": "en-us", "ru": "ru"}[language]
    return [
        Voice(
            f"{language}-{variant}",
            f"espeak-{variant}",
            language,
            "espeak",
            f"{prefix}+{variant}",
            split,
            pitch=35 + (17 * (i + turn)) % 40,
            words_per_minute=140 + (23 * (i + turn)) % 60,
        )
        for i, variant in enumerate(variants.split())
    ]


_BOTH = "f2 f4 m1 m3 m7 klatt2 klatt4 linda belinda edward max norbert rob zac Alicia anika"
VOICES: tuple[Voice, ...] = (
    *_espeak("en", _BOTH + " f5 m8 adam gene2 travis victor Annie Storm", "train"),
    *_espeak("ru", _BOTH + " f3 m5 iven2 michel quincy grandma", "train", turn=7),
    Voice("en-rms", "rms", "en", "flite", "rms", share=3, licence="CMU ARCTIC, BSD-like"),
    Voice("en-awb", "awb", "en", "flite", "awb", share=3, licence="CMU ARCTIC, BSD-like"),
    Voice("en-kal16", "kal", "en", "flite", "kal16", share=2, licence="CMU, BSD-like"),
    Voice("en-kal", "kal", "en", "festival", "kal_diphone", share=1, licence="CSTR and CMU, BSD-like"),
    *_espeak("en", "Andy", "valid"),
    *_espeak("ru", "f1 klatt3", "valid", turn=3),
    *_espeak("en", "steph", "test", turn=5),
    Voice("en-slt", "slt", "en", "flite", "slt", "test", licence="CMU ARCTIC, BSD-like"),
    Voice("en-slt-hts", "slt", "en", "festival", "cmu_us_slt_arctic_hts", "test", licence="CMU and HTS, BSD"),
    Voice("ru-nsh", "nsh", "ru", "festival", "msu_ru_nsh_clunits", "test", licence="festvox-ru, BSD-like"),
)
SYNTHESIS_VOICES = (  # those that the synthesis net learns
    "en-rms",
    "en-slt",
    "en-awb",
    "en-f2",
    "en-m3",
    "ru-nsh",
    "ru-f2",
    "ru-m3",
    "ru-klatt2",
    "ru-Alicia",
)
