"""Scores of speech by models that are not ours: word errors by PocketSphinx, speakers by Resemblyzer."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples

Vector = npt.NDArray[np.float32]


def word_errors(text: str, samples: Samples) -> float:
    """Return the word error rate of PocketSphinx on English speech."""
    pcm = (np.clip(np.pad(samples, 4000), -1, 1) * 32767).astype(np.int16)
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    heard = re.findall(r"[a-z']+", hypothesis.hypstr.lower()) if hypothesis else []
    said = re.findall(r"[a-z']+", text.lower())
    return _edits(said, heard) / len(said)


@cache
def _decoder():  # type: ignore[no-untyped-def]
    from pocketsphinx import Decoder

    return Decoder(samprate=SPEECH_RATE_HZ, loglevel="FATAL")


def _edits(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]


@cache
def speaker_encoder() -> Callable[[Samples], Vector] | None:
    """Return Resemblyzer's speaker encoder where it is installed: `make lab-report` does."""
    try:
        from resemblyzer import VoiceEncoder
    except ImportError:
        return None
    encoder = VoiceEncoder("cpu", verbose=False)
    embed: Callable[[Samples], Vector] = encoder.embed_utterance
    return embed


def centroids(sounds: Iterable[tuple[str, Samples]]) -> dict[str, Vector]:
    """Return the mean embedding of each voice, given (voice, sound); {} where there is no encoder."""
    embed = speaker_encoder()
    if embed is None:
        return {}
    by_voice: dict[str, list[Vector]] = {}
    for voice, sound in sounds:
        by_voice.setdefault(voice, []).append(embed(sound))
    return {voice: np.mean(vectors, axis=0) for voice, vectors in by_voice.items()}


def cosine(voices: dict[str, Vector], voice: str, sound: Samples) -> float:
    """Return how alike a sound and a voice are; NaN where there is no encoder."""
    embed = speaker_encoder()
    if embed is None:
        return float("nan")
    one, other = embed(sound), voices[voice]
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
