"""The process that recognizes a recording: PocketSphinx would hold Python's lock while it computes."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Self

import numpy as np

from app.audio.waveform import Samples
from app.engines.pocketsphinx.words import RecognizedWord
from app.errors import N_, EngineFailed

WAIT_S = 0.2  # of one turn, while the process computes


class RecognizerProcess:
    """The process that runs `child.py`; see there for what goes over its pipes."""

    def __enter__(self) -> Self:
        script = Path(__file__).with_name("child.py")
        # -P: the script's own folder holds modules that are called like the libraries they wrap
        command = [sys.executable, "-P", str(script)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._talk = ThreadPoolExecutor(1, thread_name_prefix="konspekt-pocketsphinx")
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._talk.shutdown()
        with suppress(BrokenPipeError):
            self._process.communicate()

    def hear(self, samples: Samples) -> None:
        """Begin an utterance."""
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        self._answer = self._talk.submit(self._ask, pcm)

    def wait(self) -> bool:
        """Wait a little; True once the utterance is heard."""
        return bool(wait([self._answer], WAIT_S).done)

    def heard(self) -> list[RecognizedWord]:
        try:
            return [RecognizedWord(*row) for row in json.loads(self._answer.result())]
        except (OSError, ValueError) as error:
            raise EngineFailed(N_("PocketSphinx stopped while it worked. Try again.")) from error

    def _ask(self, pcm: bytes) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(len(pcm).to_bytes(4, "little") + pcm)
        self._process.stdin.flush()
        return self._process.stdout.readline()
