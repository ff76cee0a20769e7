import json
from pathlib import Path

import pytest

from app.engines.chat import folders

WHOLE = {
    "config.json": json.dumps({"architectures": ["LlamaForCausalLM"]}),
    "tokenizer.json": "{}",
    "pytorch_model.bin": "",
}


def folder(root: Path, name: str, files: dict[str, str]) -> Path:
    path = root / name
    path.mkdir(parents=True)
    for file, text in files.items():
        (path / file).write_text(text, "utf-8")
    return path


def test_the_classic_layout_is_a_chat_model(tmp_path: Path) -> None:
    path = folder(tmp_path, "model_32_16", WHOLE)
    assert folders.missing(path) is None
    assert folders.find(tmp_path) == path
    assert folders.find(tmp_path, "model_32_16") == path


@pytest.mark.parametrize("file", sorted(WHOLE))
def test_a_folder_that_lacks_a_file_is_none_and_the_file_is_named(tmp_path: Path, file: str) -> None:
    path = folder(tmp_path, "half", {name: text for name, text in WHOLE.items() if name != file})
    assert file in (folders.missing(path) or "")
    assert folders.find(tmp_path) is None


def test_shards_count_when_all_that_the_index_names_are_there(tmp_path: Path) -> None:
    index = json.dumps({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}})
    files = {name: text for name, text in WHOLE.items() if name != "pytorch_model.bin"}
    path = folder(
        tmp_path, "sharded", {**files, "model.safetensors.index.json": index, "model-1.safetensors": ""}
    )
    assert folders.missing(path) == "model-2.safetensors"
    (path / "model-2.safetensors").touch()
    assert folders.missing(path) is None


@pytest.mark.parametrize("config", ['{"architectures": ["Wav2Vec2ForCTC"]}', "{}", "[]", "not json", ""])
def test_other_models_are_no_chat_models(tmp_path: Path, config: str) -> None:
    folder(tmp_path, "other", {**WHOLE, "config.json": config})
    assert folders.find(tmp_path) is None


def test_a_missing_models_folder_holds_no_model(tmp_path: Path) -> None:
    assert folders.find(tmp_path / "nowhere") is None
    assert folders.find(tmp_path / "nowhere", "model") is None
