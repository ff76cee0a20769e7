"""Whisper computed by CTranslate2: int8 on a CPU, at less than half of what torch takes; float16 on CUDA.

It reads the folders that faster-whisper reads (`model.bin`, `config.json`, the vocabulary). Of faster-whisper
itself little would be left to use here: windows, voice detection and word times are the program's own, and
openai-whisper, which is there, brings the spectrogram and the tokenizer.
"""

import json
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.documents.transcript import Word
from app.engines.base import Task
from app.engines.whisper.decoded import DecodedWindow, split_lines
from app.engines.whisper.hallucination import most_tokens
from app.engines.whisper.model import GREEDY, Search
from app.engines.whisper.word_times import FRAMES_PER_S, MEDIAN_WIDTH, within, words_of_lines
from app.errors import N_, EngineUnavailable

CONTEXT = 448  # tokens that the decoder sees, prompt included
MEL_FRAMES_PER_S = 100
# The encoder's cost grows with what it is given, and it hears a window that ends in little silence as well as
# one that is filled up to 30 s; one that ends with the speech it repeats without end, and of one shorter than
# 10 s it sometimes writes the beginning twice.
PAD_S, STEP_S, LEAST_S, MAX_S = 2, 5, 10, 30

Array = npt.NDArray[np.float32]


class CTranslate2Whisper:
    """A WhisperModel in CTranslate2's form.

    Args:
        device: torch's name of it; what CTranslate2 cannot compute on is computed on the CPU.
        threads: that a computation on a CPU takes.

    Raises:
        EngineUnavailable: the folder holds no such model, or it is damaged.
    """

    stops_midway = False

    def __init__(self, folder: Path, device: str, threads: int) -> None:
        import ctranslate2

        kind, _, index = device.partition(":")
        if kind == "cuda" and not ctranslate2.get_cuda_device_count():  # torch may know it, this library not
            kind = "cpu"
        try:
            self._net: Any = ctranslate2.models.Whisper(
                str(folder),
                device="cuda" if kind == "cuda" else "cpu",
                device_index=int(index or 0),
                compute_type="float16" if kind == "cuda" else "int8",
                intra_threads=threads,
            )
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except (RuntimeError, OSError, ValueError) as error:
            raise EngineUnavailable(
                N_("%(path)s is not a Whisper model, or it is damaged. Delete it and fetch it again."),
                path=str(folder),
            ) from error
        self._ctranslate2 = ctranslate2
        self._n_languages = len(config.get("lang_ids", ())) or 99
        self.is_multilingual: bool = self._net.is_multilingual
        self.batch = 8 if kind == "cuda" else 3
        self._log_mel(np.zeros(SPEECH_RATE_HZ, np.float32), 1)
        self._tokenizer("en")  # with it, all is loaded that the first recording would wait for

    def knows(self, language: str) -> bool:
        codes: Sequence[str] = self._tokenizer("en").all_language_codes
        return language in codes if self.is_multilingual else language == "en"

    def encode(self, samples: Samples) -> Array:
        """Return the features of at most 30 s, and of little silence after them."""
        steps = math.ceil((len(samples) / SPEECH_RATE_HZ + PAD_S) / STEP_S)
        mel = self._log_mel(samples, min(max(steps * STEP_S, LEAST_S), MAX_S))
        features: Array
        [features] = np.array(self._net.encode(self._view([mel]), to_cpu=True))
        return features

    def languages(self, features: Sequence[Array]) -> list[dict[str, float]]:
        if not self.is_multilingual:
            return [{"en": 1.0} for _ in features]
        return [
            {token.strip("<|>"): probability for token, probability in found}
            for part in _of_one_length(features)
            for found in self._net.detect_language(self._view([features[i] for i in part]))
        ]

    def decode(
        self,
        features: Sequence[Array],
        durations_s: Sequence[float],
        language: str,
        search: Search = GREEDY,
        prompt: str = "",
        draft: Sequence[int] = (),
        task: Task = "transcribe",
    ) -> list[DecodedWindow]:
        tokenizer = self._tokenizer(language, task)
        before = tokenizer.encode(" " + prompt.strip())[-(CONTEXT // 2 - 1) :] if prompt.strip() else []
        start = [*([tokenizer.sot_prev, *before] if before else []), *tokenizer.sot_sequence]
        how: dict[str, Any] = {"beam_size": search.width}
        if search.temperature > 0:
            self._ctranslate2.set_random_seed(0)
            how = {"num_hypotheses": search.width, "sampling_temperature": search.temperature}
            how |= {"beam_size": 1, "sampling_topk": 0}
        decoded: list[DecodedWindow] = []
        for part in _of_one_length(features):
            longest_s = max(durations_s[i] for i in part)
            results = self._net.generate(
                self._view([features[i] for i in part]),
                [start] * len(part),
                max_length=min(CONTEXT, len(start) + most_tokens(longest_s)),
                return_scores=True,
                return_no_speech_prob=True,
                **how,
            )
            for i, result in zip(part, results, strict=True):
                tokens = result.sequences_ids[0]
                decoded.append(
                    DecodedWindow(
                        tokenizer.decode(tokens),
                        split_lines(tokens, tokenizer.timestamp_begin, durations_s[i]),
                        tuple(tokens),
                        result.scores[0] * len(tokens) / (len(tokens) + 1),
                        result.no_speech_prob,
                    )
                )
        return decoded

    def words(
        self,
        heard: DecodedWindow,
        language: str,
        features: Array,
        duration_s: float,
        task: Task = "transcribe",
    ) -> list[list[Word]]:
        tokens = [token for line in heard.lines for token in line.tokens]
        if not tokens:
            return [[] for _ in heard.lines]
        tokenizer = self._tokenizer(language, task)
        [aligned] = self._net.align(
            self._view([features]),
            list(tokenizer.sot_sequence),
            [tokens],
            round(duration_s * MEL_FRAMES_PER_S),
            median_filter_width=MEDIAN_WIDTH,
        )
        rows, frames = np.array(aligned.alignments).T
        starts = frames[np.flatnonzero(np.diff(rows, prepend=-1))] / FRAMES_PER_S
        found = words_of_lines(
            tokenizer, [line.tokens for line in heard.lines], starts, np.array(aligned.text_token_probs)
        )
        return [
            [within(word, line) for word in words] for line, words in zip(heard.lines, found, strict=True)
        ]

    def stoppable(self, check: Callable[[], None]) -> AbstractContextManager[None]:
        """Do nothing: CTranslate2 asks nobody before it is done."""
        return nullcontext()

    def _log_mel(self, samples: Samples, length_s: int) -> Array:
        """Return the spectrogram of samples that are padded to `length_s`: (n_mels, frames)."""
        import torch
        import whisper

        padded = whisper.pad_or_trim(torch.from_numpy(samples), length_s * SPEECH_RATE_HZ)
        mel: Array = whisper.log_mel_spectrogram(padded, self._net.n_mels).numpy()
        return mel

    def _view(self, arrays: Sequence[Array]) -> Any:
        return self._ctranslate2.StorageView.from_array(np.ascontiguousarray(np.stack(arrays)))

    def _tokenizer(self, language: str, task: Task = "transcribe") -> Any:
        from whisper.tokenizer import get_tokenizer

        return get_tokenizer(
            self.is_multilingual, num_languages=self._n_languages, language=language, task=task
        )


def _of_one_length(features: Sequence[Array]) -> list[list[int]]:
    """Return the places of features that can be stacked, in order."""
    return [list(part) for _, part in groupby(range(len(features)), key=lambda i: len(features[i]))]
