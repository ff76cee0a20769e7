"""Who speaks in a live stream: each utterance joins the voice heard so far that is nearest, or begins one.

What is said of it stays provisional: the stage `diarize` hears all of the sound again when minutes are made.
"""

from collections.abc import Callable

import numpy as np

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.documents.diarization import speaker_id
from app.engines.diarization import MAX_SPEAKERS
from app.engines.pooling import Vector

# Cosine distances, chosen on development talks (docs/speakers.md): below SAME it is one who
# has spoken; what is farther begins a new voice where it is long enough, else below LIKE it is his still.
SAME, LIKE = 0.5, 0.8
NEW_S = 1.5
MOST_S = 6.0  # of an utterance, from its middle: more costs time and tells nothing


class RunningSpeakers:
    """The voices of one stream. The hub's thread asks it, utterance by utterance.

    Args:
        voice: embeds 16 kHz samples, None: they are too short.
        first: the number of the first new voice; after a restart those before it are known no more.
    """

    def __init__(self, voice: Callable[[Samples], Vector | None], first: int = 1) -> None:
        self._voice = voice
        self._first = first
        self._sums: list[Vector] = []  # of the vectors of each voice, weighed by their seconds

    def speaker(self, samples: Samples) -> str | None:
        """Return whose an utterance probably is; None: it tells too little."""
        most = round(MOST_S * SPEECH_RATE_HZ)
        first = max(0, (len(samples) - most) // 2)
        chosen = samples[first : first + most]
        vector = self._voice(chosen)
        if vector is None:
            return None
        seconds = len(chosen) / SPEECH_RATE_HZ
        distances = [1.0 - float(vector @ total) / float(np.linalg.norm(total)) for total in self._sums]
        nearest = int(np.argmin(distances)) if distances else -1
        distance = distances[nearest] if distances else np.inf
        if distance < SAME:
            self._sums[nearest] = self._sums[nearest] + seconds * vector
        elif len(self._sums) < MAX_SPEAKERS and (seconds >= NEW_S or not self._sums):
            self._sums.append(seconds * vector)
            nearest = len(self._sums) - 1
        elif distance >= LIKE:
            return None
        return speaker_id(self._first + nearest)
