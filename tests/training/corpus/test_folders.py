from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.errors import BadInput
from app.training.corpus.folders import load_corpus
from app.training.corpus.utterance import read_sound


def _wav(path: Path, rate: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.sin(np.arange(rate) / 20), rate)


def test_folders_like_ljspeech_are_read(tmp_path: Path) -> None:
    _wav(tmp_path / "wavs/LJ1.wav", 22_050)
    (tmp_path / "metadata.csv").write_text("LJ1|It's 5|It's five\n", encoding="utf-8")
    (utterance,) = load_corpus(tmp_path)
    assert (utterance.text, utterance.language) == ("It's five", "en")
    assert read_sound(tmp_path, utterance).shape == (16_000,)


def test_folders_like_vctk_are_read(tmp_path: Path) -> None:
    for speaker in ("p1", "p2"):
        _wav(tmp_path / f"wav48/{speaker}/{speaker}_001.wav", 48_000)
        (tmp_path / f"txt/{speaker}").mkdir(parents=True)
        (tmp_path / f"txt/{speaker}/{speaker}_001.txt").write_text("Добрый день\n", encoding="utf-8")
    found = load_corpus(tmp_path)
    assert {u.speaker for u in found} == {"p1", "p2"}
    assert {u.language for u in found} == {"ru"}


def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"manifest\.jsonl"):
        load_corpus(tmp_path)
