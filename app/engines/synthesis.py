"""Read text aloud with our own synthesis net and the WORLD vocoder. Phones come from espeak-ng."""

import json
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Waveform
from app.engines.compute.device import Device
from app.engines.sound import SpeakOptions, SpokenVoice
from app.errors import N_, BadInput, EngineUnavailable
from app.progress import Progress

if TYPE_CHECKING:
    from app.nets.synthesis import SynthesisNet

_PAUSE_S = 0.25  # between sentences
_PEAK = 0.8


log = logging.getLogger(__name__)


def voices(folders: Sequence[Path]) -> tuple[SpokenVoice, ...]:
    """Name the voices of checkpoints, read from their descriptions: nothing is loaded, no torch imported.

    The first folder is the program's own; one of the others that cannot be used is left out, as the log says.

    Raises:
        EngineUnavailable: the first has no weights, or espeak-ng is missing.
    """
    return tuple(voice for voice, _ in _found(folders).values())


def _found(folders: Sequence[Path]) -> dict[str, tuple[SpokenVoice, Path]]:
    """Return the voices by their names, each with its folder; of two with one name the later stands."""
    from app.audio import espeak

    espeak.require()
    first, *own = folders
    found = {voice.name: (voice, first) for voice in _described(first)}
    for folder in own:
        try:
            found |= {voice.name: (voice, folder) for voice in _described(folder)}
        except EngineUnavailable as refusal:
            log.warning("%s", refusal)
    return found


def _described(folder: Path) -> tuple[SpokenVoice, ...]:
    try:
        (folder / "weights.safetensors").stat()
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))["config"]
        return tuple(map(SpokenVoice, config["voices"], config["languages"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineUnavailable(
            N_("The weights in %(folder)s cannot be used: %(reason)s"),
            folder=str(folder),
            reason=str(error)[:200],
        ) from error


def _loaded(folders: Sequence[Path]) -> "dict[Path, SynthesisNet]":
    """Load what can be used; only the first must be."""
    from app.nets import checkpoint

    nets = {}
    for folder in folders:
        try:
            nets[folder] = cast("SynthesisNet", checkpoint.load(folder, "synthesis"))
        except EngineUnavailable as refusal:
            if folder == folders[0]:
                raise
            log.warning("%s", refusal)
    return nets


class Synthesis:
    """A Synthesizer. Load it on the device's thread.

    Raises:
        EngineUnavailable: the first of `folders` holds no weights that fit, or espeak-ng is missing.
    """

    name = "Konspekt voices"
    sample_rate = SPEECH_RATE_HZ

    def __init__(self, folders: Sequence[Path], device: Device) -> None:
        nets = _loaded(folders)
        found = _found(list(nets))
        self.voices = tuple(voice for voice, _ in found.values())
        self._nets = {name: nets[folder] for name, (_, folder) in found.items()}
        self.device = device

    def speak(self, text: str, options: SpeakOptions, progress: Progress) -> Iterator[Waveform]:
        """Yield the speech sentence by sentence. Raises BadInput for an unknown voice or nothing to say."""
        from app.nets import text_normalization

        voice = self._voice(options.voice)
        said = text_normalization.sentences(text_normalization.in_words(text, voice.language))
        if not said:
            raise BadInput(N_("There is nothing to read: the text has no words."))
        return self._speak(said, voice, options, progress)

    def _speak(
        self, said: list[str], voice: SpokenVoice, options: SpeakOptions, progress: Progress
    ) -> Iterator[Waveform]:
        for i, sentence in enumerate(said):
            work = partial(self._sentence, sentence, voice, options.speed)
            samples = self.device.turn(options.priority, work)
            yield Waveform(samples[None], self.sample_rate)
            progress((i + 1) / len(said))

    def _voice(self, name: str) -> SpokenVoice:
        known = {voice.name: voice for voice in self.voices}
        if name not in known:
            raise BadInput(
                N_("There is no voice %(voice)s. Choose one of: %(voices)s"),
                voice=name,
                voices=", ".join(known),
            )
        return known[name]

    def _sentence(self, text: str, voice: SpokenVoice, speed: float) -> Samples:
        """Compute one sentence on the device's thread."""
        import torch

        from app.audio.espeak import Phone
        from app.nets import world
        from app.nets.phones import phones_of
        from app.nets.synthesis import inputs

        net = self._nets[voice.name]
        config = net.config
        found = phones_of(text, voice.language)
        while found and not found[-1].symbol:
            found = found[:-1]
        phones = (Phone("", 0, 0), *found, Phone("", 0, 0))
        numbers, flags = inputs(phones, text, config.phones)
        with torch.inference_mode():
            chosen = torch.tensor([config.voices.index(voice.name)])
            frames = net.speak(numbers[None], flags[None], chosen, speed).numpy()
        sound = world.synthesize(frames)
        sound *= np.float32(_PEAK / max(1e-3, float(np.abs(sound).max())))
        return np.concatenate([sound, np.zeros(int(_PAUSE_S * self.sample_rate), np.float32)])
