import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.audio import espeak
from app.errors import BadInput
from app.training import corpus
from app.training.voices import SPLITS, VOICES

needs_espeak = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")
SMALL = [voice for voice in VOICES if voice.name in ("en-f2", "ru-f2", "en-Andy", "ru-f1", "en-steph")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    corpus.generate(folder, voices=SMALL, per_voice=5, every_split=("ru-f2",))
    return folder


def test_splits_share_no_speaker_and_no_sentence() -> None:
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        assert not {v.speaker for v in VOICES if v.split == one} & {
            v.speaker for v in VOICES if v.split == other
        }
    for language in ("en", "ru"):
        by_split = corpus.sentences(language)
        texts = [text for split in SPLITS for _, text in by_split[split]]
        assert len(texts) == len(set(texts)) == 110
        assert all(by_split[split] for split in SPLITS)


@needs_espeak
def test_repair_gets_only_speakers_and_sentences_of_its_split(made: Path) -> None:
    found = corpus.load(made)
    parts = [corpus.for_repair(found, split) for split in SPLITS]
    assert all(parts)
    for a, part in enumerate(parts):
        for other in parts[a + 1 :]:
            assert not {u.speaker for u in part} & {u.speaker for u in other}
            assert not {u.text for u in part} & {u.text for u in other}
    assert {u.sentence_split for u in found if u.voice == "ru-f2"} == set(SPLITS)


@needs_espeak
def test_phones_cover_the_sound_in_order(made: Path) -> None:
    utterance = corpus.load(made)[0]
    samples = corpus.read(made, utterance)
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


def _wav(path: Path, rate: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, 0.1 * np.sin(np.arange(rate) / 20), rate)


def test_folders_like_ljspeech_are_read(tmp_path: Path) -> None:
    _wav(tmp_path / "wavs/LJ1.wav", 22_050)
    (tmp_path / "metadata.csv").write_text("LJ1|It's 5|It's five\n", encoding="utf-8")
    (utterance,) = corpus.load(tmp_path)
    assert (utterance.text, utterance.language) == ("It's five", "en")
    assert corpus.read(tmp_path, utterance).shape == (16_000,)


def test_folders_like_vctk_are_read(tmp_path: Path) -> None:
    for speaker in ("p1", "p2"):
        _wav(tmp_path / f"wav48/{speaker}/{speaker}_001.wav", 48_000)
        (tmp_path / f"txt/{speaker}").mkdir(parents=True)
        (tmp_path / f"txt/{speaker}/{speaker}_001.txt").write_text("Добрый день\n", encoding="utf-8")
    found = corpus.load(tmp_path)
    assert {u.speaker for u in found} == {"p1", "p2"}
    assert {u.language for u in found} == {"ru"}


def test_a_folder_that_is_no_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"manifest\.jsonl"):
        corpus.load(tmp_path)
