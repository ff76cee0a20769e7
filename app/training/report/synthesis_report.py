"""The report of synthesis: its table, charts, and the comparison of nets trained on different sound."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from app.nets import checkpoint
from app.nets.synthesis import SynthesisNet, inputs
from app.training.report import charts, synthesis_charts
from app.training.scores.acceptance import criteria_table, synthesis_criteria
from app.training.scores.speech_scores import speaker_encoder
from app.training.scores.synthesis_scores import (
    NET,
    Natural,
    SynthesisScore,
    judge,
    real_time_factor,
    recordings,
    speaker_cosines,
    synthesize,
)
from app.training.sound_variants import NATURAL as NATURAL_SOUND
from app.training.sound_variants import SOUNDS


def load_net(folder: Path) -> SynthesisNet:
    """Read a trained synthesis net."""
    net = checkpoint.load(folder, "synthesis")
    assert isinstance(net, SynthesisNet)
    return net


def write_report(out: Path, model: Path, corpus: Path, per_voice: int) -> None:
    """Judge the net in `model` and write its table, scores and charts into `out`."""
    net = load_net(model)
    natural = recordings(corpus, net.config.voices, per_voice)
    scores = judge(natural, {NET: net}, words=True)
    criteria = synthesis_criteria(scores, real_time_factor(net, natural))
    notes = checkpoint.notes(model)
    text = (
        f"# Synthesis\n\nThe last training took {notes['steps']} steps, seed {notes['seed']}; "
        "the model card tells the whole.\n\n"
        "Sentences that no voice trained on, with the natural durations.\n\n"
        f"{table(scores)}\n\n{criteria_table(criteria)}\n"
    )
    (out / "synthesis.md").write_text(text, encoding="utf-8")
    rows = [{field: getattr(s, field) for field in s.__slots__} for s in scores]
    (out / "synthesis.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    images = {"systems": synthesis_charts.systems(scores), **draw(net, natural, model)}
    for name, image in images.items():
        (out / f"synthesis-{name}.png").write_bytes(image)


def write_comparison(out: Path, trained: Path, corpus: Path, per_voice: int) -> None:
    """Judge the nets in `trained`/natural, damaged and repaired, which differ in their sound alone."""
    nets = {f"trained on {sound} sound": load_net(trained / sound) for sound in SOUNDS}
    notes = checkpoint.notes(trained / NATURAL_SOUND)
    voices = next(iter(nets.values())).config.voices
    scores = judge(recordings(corpus, voices, per_voice), nets)
    text = (
        "# Synthesis from damaged and from repaired sound\n\n"
        f"Three short trainings that differ in nothing but their sound: voices {', '.join(voices)}, "
        f"{notes['steps']} steps each, seed {notes['seed']}. Damage: noise at 5 to 15 dB and a lost packet a "
        "second; repair: the net that ships. All are judged against the undamaged voice.\n\n"
        f"{table(scores)}\n"
    )
    (out / "sounds.md").write_text(text, encoding="utf-8")


def table(scores: Sequence[SynthesisScore]) -> str:
    """Return Markdown, a row a system."""
    columns = {
        "Q": "q", "Q (mel)": "q_mel", "cos_pitch": "cos_pitch", "cos_loudness": "cos_loudness",
        "speaker cosine": "speaker_cosine", "duration error": "duration_error", "word errors": "word_errors",
    }  # fmt: skip
    lines = ["| system | n | " + " | ".join(columns) + " |", "|---|---" + "|---" * len(columns) + "|"]
    for system in dict.fromkeys(s.system for s in scores):
        mine = [s for s in scores if s.system == system]
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
        "mels": synthesis_charts.mels({f"natural: {text}": truth, "net": said}),
        "contours": charts.contours(truth, {"net": said}, "natural"),
        "durations": synthesis_charts.durations(
            [phone.symbol for phone in taught.phones],
            taught.steps.tolist(),
            lengths[0].exp().round().clamp(min=1).tolist(),
        ),
        "embeddings": synthesis_charts.embeddings(
            net.config.voices, net.voice.weight.detach().double().numpy()
        ),
    }
    loss = charts.curves({"synthesis": model})
    if loss:
        images["curves"] = loss
    if speaker_encoder() is not None:
        images["similarity"] = synthesis_charts.similarity(*speaker_cosines(net, natural))
    return images
