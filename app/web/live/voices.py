"""What live streams tell voices apart by: the net of the diarizer, where it is here."""

from collections.abc import Callable

from app.audio.waveform import SPEECH_RATE_HZ, Samples, Span, Waveform
from app.config import Config
from app.engines.compute.device import Priority
from app.engines.pooling import Vector
from app.engines.registry import Engines
from app.engines.weights.diarization import DIARIZATION
from app.errors import N_, EngineUnavailable

LEAST_S = 0.8  # of speech that a voice is told by
NO_WEIGHTS = N_("The speakers are not told apart here: the weights for it are missing. Get them: %(command)s")


def live_voices(config: Config, engines: Engines) -> Callable[[Samples], Vector | None]:
    """Return what embeds the voice of an utterance, (samples,) at 16 kHz; nobody waits for weights.

    Raises EngineUnavailable where they are not here.
    """
    if not DIARIZATION.present(config.models_dir):
        raise EngineUnavailable(NO_WEIGHTS, command=DIARIZATION.command)
    diarizer = engines.diarizer(lambda _: None)

    def voice(samples: Samples) -> Vector | None:
        sound = Waveform(samples[None], SPEECH_RATE_HZ)
        whole = [Span(0.0, sound.duration_s)]
        return diarizer.voice(sound, whole, lambda _: None, least_s=LEAST_S, priority=Priority.LIVE_FINAL)

    return voice
