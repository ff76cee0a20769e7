"""The corpora: a generator of multi-speaker speech, and loaders for folders like LJSpeech's and VCTK's.

    <folder>/wavs/<voice>/<sentence>.wav   16 kHz mono
    <folder>/manifest.jsonl                one Utterance a line
    <folder>/build.json                    seed, versions, what is held out, sha256 of the manifest

Everything comes back from the seed, so only this code is kept and no sound. (espeak-ng carries the phase of
its voice from one sentence to the next: the same bytes need a process that has not spoken before.)
"""

import argparse
import csv
import hashlib
import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
from rich.progress import track

from app.audio.espeak import Phone
from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.errors import N_, BadInput
from app.training.speak import resample, speak
from app.training.voices import SPLITS, VOICES, Split, Voice

SENTENCES = Path(__file__).parent / "sentences"
SHARES = {"train": 0.74, "valid": 0.08, "test": 0.18}  # of the sentences


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence of one speaker. path: relative to the corpus; phones: empty where nothing gave them."""

    path: str
    voice: str
    speaker: str
    language: str
    text: str
    speaker_split: Split
    sentence_split: Split
    duration_s: float
    sha256: str = ""
    phones: tuple[Phone, ...] = ()


def sentences(language: str, seed: int = 0) -> dict[Split, list[tuple[str, str]]]:
    """Split the project's sentences of a language: (id, text) by split."""
    lines = (SENTENCES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    order = np.random.default_rng([seed, 1]).permutation(len(lines))
    bounds = np.cumsum([round(SHARES[split] * len(lines)) for split in SPLITS[:-1]])
    return {
        split: [(f"{language}{i:03d}", lines[i]) for i in sorted(part)]
        for split, part in zip(SPLITS, np.split(order, bounds), strict=True)
    }


def more_sentences(language: str) -> list[tuple[str, str]]:
    """Return what is for training alone: voices that are to speak themselves need more words."""
    lines = (SENTENCES / f"{language}-more.txt").read_text(encoding="utf-8").splitlines()
    return [(f"{language}m{i:03d}", line) for i, line in enumerate(lines)]


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
            if split != voice.split and voice.name not in every_split:
                continue
            n = len(lines)
            if split == "train" and voice.name not in every_split:
                n = min(n, round(per_voice * voice.share))
            chosen = [lines[i] for i in sorted(rng.permutation(len(lines))[:n])]
            if split == "train" and voice.name in every_split:
                chosen += more_sentences(voice.language)
            spoken = speak(voice, [text for _, text in chosen])
            for (name, text), speech in zip(chosen, spoken, strict=True):
                path = Path("wavs", voice.name, f"{name}.wav")
                digest = _write(folder / path, speech.samples)
                utterances.append(
                    Utterance(
                        path.as_posix(),
                        voice.name,
                        voice.speaker,
                        voice.language,
                        text,
                        voice.split,
                        split,
                        round(len(speech.samples) / SPEECH_RATE_HZ, 3),
                        digest,
                        speech.phones,
                    )
                )
    lines_of_json = "".join(json.dumps(asdict(u), ensure_ascii=False) + "\n" for u in utterances)
    (folder / "manifest.jsonl").write_text(lines_of_json, encoding="utf-8")
    build = {
        "seed": seed,
        "versions": {program: _version(program) for program in ("espeak-ng", "flite", "festival")},
        "held_out_speakers": sorted({v.speaker for v in voices if v.split == "test"}),
        "manifest_sha256": hashlib.sha256(lines_of_json.encode()).hexdigest(),
    }
    (folder / "build.json").write_text(
        json.dumps(build, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return utterances


def load(folder: Path) -> list[Utterance]:
    """Read a generated corpus, or a folder like LJSpeech's (metadata.csv) or VCTK's (txt/, wav48…/)."""
    if (folder / "manifest.jsonl").exists():
        return list(_load_manifest(folder))
    if (folder / "metadata.csv").exists():
        return list(_load_ljspeech(folder))
    if (folder / "txt").is_dir():
        return list(_load_vctk(folder))
    raise BadInput(
        N_("%(folder)s is no corpus: it holds neither manifest.jsonl nor metadata.csv nor txt/."),
        folder=str(folder),
    )


def for_repair(utterances: Iterable[Utterance], split: Split) -> list[Utterance]:
    """Keep what belongs to a split by its speaker and by its sentence."""
    return [u for u in utterances if u.speaker_split == split == u.sentence_split]


def read(folder: Path, utterance: Utterance) -> Samples:
    """Return (n,) float32 at 16 kHz."""
    samples, rate = soundfile.read(folder / utterance.path, dtype="float32", always_2d=True)
    return resample(samples.mean(axis=1), rate)


def _load_manifest(folder: Path) -> Iterator[Utterance]:
    for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Utterance(**{**row, "phones": tuple(Phone(**phone) for phone in row["phones"])})


def _load_ljspeech(folder: Path) -> Iterator[Utterance]:
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as file:
        for name, *texts in csv.reader(file, delimiter="|", quoting=csv.QUOTE_NONE):
            yield _found(folder, folder / "wavs" / f"{name}.wav", folder.name, texts[-1])


def _load_vctk(folder: Path) -> Iterator[Utterance]:
    wavs = next(
        (folder / name for name in ("wav48_silence_trimmed", "wav48", "wavs") if (folder / name).is_dir()),
        folder,
    )
    for script in sorted((folder / "txt").glob("*/*.txt")):
        takes = sorted((wavs / script.parent.name).glob(f"{script.stem}*"))
        if takes:
            yield _found(folder, takes[0], script.parent.name, script.read_text(encoding="utf-8").strip())


def _found(folder: Path, path: Path, speaker: str, text: str) -> Utterance:
    """Split by hashes, so that a corpus that grows keeps its splits."""
    russian = any("а" <= letter <= "я" for letter in text.lower())
    return Utterance(
        path.relative_to(folder).as_posix(),
        speaker,
        speaker,
        "ru" if russian else "en",
        text,
        _hashed_split(speaker),
        _hashed_split(text),
        round(soundfile.info(path).duration, 3),
    )


def _hashed_split(key: str) -> Split:
    place = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 2**32
    if place < SHARES["train"]:
        return "train"
    return "valid" if place < SHARES["train"] + SHARES["valid"] else "test"


def in_training(utterances: Iterable[Utterance]) -> list[Utterance]:
    """Count everything as training material: for a corpus with no speaker to hold out."""
    return [replace(u, speaker_split="train", sentence_split="train") for u in utterances]


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Generate the corpus of spoken sentences.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-voice", type=int, default=36)
    parser.add_argument("--voices", nargs="+", help="names of the voices that speak; by default all")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    made = generate(
        options.folder,
        voices=[v for v in VOICES if options.voices is None or v.name in options.voices],
        per_voice=options.per_voice,
        every_split=SYNTHESIS_VOICES,
        seed=options.seed,
    )
    print(f"{len(made)} utterances, {sum(u.duration_s for u in made) / 60:.1f} min")


SYNTHESIS_VOICES = (
    "en-rms",
    "en-slt",
    "en-awb",
    "en-f2",
    "en-m3",
    "ru-nsh",
    "ru-f2",
    "ru-m3",
    "ru-klatt2",
    "ru-Alicia",
)

if __name__ == "__main__":
    main()
