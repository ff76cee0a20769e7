import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from app.engines.whisper.openai_model import OpenAIWhisper, halve
from app.errors import EngineUnavailable
from tests.tiny_whisper import random_whisper


class Malice:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("/tmp/konspekt-was-here"),))


@pytest.mark.parametrize("content", ["text", "pickle", "truncated", "another model", "wrong dims"])
def test_what_is_not_a_whisper_checkpoint_is_one_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.pt"
    if content == "text":
        path.write_text("not weights")
    elif content == "pickle":
        path.write_bytes(pickle.dumps(Malice(), protocol=2))
    elif content == "truncated":
        path.write_bytes(random_whisper(tmp_path / "good.pt").read_bytes()[:100_000])
    elif content == "another model":
        torch.save({"state_dict": {}}, path)
    else:
        checkpoint = torch.load(random_whisper(tmp_path / "good.pt"), weights_only=True)
        checkpoint["dims"]["n_audio_state"] = 128
        torch.save(checkpoint, path)
    with pytest.raises(EngineUnavailable, match=r"bad\.pt is not a Whisper model"):
        OpenAIWhisper(path, "cpu")
    assert not Path("/tmp/konspekt-was-here").exists()


def test_a_pickle_inside_a_checkpoint_is_never_run(tmp_path: Path) -> None:
    path = tmp_path / "bad.pt"
    torch.save({"dims": Malice(), "model_state_dict": {}}, path)
    with pytest.raises(EngineUnavailable):
        OpenAIWhisper(path, "cpu")
    assert not Path("/tmp/konspekt-was-here").exists()


def test_half_precision_leaves_the_layer_norms_alone(tmp_path: Path) -> None:
    model = OpenAIWhisper(random_whisper(tmp_path / "half.pt"), "cpu")._net
    halve(model)
    assert model.decoder.token_embedding.weight.dtype == torch.float16
    assert model.encoder.conv1.weight.dtype == torch.float16
    assert model.encoder.blocks[0].mlp[0].weight.dtype == torch.float16
    assert model.decoder.ln.weight.dtype == torch.float32
