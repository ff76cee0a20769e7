"""Reconstruction: from the voices of windows and the speakers they were found to be to turns in time.

Windows that overlap vote on how many people speak at a moment, and on who they are, as in H. Bredin,
"pyannote.audio 2.1 speaker diarization pipeline", 2023.
"""

import numpy as np
import numpy.typing as npt

from app.documents.diarization import Turn, speaker_id
from app.engines.speakers.segmentation import FIRST_S, FRAME_S, WINDOW_FRAMES, Segmentation

GAP_S, MIN_S = 0.3, 0.15  # a shorter pause does not end a turn; a shorter turn is none
Labels = npt.NDArray[np.int64]


def turns(segmentation: Segmentation, labels: Labels) -> tuple[Turn, ...]:
    """Return who speaks when.

    Args:
        labels: (windows, voices) the speaker that each voice is, -1: nobody who is known.
    """
    speaking = _speaking(segmentation, labels)
    found = [turn for speaker, active in enumerate(speaking) for turn in _spans(active, speaker)]
    found.sort(key=lambda span: (span[0], span[2]))
    order: dict[int, int] = {}
    for _, _, speaker in found:
        order.setdefault(speaker, len(order) + 1)
    return tuple(Turn(start, end, speaker_id(order[speaker])) for start, end, speaker in found)


def _speaking(segmentation: Segmentation, labels: Labels) -> npt.NDArray[np.bool_]:
    """Return (speakers, frames): the ones with most votes, as many as the windows count on average."""
    n_frames, n_speakers = segmentation.n_frames, int(labels.max(initial=-1)) + 1
    size = max(n_frames, int(segmentation.first[-1]) + WINDOW_FRAMES)
    votes = np.zeros((n_speakers, size), np.float32)
    counted, seen = np.zeros(size, np.float32), np.zeros(size, np.float32)
    weight = np.hamming(WINDOW_FRAMES).astype(np.float32)  # windows are surest in their middle
    for first, active, speakers in zip(segmentation.first, segmentation.active, labels, strict=True):
        place = slice(int(first), int(first) + WINDOW_FRAMES)
        counted[place] += weight * active.sum(axis=1)
        seen[place] += weight
        for speaker in np.unique(speakers[speakers >= 0]):
            votes[speaker, place] += weight * active[:, speakers == speaker].any(axis=1)
    n_at_once = np.rint(counted / np.maximum(seen, 1e-6)).astype(int)
    rank = np.argsort(np.argsort(-votes, axis=0, kind="stable"), axis=0, kind="stable")
    chosen: npt.NDArray[np.bool_] = ((rank < n_at_once) & (votes > 0))[:, :n_frames]
    return chosen


def _spans(active: npt.NDArray[np.bool_], speaker: int) -> list[tuple[float, float, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    half = FRAME_S / 2
    joined: list[tuple[float, float, int]] = []
    for first, last in edges.reshape(-1, 2):
        start, end = FIRST_S + first * FRAME_S - half, FIRST_S + (last - 1) * FRAME_S + half
        if joined and start - joined[-1][1] < GAP_S:
            joined[-1] = (joined[-1][0], float(end), speaker)
        else:
            joined.append((float(start), float(end), speaker))
    return [span for span in joined if span[1] - span[0] >= MIN_S]
