"""A WhisperModel that openai-whisper computes, in torch: encode, decode, align."""

import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.audio.waveform import Samples
from app.documents.transcript import Word
from app.engines.base import Task
from app.engines.compute.interrupt import interruptible
from app.engines.compute.precision import autocast
from app.engines.whisper import convert
from app.engines.whisper.decoded import DecodedWindow, split_lines
from app.engines.whisper.draft import DraftInference
from app.engines.whisper.hallucination import most_tokens
from app.engines.whisper.model import GREEDY, Search
from app.engines.whisper.openai_decoder import AudioFeatures, KeepingDecoder, KeepingInference
from app.engines.whisper.word_times import align, within
from app.errors import N_, EngineFailed, EngineUnavailable

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module


class OpenAIWhisper:
    """openai-whisper's network and tokenizers, from a checkpoint in its own format.

    Args:
        device: torch's name of it. On CUDA the weights are cast to half precision, once: openai-whisper
            itself casts them for every call.

    Raises:
        EngineUnavailable: the file is damaged, or not a checkpoint in openai-whisper's format.
    """

    stops_midway = True

    def __init__(self, path: Path, device: str) -> None:
        import torch
        import whisper

        try:
            if path.is_dir():
                self._net: Any = convert.load(path).to(device)
            else:
                self._net = whisper.load_model(str(path.resolve()), device=device)  # with weights_only
        except (RuntimeError, pickle.UnpicklingError, EOFError, LookupError, TypeError, ValueError) as error:
            raise EngineUnavailable(
                N_("%(path)s is not a Whisper model, or it is damaged. Delete it and fetch it again."),
                path=str(path),
            ) from error
        self._torch, self._whisper = torch, whisper
        self._net.decoder = KeepingDecoder(self._net.decoder)
        self._half = device.startswith("cuda")
        if self._half:
            halve(self._net)
        self.is_multilingual: bool = self._net.is_multilingual
        self.batch = 8 if self._half else 4
        self._blocks: list[Module] = [*self._net.encoder.blocks, *self._net.decoder.blocks]

    def knows(self, language: str) -> bool:
        codes: Sequence[str] = self._tokenizer("en").all_language_codes
        return language in codes if self.is_multilingual else language == "en"

    def encode(self, samples: Samples) -> AudioFeatures:
        """Return the features of at most 30 s: n_audio_ctx of them."""
        whisper = self._whisper
        with self._torch.inference_mode():
            padded = whisper.pad_or_trim(self._torch.from_numpy(samples))
            mel = whisper.log_mel_spectrogram(padded, self._net.dims.n_mels, device=self._net.device)
            if self._half:
                encoded: Tensor = self._net.encoder(mel.half()[None])[0]
            else:
                with autocast("auto", self._net.device.type):  # in bf16 it hears the same, a third cheaper
                    encoded = self._net.encoder(mel[None])[0].float()
            features: AudioFeatures = self._net.decoder.features(encoded)
        return features

    def languages(self, features: Sequence[AudioFeatures]) -> list[dict[str, float]]:
        """Return how likely each language is, for each window."""
        if not self.is_multilingual:
            return [{"en": 1.0} for _ in features]
        return [self._languages_of(one) for one in features]

    def _languages_of(self, features: AudioFeatures) -> dict[str, float]:
        """openai-whisper's `detect_language` would take features of less than 30 s for a spectrogram."""
        tokenizer, decoder = self._tokenizer("en"), self._net.decoder
        start = self._torch.tensor([[tokenizer.sot]], device=features.encoded.device)
        with self._torch.inference_mode():
            choice = self._torch.tensor(tokenizer.all_language_tokens, device=start.device)
            chances = decoder.logits_of(choice, features, start).softmax(dim=-1)
        return dict(zip(tokenizer.all_language_codes, chances.tolist(), strict=True))

    def decode(
        self,
        features: Sequence[AudioFeatures],
        durations_s: Sequence[float],
        language: str,
        search: Search = GREEDY,
        prompt: str = "",
        draft: Sequence[int] = (),
        task: Task = "transcribe",
    ) -> list[DecodedWindow]:
        """Write down windows of one language together.

        Args:
            draft: tokens that a single window probably begins with; they save time and change nothing.
        """
        if search.width > 1 and len(features) > 1:  # its beam search mixes up the windows of a batch
            return [
                self.decode([one], [duration_s], language, search, prompt, task=task)[0]
                for one, duration_s in zip(features, durations_s, strict=True)
            ]
        several = search.width if search.width > 1 else None
        timestamp_begin = self._tokenizer(language).timestamp_begin
        options = self._whisper.DecodingOptions(
            task=task,
            language=language,
            temperature=search.temperature,
            beam_size=None if search.temperature else several,
            best_of=several if search.temperature else None,
            prompt=prompt or None,
            sample_len=min(self._net.dims.n_text_ctx, most_tokens(max(durations_s))),
            fp16=self._half,
        )
        with self._torch.random.fork_rng(), self._torch.inference_mode():
            self._torch.manual_seed(0)
            decoding = self._whisper.decoding.DecodingTask(self._net, options)
            n_initial = len(decoding.initial_tokens)
            if draft and len(features) == 1 and search == GREEDY:
                drafted = draft[: options.sample_len - 1]
                decoding.inference = DraftInference(self._net, n_initial, features[0], drafted)
            else:
                decoding.inference = KeepingInference(self._net, n_initial, features)
            if search.width > 1 and not search.temperature:
                decoding.decoder.inference = decoding.inference  # a beam moves its hypotheses in its cache
            results = decoding.run(self._torch.stack([one.encoded for one in features]))
        return [
            DecodedWindow(
                result.text,
                split_lines(result.tokens, timestamp_begin, duration_s),
                tuple(result.tokens),
                result.avg_logprob,
                result.no_speech_prob,
            )
            for result, duration_s in zip(results, durations_s, strict=True)
        ]

    def words(
        self,
        heard: DecodedWindow,
        language: str,
        features: AudioFeatures,
        duration_s: float,
        task: Task = "transcribe",
    ) -> list[list[Word]]:
        """Return the words of each line, with their times in the window; put together they are its text."""
        tokens = [line.tokens for line in heard.lines]
        found = align(self._net, self._tokenizer(language, task), tokens, features, duration_s)
        return [
            [within(word, line) for word in words] for line, words in zip(heard.lines, found, strict=True)
        ]

    @contextmanager
    def stoppable(self, check: Callable[[], None]) -> Iterator[None]:
        """Call `check` before each layer of the network."""
        try:
            with interruptible(self._blocks, check):
                yield
        except self._torch.OutOfMemoryError as error:
            raise EngineFailed(
                N_("There is not enough memory for Whisper. Close other programs or choose a smaller model.")
            ) from error

    def _tokenizer(self, language: str, task: Task = "transcribe") -> Any:
        from whisper.tokenizer import get_tokenizer

        net = self._net
        return get_tokenizer(
            net.is_multilingual, num_languages=net.num_languages, language=language, task=task
        )


def halve(net: "Module") -> None:
    """Cast all weights but the LayerNorms', which openai-whisper computes in single precision."""
    import torch

    for module in net.modules():
        if isinstance(module, torch.nn.Linear | torch.nn.Conv1d | torch.nn.Embedding):
            module.half()
