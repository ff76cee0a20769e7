"""Generates a corpus of multi-speaker speech with the speech programs that are installed.

    <folder>/wavs/<voice>/<sentence>.wav   16 kHz mono
    <folder>/manifest.jsonl                one Utterance a line
    <folder>/build.json                    seed, versions, what is held out, sha256 of the manifest

A seed gives the same corpus again, so only this code is kept and no sound. (espeak-ng carries the phase of
its voice from one sentence to the next: the same bytes need a process that has not spoken before.)
"""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import soundfile
from rich.progress import track

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.training.corpus.sentences import more_sentences, sentences
from app.training.corpus.speak import speak
from app.training.corpus.utterance import Utterance
from app.training.corpus.voices import VOICES, Split, Voice


def generate(
    folder: Path,
    *,
    voices: Sequence[Voice] = VOICES,
    per_voice: int = 36,
    every_split: Sequence[str] = (),
    seed: int = 0,
) -> list[Utterance]:
    """Speak the corpus into `folder`.

    A training voice says `per_voice` sentences times its `share`; the voices in `every_split` speak
    the sentences of all splits, and more of them, as synthesis needs.
    """
    utterances: list[Utterance] = []
    for number, voice in enumerate(track(voices, "Speaking")):
        rng = np.random.default_rng([seed, 2, number])
        for split, lines in sentences(voice.language, seed).items():
            speaks_all = voice.name in every_split
            if split != voice.split and not speaks_all:
                continue
            whole = split != "train" or speaks_all
            n = len(lines) if whole else min(len(lines), round(per_voice * voice.share))
            chosen = [lines[i] for i in sorted(rng.permutation(len(lines))[:n])]
            if split == "train" and speaks_all:
                chosen += more_sentences(voice.language)
            utterances += _spoken(folder, voice, split, chosen)
    _write_manifest(folder, utterances, voices, seed)
    return utterances


def _spoken(
    folder: Path, voice: Voice, split: Split, chosen: Sequence[tuple[str, str]]
) -> Iterator[Utterance]:
    """Say sentences, given as (id, text), and write their sound."""
    spoken = speak(voice, [text for _, text in chosen])
    for (name, text), said in zip(chosen, spoken, strict=True):
        path = Path("wavs", voice.name, f"{name}.wav")
        digest = _write(folder / path, said.samples)
        duration_s = round(len(said.samples) / SPEECH_RATE_HZ, 3)
        yield Utterance(
            path.as_posix(), voice.name, voice.speaker, voice.language, text,
            voice.split, split, duration_s, digest, said.phones,
        )  # fmt: skip


def _write_manifest(
    folder: Path, utterances: Sequence[Utterance], voices: Sequence[Voice], seed: int
) -> None:
    """Write manifest.jsonl and build.json."""
    manifest = "".join(json.dumps(asdict(u), ensure_ascii=False) + "\n" for u in utterances)
    (folder / "manifest.jsonl").write_text(manifest, encoding="utf-8")
    build = {
        "seed": seed,
        "versions": {program: _version(program) for program in ("espeak-ng", "flite", "festival")},
        "held_out_speakers": sorted({v.speaker for v in voices if v.split == "test"}),
        "manifest_sha256": hashlib.sha256(manifest.encode()).hexdigest(),
    }
    text = json.dumps(build, ensure_ascii=False, indent=2) + "\n"
    (folder / "build.json").write_text(text, encoding="utf-8")


def _write(path: Path, samples: Samples) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    soundfile.write(path, pcm, SPEECH_RATE_HZ, subtype="PCM_16")
    return hashlib.sha256(pcm.tobytes()).hexdigest()


def _version(program: str) -> str:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=30)
    except FileNotFoundError:
        return "missing"
    return (shown.stdout or shown.stderr).decode("utf-8", "replace").strip().split("\n")[0]
