"""One recognizer hears recordings on one thread, in a process of its own: what each costs, what it hears.

python -m benchmarks.transcription_child NAME MODEL_FOLDER SOUND.wav...
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Heard = list[tuple[float, float, str]]
"""Segments: start and end in s, text."""
Hear = Callable[[Path], Heard]


def konspekt(folder: Path, engine: str, quality: str) -> Hear:
    from app.audio.wav import WavFile
    from app.engines.base import TranscribeOptions
    from app.engines.compute.device import Device
    from app.engines.silero import SileroVoiceDetector
    from app.engines.whisper.ctranslate2_model import CTranslate2Whisper
    from app.engines.whisper.openai_model import OpenAIWhisper
    from app.engines.whisper.transcriber import WhisperTranscriber

    device = Device()
    detector = SileroVoiceDetector(device)
    model = OpenAIWhisper(folder, "cpu") if engine == "torch" else CTranslate2Whisper(folder, "cpu", 1)
    transcriber = WhisperTranscriber(model, "Whisper", device, quality)

    def hear(sound: Path) -> Heard:
        speech = WavFile(sound)
        with device:
            spans = [*detector.detect(speech, lambda _: None)]
            transcript = transcriber.transcribe(speech, spans, TranscribeOptions(), lambda _: None)
        return [(segment.start, segment.end, segment.text) for segment in transcript.segments]

    return hear


def faster_whisper(folder: Path, batch: int) -> Hear:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(sound: Path) -> Heard:
        samples = _samples(sound)
        if batch == 1:
            found, _ = model.transcribe(samples, beam_size=5)
        else:
            pipeline = BatchedInferencePipeline(model)
            found, _ = pipeline.transcribe(samples, beam_size=5, batch_size=batch, word_timestamps=True)
        return [(segment.start, segment.end, segment.text) for segment in found]

    return hear


def whisper_command(folder: Path) -> Hear:
    import whisper

    from app.engines.whisper import convert

    model = convert.load(folder)
    temperatures = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

    def hear(sound: Path) -> Heard:
        found: dict[str, Any] = whisper.transcribe(
            model, _samples(sound), beam_size=5, best_of=5, temperature=temperatures, fp16=False
        )
        return [(segment["start"], segment["end"], segment["text"]) for segment in found["segments"]]

    return hear


def _samples(sound: Path) -> Any:
    import soundfile

    return soundfile.read(sound, dtype="float32")[0]


RECOGNIZERS: dict[str, Callable[[Path], Hear]] = {
    "fast": lambda folder: konspekt(folder, "ctranslate2", "fast"),
    "balanced": lambda folder: konspekt(folder, "ctranslate2", "balanced"),
    "best": lambda folder: konspekt(folder, "ctranslate2", "best"),
    "torch": lambda folder: konspekt(folder, "torch", "fast"),
    "faster-whisper": lambda folder: faster_whisper(folder, 1),
    "faster-whisper in batches": lambda folder: faster_whisper(folder, 8),
    "whisper command": whisper_command,
}


def main(name: str, folder: Path, sounds: Sequence[Path]) -> None:
    """Print of each what it cost after loading, the largest memory so far, and what was heard."""
    import torch

    torch.set_num_threads(1)
    hear = RECOGNIZERS[name](folder)
    for sound in sounds:
        before = time.process_time()
        heard = hear(sound)
        cost_s = time.process_time() - before
        memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"cost_s": cost_s, "memory_mb": memory_mb, "heard": heard}))


if __name__ == "__main__":
    os.environ |= {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    main(sys.argv[1], Path(sys.argv[2]), [Path(sound) for sound in sys.argv[3:]])
