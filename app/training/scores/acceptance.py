"""Acceptance criteria of our nets, for the reports: what was asked, what was measured, whether it holds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.training.scores import testset
from app.training.scores.repair_scores import BASELINE, DAMAGED, FINAL, Summary
from app.training.scores.synthesis_scores import NET, SynthesisScore


@dataclass(frozen=True, slots=True)
class Criterion:
    """One acceptance criterion of an issue, what was measured, and whether it holds."""

    claim: str
    measured: str
    holds: bool


def repair_criteria(summaries: Sequence[Summary], rtf: float) -> list[Criterion]:
    """Compare the final system with what was asked for."""
    of = {(s.block, s.system): s for s in summaries}
    found = [*_noise(of), *_single(of)]
    if (testset.REAL, FINAL) in of:
        found += _real(of)
    return [*found, Criterion("real-time factor under .05 on one thread", f"{rtf:.4f}", rtf < 0.05)]


def _noise(of: dict[tuple[str, str], Summary]) -> Iterator[Criterion]:
    mine, base, was = (of[testset.NOISE, system] for system in (FINAL, BASELINE, DAMAGED))
    cut = 1 - mine.q / was.q
    ahead = (mine.si_sdr - base.si_sdr, mine.pesq - base.pesq, mine.stoi - base.stoi, base.q - mine.q)
    yield Criterion("noise: SI-SDR at least +4 dB", f"{mine.gain_si_sdr:+.2f} dB", mine.gain_si_sdr >= 4)
    yield Criterion("noise: PESQ at least +.30", f"{mine.gain_pesq:+.3f}", mine.gain_pesq >= 0.30)
    yield Criterion("noise: STOI not lower", f"{mine.gain_stoi:+.3f}", mine.gain_stoi >= 0)
    yield Criterion("noise: Q lower by at least 50 %", f"{cut:.0%} lower", cut >= 0.5)
    yield Criterion(
        "noise: ahead of Wiener on SI-SDR, PESQ, STOI and Q",
        "by {:.2f} dB, {:.3f}, {:.3f}, {:.4f}".format(*ahead),
        min(ahead) > 0,
    )


def _single(of: dict[tuple[str, str], Summary]) -> Iterator[Criterion]:
    for name in testset.SINGLE:
        mine = of[name, FINAL]
        if name == "clean":
            yield Criterion("clean in: PESQ at least 4.0", f"{mine.pesq:.2f}", mine.pesq >= 4.0)
            continue
        yield Criterion(
            f"{name}: PESQ not below -.05, Q not above +.002",
            f"{mine.gain_pesq:+.3f}, {mine.gain_q:+.4f}",
            mine.gain_pesq >= -0.05 and mine.gain_q <= 0.002,
        )
        if name.startswith(("dropouts", "clipping")):
            measured = f"{mine.gain_si_sdr:+.2f} dB"
            yield Criterion(f"{name}: repaired, SI-SDR above 0", measured, mine.gain_si_sdr > 0)


def _real(of: dict[tuple[str, str], Summary]) -> Iterator[Criterion]:
    mine, was = of[testset.REAL, FINAL], of[testset.REAL, DAMAGED]
    cut = 1 - mine.q / was.q
    yield Criterion("real pairs: SI-SDR at least +2 dB", f"{mine.gain_si_sdr:+.2f} dB", mine.gain_si_sdr >= 2)
    yield Criterion("real pairs: Q halved", f"{cut:.0%} lower", cut >= 0.5)
    yield Criterion("real pairs: STOI not lower", f"{mine.gain_stoi:+.3f}", mine.gain_stoi >= 0)


def synthesis_criteria(scores: Sequence[SynthesisScore], rtf: float) -> list[Criterion]:
    """Compare the net's voices with what was asked for."""
    mine = [s for s in scores if s.system == NET]

    def mean(field: str) -> float:
        known = [getattr(s, field) for s in mine if not math.isnan(getattr(s, field))]
        return sum(known) / len(known) if known else math.nan

    q, pitch, speaker, duration = (
        mean(field) for field in ("q", "cos_pitch", "speaker_cosine", "duration_error")
    )
    return [
        Criterion("Q at most .040", f"{q:.4f}", q <= 0.040),
        Criterion("cos_pitch at least .93", f"{pitch:.3f}", pitch >= 0.93),
        Criterion("speaker cosine at least .88", f"{speaker:.3f}", speaker >= 0.88),
        Criterion("duration error at most 6 %", f"{duration:.1%}", duration <= 0.06),
        Criterion("real-time factor under .1 on one thread", f"{rtf:.4f}", rtf < 0.1),
    ]


def criteria_table(criteria: Sequence[Criterion]) -> str:
    """Return Markdown, a row a criterion."""
    lines = ["| what was asked | measured | holds |", "|---|---|---|"]
    return "\n".join(
        [*lines, *(f"| {c.claim} | {c.measured} | {'yes' if c.holds else 'no'} |" for c in criteria)]
    )
