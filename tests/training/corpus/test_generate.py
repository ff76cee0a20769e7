import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from app.audio import espeak
from app.training.corpus.folders import load_corpus
from app.training.corpus.generate import generate
from app.training.corpus.utterance import for_repair, read_sound
from app.training.corpus.voices import SPLITS, VOICES

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")
SMALL = [voice for voice in VOICES if voice.name in ("en-f2", "ru-f2", "en-Andy", "ru-f1", "en-steph")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    generate(folder, voices=SMALL, per_voice=5, every_split=("ru-f2",))
    return folder


@needs_espeak
def test_repair_gets_only_speakers_and_sentences_of_its_split(made: Path) -> None:
    found = load_corpus(made)
    parts = [for_repair(found, split) for split in SPLITS]
    assert all(parts)
    for a, part in enumerate(parts):
        for other in parts[a + 1 :]:
            assert not {u.speaker for u in part} & {u.speaker for u in other}
            assert not {u.text for u in part} & {u.text for u in other}
    assert {u.sentence_split for u in found if u.voice == "ru-f2"} == set(SPLITS)


@needs_espeak
def test_phones_cover_the_sound_in_order(made: Path) -> None:
    utterance = load_corpus(made)[0]
    samples = read_sound(made, utterance)
    times = [(phone.start, phone.end) for phone in utterance.phones]
    assert len(times) > 20
    assert all(start < end for start, end in times)
    assert all(before[1] == pytest.approx(after[0]) for before, after in itertools.pairwise(times))
    assert times[-1][1] == pytest.approx(len(samples) / 16_000, abs=0.01)
    assert any(phone.symbol == "" for phone in utterance.phones)


@needs_espeak
def test_a_seed_speaks_the_same_corpus(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.training.corpus", "--voices", "en-f5", "ru-f1", "--per-voice", "3"]
    for name in ("one", "other"):
        subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True, timeout=60)
    first, second = ((tmp_path / name / "manifest.jsonl").read_bytes() for name in ("one", "other"))
    assert first == second
