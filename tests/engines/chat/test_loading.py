import pickle
from pathlib import Path

import pytest
import torch

from app.engines.chat import loading
from app.engines.chat.llama import Llama
from app.engines.chat.loading import load_model, load_tokenizer
from app.engines.compute.device import Device
from app.errors import EngineUnavailable
from tests.tiny_llama import scripted_llama


def test_a_tokenizer_is_read_also_where_its_settings_are_broken(tmp_path: Path) -> None:
    folder = scripted_llama(tmp_path / "tiny", {"": "{}"})
    whole = load_tokenizer(folder)
    (folder / "tokenizer_config.json").write_text("{")
    text = "Доброе утро, Anna."
    assert load_tokenizer(folder)(text)["input_ids"] == whole(text)["input_ids"]


@pytest.mark.parametrize(("free_bytes", "dtype"), [(2**40, torch.float32), (0, torch.bfloat16)])
def test_on_a_cpu_a_model_is_in_single_precision_where_memory_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda device: free_bytes)
    model = load_model(scripted_llama(tmp_path / "tiny", {"": "{}"}), "cpu")
    assert model.dtype == dtype


def test_a_pickle_that_runs_code_is_never_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return (Path.touch, (tmp_path / "it ran",))

    folder = scripted_llama(tmp_path / "tiny", {"": "{}"}, layout="bin")
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"model.embed_tokens.weight": Trap()}))
    with Device() as device, pytest.raises(EngineUnavailable, match="cannot be read"):
        Llama(folder, device)
    assert not (tmp_path / "it ran").exists()
