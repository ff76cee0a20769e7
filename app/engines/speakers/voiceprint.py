"""Voiceprint: one voice as numbers, from moments in which it speaks alone; and which of several it is."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from app.audio.fbank import fbank
from app.audio.waveform import Sound, Span
from app.engines.compute.device import Device, Priority
from app.engines.pooling import Vector
from app.engines.speakers.embedding import MAX_S, vectors_of
from app.progress import Progress

if TYPE_CHECKING:
    from app.nets.campplus import CamPlusPlus

PIECE_S = 0.8  # a shorter stretch tells too little of a voice
MOST_PIECES = 12  # of MAX_S: 36 s tell as much as all
# Cosine distance below which two voiceprints of different recordings are one person's. Of 11 voices in 46
# composed rooms (`benchmarks/speakers`, development) no two of one voice were farther, none of two nearer.
SAME = 0.4


def voiceprint(
    sound: Sound,
    spans: Sequence[Span],
    net: "CamPlusPlus",
    device: Device,
    progress: Progress,
    least_s: float,
    priority: Priority,
) -> Vector | None:
    """Return the mean voice of the longest stretches, (dimension,) of length 1; None: they are too short."""
    pieces = sorted(_pieces(spans), key=lambda piece: piece.start - piece.end)[:MOST_PIECES]
    seconds = np.array([piece.end - piece.start for piece in pieces])
    if seconds.sum() < least_s:
        return None
    vectors = []
    for number, piece in enumerate(pieces):
        features = fbank(sound.cut(piece.start, piece.end).mono())
        compute = partial(vectors_of, net, [features - features.mean(axis=0)], device.name)
        vectors.append(device.turn(priority, compute)[0])
        progress((number + 1) / len(pieces))
    mean = seconds @ np.stack(vectors)
    found: Vector = (mean / np.linalg.norm(mean)).astype(np.float32)
    return found


def recognized(voices: Mapping[str, Vector], known: Sequence[tuple[str, Vector]]) -> dict[str, str]:
    """Return the names of those voices that are known, each name once: the nearest pairs of all.

    known: names and their voiceprints.
    """
    if not voices or not known:
        return {}
    from scipy.optimize import linear_sum_assignment

    distances = 1.0 - np.stack([*voices.values()]) @ np.stack([vector for _, vector in known]).T
    rows, columns = linear_sum_assignment(np.minimum(distances, SAME))
    labels = [*voices]
    pairs = zip(rows, columns, strict=True)
    return {labels[row]: known[column][0] for row, column in pairs if distances[row, column] < SAME}


def _pieces(spans: Sequence[Span]) -> Iterator[Span]:
    """Cut long spans into equal pieces of at most MAX_S; leave out what is too short."""
    for span in spans:
        n = max(1, int(np.ceil((span.end - span.start) / MAX_S)))
        each_s = (span.end - span.start) / n
        if each_s >= PIECE_S:
            yield from (Span(span.start + i * each_s, span.start + (i + 1) * each_s) for i in range(n))
