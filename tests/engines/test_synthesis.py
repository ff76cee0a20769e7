from pathlib import Path

import numpy as np
import pytest

from app.audio import espeak
from app.config import Config
from app.engines.compute.device import Device
from app.engines.registry import LocalEngines
from app.engines.sound import SpeakOptions, SpokenVoice
from app.engines.synthesis import Synthesis
from app.errors import BadInput
from app.nets import checkpoint
from app.nets.synthesis import SynthesisConfig, SynthesisNet

pytestmark = pytest.mark.skipif(not espeak.available(), reason="espeak-ng is not installed")
TINY = SynthesisConfig(("", "a", "t", "ʌ"), ("anna", "boris"), ("en", "ru"), 8, 4, 8, 8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    checkpoint.save(tmp_path, "synthesis", SynthesisNet(TINY), {})
    return tmp_path


def test_text_is_read_sentence_by_sentence(folder: Path) -> None:
    seen: list[float] = []
    with Device() as device:
        engine = Synthesis([folder], device)
        assert engine.voices == (SpokenVoice("anna", "en"), SpokenVoice("boris", "ru"))
        pieces = list(engine.speak("One. Two! Three?", SpeakOptions("anna"), seen.append))
    assert len(pieces) == 3
    assert seen == pytest.approx([1 / 3, 2 / 3, 1])
    assert all(piece.sample_rate == 16_000 and np.abs(piece.samples).max() <= 1 for piece in pieces)


def test_a_russian_voice_reads_russian_numbers(folder: Path) -> None:
    with Device() as device:
        (piece,) = Synthesis([folder], device).speak(
            "Встреча 14.06.2026.", SpeakOptions("boris"), lambda _: None
        )
    assert piece.duration_s > 0.3


@pytest.mark.parametrize(
    ("text", "voice", "said"), [("Hi.", "nobody", "anna, boris"), (" ... ", "anna", "no words")]
)
def test_what_cannot_be_read_is_refused_at_once(folder: Path, text: str, voice: str, said: str) -> None:
    with Device() as device:
        engine = Synthesis([folder], device)
        with pytest.raises(BadInput, match=said):
            engine.speak(text, SpeakOptions(voice), lambda _: None)


def test_own_voices_stand_beside_those_of_the_program_as_soon_as_they_are_there(tmp_path: Path) -> None:
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path))
    checkpoint.save(tmp_path / "synthesis", "synthesis", SynthesisNet(TINY), {})
    assert [voice.name for voice in engines.synthesizer().voices] == ["anna", "boris"]
    own = SynthesisConfig(("", "b"), ("clara",), ("en",), 8, 4, 8, 8)
    checkpoint.save(tmp_path / "voices" / "clara", "synthesis", SynthesisNet(own), {})
    assert [voice.name for voice in engines.voices()] == ["anna", "boris", "clara"]
    (piece,) = engines.synthesizer().speak("But.", SpeakOptions("clara"), lambda _: None)
    assert piece.duration_s > 0.1
    engines.close()


def test_an_own_voice_that_cannot_be_used_leaves_the_others_usable(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path))
    checkpoint.save(tmp_path / "synthesis", "synthesis", SynthesisNet(TINY), {})
    broken = tmp_path / "voices" / "broken"
    checkpoint.save(broken, "synthesis", SynthesisNet(TINY), {})
    (broken / "weights.safetensors").write_bytes(b"cut off")
    assert [voice.name for voice in engines.synthesizer().voices] == ["anna", "boris"]
    assert str(broken) in caplog.text
    engines.close()


def test_a_machine_says_whether_it_speaks_without_loading_anything(tmp_path: Path) -> None:
    engines = LocalEngines(Config(_env_file=None, models_dir=tmp_path))
    checkpoint.save(tmp_path / "synthesis", "synthesis", SynthesisNet(TINY), {})
    assert engines.speaks()
    assert engines.synthesizer().voices[0].name == "anna"
    engines.close()
