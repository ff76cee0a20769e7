"""Speaks sentences with espeak-ng, flite or festival, and keeps the times of phones that they report."""

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from app.audio import espeak
from app.audio.espeak import Phone
from app.audio.waveform import Samples
from app.errors import N_, EngineUnavailable
from app.training.corpus.resample import resample
from app.training.corpus.voices import Voice


@dataclass(frozen=True, slots=True, eq=False)
class SpokenSentence:
    """One sentence as a program said it. samples: (n,) float32 at 16 kHz."""

    text: str
    samples: Samples
    phones: tuple[Phone, ...]


def speak(voice: Voice, sentences: Sequence[str]) -> list[SpokenSentence]:
    """Say every sentence. Raises EngineUnavailable where the voice's program is missing."""
    return _ENGINES[voice.engine](voice, sentences)


def _speak_espeak(voice: Voice, sentences: Sequence[str]) -> list[SpokenSentence]:
    spoken = []
    for text in sentences:
        samples, rate, phones = espeak.speak(
            text, voice.key, words_per_minute=voice.words_per_minute, pitch=voice.pitch
        )
        spoken.append(SpokenSentence(text, resample(samples, rate), phones))
    return spoken


def _speak_flite(voice: Voice, sentences: Sequence[str]) -> list[SpokenSentence]:
    spoken = []
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "speech.wav")
        for text in sentences:
            shown = _output_of(["flite", "-voice", voice.key, "-psdur", "-t", text, "-o", str(wav)])
            ends = [(symbol, float(end)) for symbol, end in (item.rsplit(":", 1) for item in shown.split())]
            samples, rate = soundfile.read(wav, dtype="float32")
            spoken.append(SpokenSentence(text, resample(samples, rate), _phones(ends)))
    return spoken


def _speak_festival(voice: Voice, sentences: Sequence[str]) -> list[SpokenSentence]:
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{voice.key})"]
        for i, text in enumerate(sentences):
            quoted = text.replace("\\", " ").replace('"', " ")
            lines += [
                f'(set! utt (SynthText "{quoted}"))',
                f'(utt.save.segs utt "{folder}/{i}.lab")',
                f'(utt.save.wave utt "{folder}/{i}.wav" \'riff)',
            ]
        script = Path(folder, "speak.scm")
        script.write_text("\n".join(lines), encoding="utf-8")
        _output_of(["festival", "-b", str(script)])
        spoken = []
        for i, text in enumerate(sentences):
            samples, rate = soundfile.read(Path(folder, f"{i}.wav"), dtype="float32")
            rows = Path(folder, f"{i}.lab").read_text(encoding="utf-8").split("#\n", 1)[1].split("\n")
            ends = [(symbol, float(end)) for end, _, symbol in (row.split() for row in rows if row.strip())]
            spoken.append(SpokenSentence(text, resample(samples, rate), _phones(ends)))
    return spoken


def _phones(ends: list[tuple[str, float]]) -> tuple[Phone, ...]:
    starts = [0.0, *(end for _, end in ends[:-1])]
    return tuple(
        Phone("" if symbol == "pau" else symbol, start, end)
        for (symbol, end), start in zip(ends, starts, strict=True)
        if end > start
    )


def _output_of(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=600)
    except FileNotFoundError as error:
        raise EngineUnavailable(
            N_("%(program)s is not installed. Install it: apt install %(program)s"), program=command[0]
        ) from error
    except subprocess.CalledProcessError as error:
        raise EngineUnavailable(
            N_("%(program)s cannot speak: %(reason)s"),
            program=command[0],
            reason=error.stderr.decode("utf-8", "replace").strip()[:200],
        ) from error
    return done.stdout.decode("utf-8", "replace")


_ENGINES = {"espeak": _speak_espeak, "flite": _speak_flite, "festival": _speak_festival}
