"""Speech that tests make for themselves, with Debian's voices."""

import re
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from app.audio.waveform import Waveform

MEETING = (
    "Good morning everyone. Let us begin with the report on sales for the last quarter.",
    "The new office will open in September. We decided to rent two more rooms.",
    "The customer asked for a discount of ten percent. We agreed to give five percent for one year.",
    "I think the biggest risk is the delay of delivery from our supplier in Germany.",
)
MEETING_RU = (
    "Доброе утро, коллеги. Начнём с отчёта о продажах за прошлый квартал.",
    "Новый офис откроется в сентябре. Мы решили арендовать ещё две комнаты.",
    "Заказчик попросил скидку десять процентов. Мы согласились дать пять процентов.",
)


@lru_cache
def english(text: str) -> Waveform:
    """Speak with flite's recorded voice, which PocketSphinx understands."""
    return _spoken("flite", "-voice", "rms", "-t", text, "-o")


@lru_cache
def russian(text: str) -> Waveform:
    return _spoken("espeak-ng", "-v", "ru", text, "-w")


def silence(duration_s: float) -> Waveform:
    return Waveform(np.zeros((1, round(duration_s * 16_000)), np.float32), 16_000)


def joined(*parts: Waveform) -> Waveform:
    return Waveform(np.concatenate([part.samples for part in parts], axis=1), parts[0].sample_rate)


def word_error_rate(reference: str, hypothesis: str) -> float:
    """Levenshtein's distance over words, per word of the reference."""
    said, heard = (re.findall(r"[\w']+", text.lower()) for text in (reference, hypothesis))
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / len(said)


def _spoken(*command: str) -> Waveform:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        subprocess.run([*command, str(path)], check=True, timeout=60)
        samples, rate = soundfile.read(path, dtype="float32")
    return Waveform(resample_poly(samples, 16_000, rate).astype(np.float32)[None], 16_000)
