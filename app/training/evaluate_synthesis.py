"""Judge synthesis: sentences that no voice has trained on, beside the vocoder alone and the natural voice."""

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track

from app.audio.waveform import Samples
from app.nets import checkpoint, world
from app.nets.synthesis import STEPS_PER_S, SynthesisNet, inputs
from app.training import corpus, metrics
from app.training.utterances import PAUSE_S, Lesson, lesson, timed_phones

NATURAL, COPY, NET, REPAIRED = "natural", "vocoder alone", "net", "net trained on repaired audio"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence by one system, measured against the natural one. NaN: not measured."""

    system: str
    voice: str
    q: float
    q_mel: float
    cos_pitch: float
    cos_loudness: float
    speaker_cosine: float
    duration_error: float
    word_errors: float


def synthesize(net: SynthesisNet, taught: Lesson, *, own_durations: bool = False) -> Samples:
    """Say a sentence with the true durations, or with those that the net finds right."""
    numbers, flags = inputs(taught.phones, taught.text, net.config.phones)
    steps = None if own_durations else torch.from_numpy(taught.steps)[None]
    with torch.inference_mode():
        voice = torch.tensor([net.config.voices.index(taught.voice)])
        return world.synthesize(net.speak(numbers[None], flags[None], voice, steps=steps).numpy())


def judge(
    folder: Path,
    nets: dict[str, SynthesisNet],
    voices: Sequence[str],
    per_voice: int = 6,
    *,
    words: bool = False,
) -> list[Spoken]:
    """Judge each net on `per_voice` test sentences of each voice; `words` counts errors of PocketSphinx."""
    found = [u for u in corpus.load(folder) if u.voice in voices and u.sentence_split == "test"]
    chosen = [u for voice in voices for u in [u for u in found if u.voice == voice][:per_voice]]
    natural: dict[tuple[str, str], tuple[Lesson, Samples]] = {}
    for utterance in track(chosen, "Analysing"):
        taught = lesson(folder, utterance)
        start = timed_phones(utterance)[0].start - PAUSE_S
        first, n = round(start * 16_000), int(taught.steps.sum()) * 16_000 // STEPS_PER_S
        sound = corpus.read(folder, utterance)
        sound = np.pad(sound[max(0, first) :], (max(0, -first), n))[:n]
        natural[utterance.voice, utterance.text] = taught, sound
    centroids = _centroids(natural)
    spoken = []
    for (voice, _), (taught, truth) in track(natural.items(), "Judging"):
        said = {NATURAL: truth, COPY: world.synthesize(taught.frames)}
        said |= {name: synthesize(net, taught) for name, net in nets.items()}
        for name, sound in said.items():
            quality = metrics.quality(truth, sound)
            mel = metrics.mel_mse(truth, sound)
            error = float("nan")
            if name in nets:
                error = abs(len(synthesize(nets[name], taught, own_durations=True)) / len(truth) - 1)
            heard = words and voice.startswith("en-") and voice in ("en-rms", "en-slt", "en-awb")
            spoken.append(
                Spoken(
                    name, voice, quality.q, quality.q + metrics.WEIGHTS[0] * (mel - quality.mse),
                    quality.cos_pitch, quality.cos_loudness, _cosine(centroids, voice, sound), error,
                    word_errors(taught.text, sound) if heard else float("nan"),
                )
            )  # fmt: skip
    return spoken


def table(spoken: Sequence[Spoken]) -> str:
    """Return Markdown, a row a system."""
    columns = {
        "Q": "q", "Q (mel)": "q_mel", "cos_pitch": "cos_pitch", "cos_loudness": "cos_loudness",
        "speaker cosine": "speaker_cosine", "duration error": "duration_error", "word errors": "word_errors",
    }  # fmt: skip
    lines = ["| system | n | " + " | ".join(columns) + " |", "|---|---" + "|---" * len(columns) + "|"]
    for system in dict.fromkeys(s.system for s in spoken):
        mine = [s for s in spoken if s.system == system]
        cells = [_mean([getattr(s, field) for s in mine]) for field in columns.values()]
        lines.append(f"| {system} | {len(mine)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _mean(values: Sequence[float]) -> str:
    known = [value for value in values if not np.isnan(value)]
    return f"{np.mean(known):.3f}" if known else "–"


def word_errors(text: str, samples: Samples) -> float:
    """Return the word error rate of PocketSphinx on English speech."""
    pcm = (np.clip(np.pad(samples, 4000), -1, 1) * 32767).astype(np.int16)
    decoder = _decoder()
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    heard = re.findall(r"[a-z']+", hypothesis.hypstr.lower()) if hypothesis else []
    said = re.findall(r"[a-z']+", text.lower())
    return _edits(said, heard) / len(said)


@cache
def _decoder():  # type: ignore[no-untyped-def]
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL")


def _edits(one: Sequence[str], other: Sequence[str]) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
    return row[-1]


def _encoder() -> Callable[[Samples], npt.NDArray[np.float32]] | None:
    """Return Resemblyzer's speaker encoder where it is installed: `make lab-report` does."""
    try:
        from resemblyzer import VoiceEncoder
    except ImportError:
        return None
    encoder = VoiceEncoder("cpu", verbose=False)
    embed: Callable[[Samples], npt.NDArray[np.float32]] = encoder.embed_utterance
    return embed


_embed = cache(_encoder)


def _centroids(natural: dict[tuple[str, str], tuple[Lesson, Samples]]) -> dict[str, npt.NDArray[np.float32]]:
    embed = _embed()
    if embed is None:
        return {}
    by_voice: dict[str, list[npt.NDArray[np.float32]]] = {}
    for (voice, _), (_, sound) in natural.items():
        by_voice.setdefault(voice, []).append(embed(sound))
    return {voice: np.mean(vectors, axis=0) for voice, vectors in by_voice.items()}


def _cosine(centroids: dict[str, npt.NDArray[np.float32]], voice: str, sound: Samples) -> float:
    embed = _embed()
    if embed is None:
        return float("nan")
    one, other = embed(sound), centroids[voice]
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/synthesis"))
    parser.add_argument("--repaired", type=Path, help="a net trained on repaired audio, to stand beside it")
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--sentences", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    nets = {}
    for name, folder in ((NET, options.model), (REPAIRED, options.repaired)):
        if folder:
            net = checkpoint.load(folder, "synthesis")
            assert isinstance(net, SynthesisNet)
            nets[name] = net
    spoken = judge(options.corpus, nets, nets[NET].config.voices, options.sentences, words=True)
    options.out.mkdir(parents=True, exist_ok=True)
    text = (
        "# Synthesis\n\nSentences that no voice trained on, with the natural durations.\n\n"
        + table(spoken)
        + "\n"
    )
    (options.out / "synthesis.md").write_text(text, encoding="utf-8")
    rows = [{field: getattr(s, field) for field in s.__slots__} for s in spoken]
    (options.out / "synthesis.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
