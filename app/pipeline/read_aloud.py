"""From a text to a file of its speech, for the page and the API that read aloud."""

import re
from collections.abc import Sequence
from pathlib import Path

from app.audio.encode import encode
from app.engines.sound import SpeakOptions, SpokenVoice, Synthesizer
from app.progress import Progress

FORMATS = {"mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "opus": "audio/ogg"}
"""Extension of the file -> its MIME type."""

MAX_LETTERS = 4096  # of one text: OpenAI's own limit
PREFERRED = ("en-slt", "ru-nsh")  # recorded voices, the most natural ones


def read_aloud(
    text: str, voice: str, speed: float, kind: str, folder: Path, engine: Synthesizer, progress: Progress
) -> Path:
    """Read `text` aloud into a file of `kind`, one of FORMATS, in `folder`.

    Raises:
        BadInput: there is nothing to read; EngineFailed.
    """
    import soundfile

    options = SpeakOptions(choose_voice(voice, text, engine.voices), speed)
    wav, target = folder / "speech.wav", folder / f"spoken.{kind}"
    seconds = 0.0
    with soundfile.SoundFile(wav, "w", engine.sample_rate, 1, "PCM_16") as file:
        for piece in engine.speak(text, options, progress):
            file.write(piece.mono())
            seconds += piece.duration_s
    encode(wav, target, kind, seconds, progress)
    return target


def choose_voice(name: str, text: str, known: Sequence[SpokenVoice]) -> str:
    """Return the voice of that name, else the best one of the text's language."""
    if any(voice.name == name for voice in known):
        return name
    cyrillic, latin = (len(re.findall(letters, text)) for letters in ("[а-яёА-ЯЁ]", "[a-zA-Z]"))
    language = "ru" if cyrillic > latin else "en"
    of_language = [voice.name for voice in known if voice.language == language] or [
        voice.name for voice in known
    ]
    return next((voice for voice in PREFERRED if voice in of_language), of_language[0])
