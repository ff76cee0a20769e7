"""Judge synthesis: sentences that no voice has trained on, beside the vocoder alone and the natural voice."""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from rich.progress import track

from app.audio.waveform import SPEECH_RATE_HZ, Samples
from app.nets import checkpoint, world
from app.nets.synthesis import STEPS_PER_S, SynthesisNet, inputs
from app.training import charts, charts_synthesis, corpus, metrics
from app.training.acceptance import bar_table, synthesis_bars
from app.training.sound_variants import NATURAL as NATURAL_SOUND
from app.training.sound_variants import SOUNDS
from app.training.speech_scores import centroids, cosine, speaker_encoder, word_errors
from app.training.utterances import PAUSE_S, Lesson, lesson, timed_phones

NATURAL, COPY, NET = "natural", "vocoder alone", "net"
ON = "trained on {} sound"
Natural = dict[tuple[str, str], tuple[Lesson, Samples]]  # by (voice, text)


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


def recordings(folder: Path, voices: Sequence[str], per_voice: int) -> Natural:
    """Return the natural sound of `per_voice` test sentences of each voice, cut as a net says them."""
    found = [u for u in corpus.load(folder) if u.voice in voices and u.sentence_split == "test"]
    chosen = [u for voice in voices for u in [u for u in found if u.voice == voice][:per_voice]]
    natural: Natural = {}
    for utterance in track(chosen, "Analysing"):
        taught = lesson(folder, utterance)
        start = timed_phones(utterance)[0].start - PAUSE_S
        first, n = round(start * SPEECH_RATE_HZ), int(taught.steps.sum()) * SPEECH_RATE_HZ // STEPS_PER_S
        sound = corpus.read(folder, utterance)
        sound = np.pad(sound[max(0, first) :], (max(0, -first), n))[:n]
        natural[utterance.voice, utterance.text] = taught, sound
    return natural


def judge(natural: Natural, nets: dict[str, SynthesisNet], *, words: bool = False) -> list[Spoken]:
    """Judge each net on the sentences; `words` counts errors of PocketSphinx."""
    voices = centroids((voice, sound) for (voice, _), (_, sound) in natural.items())
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
                    quality.cos_pitch, quality.cos_loudness, cosine(voices, voice, sound), error,
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


def draw(net: SynthesisNet, natural: Natural, model: Path) -> dict[str, bytes]:
    """Return the charts of one net by their names."""
    (voice, text), (taught, truth) = next(iter(natural.items()))
    said = synthesize(net, taught)
    numbers, flags = inputs(taught.phones, text, net.config.phones)
    with torch.inference_mode():
        _, lengths = net.encode(numbers[None], flags[None], torch.tensor([net.config.voices.index(voice)]))
    images = {
        "mels": charts_synthesis.mels({f"natural: {text}": truth, "net": said}),
        "contours": charts.contours(truth, {"net": said}, "natural"),
        "durations": charts_synthesis.durations(
            [phone.symbol for phone in taught.phones],
            taught.steps.tolist(),
            lengths[0].exp().round().clamp(min=1).tolist(),
        ),
        "embeddings": charts_synthesis.embeddings(
            net.config.voices, net.voice.weight.detach().double().numpy()
        ),
    }
    loss = charts.curves({"synthesis": model})
    if loss:
        images["curves"] = loss
    if speaker_encoder() is not None:
        images["similarity"] = charts_synthesis.similarity(*_similarity(net, natural))
    return images


def _similarity(net: SynthesisNet, natural: Natural) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return the voices and the cosines of natural speakers (rows) with the net's voices (columns)."""
    one = centroids((voice, sound) for (voice, _), (_, sound) in natural.items())
    other = centroids((voice, synthesize(net, taught)) for (voice, _), (taught, _) in natural.items())
    voices = list(one)
    rows, columns = (
        np.stack([c[v] / np.linalg.norm(c[v]) for v in voices]).astype(np.float64) for c in (one, other)
    )
    return voices, rows @ columns.T


def _load(folder: Path) -> SynthesisNet:
    net = checkpoint.load(folder, "synthesis")
    assert isinstance(net, SynthesisNet)
    return net


def compare(corpus_folder: Path, trained: Path, per_voice: int) -> str:
    """Judge the nets in `trained`/natural, damaged and repaired, which differ in their sound alone."""
    nets = {ON.format(sound): _load(trained / sound) for sound in SOUNDS}
    notes = checkpoint.notes(trained / NATURAL_SOUND)
    voices = next(iter(nets.values())).config.voices
    spoken = judge(recordings(corpus_folder, voices, per_voice), nets)
    return (
        "# Synthesis from damaged and from repaired sound\n\n"
        f"Three short trainings that differ in nothing but their sound: voices {', '.join(voices)}, "
        f"{notes['steps']} steps each, seed {notes['seed']}. Damage: noise at 5 to 15 dB and a lost packet a "
        "second; repair: the net that ships. All are judged against the undamaged voice.\n\n"
        f"{table(spoken)}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/synthesis"))
    parser.add_argument("--sounds", type=Path, help="folder of nets trained on each --sound: compare them")
    parser.add_argument("--corpus", type=Path, default=Path("data/raw/speech"))
    parser.add_argument("--out", type=Path, default=Path("docs/lab"))
    parser.add_argument("--sentences", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.sounds:
        text = compare(options.corpus, options.sounds, options.sentences)
        (options.out / "sounds.md").write_text(text, encoding="utf-8")
        return
    net = _load(options.model)
    natural = recordings(options.corpus, net.config.voices, options.sentences)
    spoken = judge(natural, {NET: net}, words=True)
    notes = checkpoint.notes(options.model)
    text = (
        f"# Synthesis\n\nThe last training took {notes['steps']} steps, seed {notes['seed']}; "
        "the model card tells the whole.\n\n"
        "Sentences that no voice trained on, with the natural durations.\n\n"
        f"{table(spoken)}\n\n{bar_table(synthesis_bars(spoken, _real_time_factor(net, natural)))}\n"
    )
    (options.out / "synthesis.md").write_text(text, encoding="utf-8")
    rows = [{field: getattr(s, field) for field in s.__slots__} for s in spoken]
    (options.out / "synthesis.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    images = {"systems": charts_synthesis.systems(spoken), **draw(net, natural, options.model)}
    for name, image in images.items():
        (options.out / f"synthesis-{name}.png").write_bytes(image)


def _real_time_factor(net: SynthesisNet, natural: Natural) -> float:
    """Return the processor time per second of speech, frames and vocoder, on one thread."""
    taught = [lesson for lesson, _ in natural.values()][:10]
    synthesize(net, taught[0])
    began = time.process_time()
    seconds = sum(len(synthesize(net, one)) / SPEECH_RATE_HZ for one in taught)
    return (time.process_time() - began) / seconds


if __name__ == "__main__":
    main()
