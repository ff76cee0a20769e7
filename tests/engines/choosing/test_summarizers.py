import json
import sys
from pathlib import Path

import pytest

from app.config import Config
from app.engines.chat.openai_server import OpenAIServer
from app.engines.choosing.summarizers import SUMMARIZERS, choose
from app.engines.compute.device import Device
from app.errors import EngineUnavailable


def config(models_dir: Path, **settings: object) -> Config:
    return Config(_env_file=None, models_dir=models_dir, **settings)  # type: ignore[call-arg, arg-type]


@pytest.fixture
def with_model(tmp_path: Path) -> Path:
    folder = tmp_path / "model_32_16"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    (folder / "tokenizer.json").touch()
    (folder / "pytorch_model.bin").touch()
    return tmp_path


def test_auto_takes_the_chat_model_then_the_server_then_the_extractive_engine(
    with_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("models")
    assert choose(config(with_model, llm_url="http://localhost:1/v1")) == "llama"
    assert choose(config(empty, llm_url="http://localhost:1/v1")) == "openai"
    assert choose(config(empty)) == "extractive"


def test_a_model_beside_run_py_is_found_after_those_in_models(
    with_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("models")
    assert choose(config(empty, home=with_model)) == "llama"
    assert choose(config(empty, home=with_model, llama_model="model_32_16")) == "llama"
    assert choose(config(empty, home=with_model, llama_model="another")) == "extractive"
    (with_model / "model_32_16" / "tokenizer.json").write_text("{")
    with Device() as device, pytest.raises(EngineUnavailable, match="model_32_16 cannot be read"):
        SUMMARIZERS["llama"](config(empty, home=with_model, summarizer="llama"), device)


def test_a_named_engine_is_taken_whatever_is_there(with_model: Path) -> None:
    assert {choose(config(with_model, summarizer=name)) for name in SUMMARIZERS} == set(SUMMARIZERS)


def test_llama_without_a_model_says_what_to_copy_where(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="no chat model in") as error:
        SUMMARIZERS["llama"](config(tmp_path, summarizer="llama"), Device())
    assert str(tmp_path) in str(error.value)


def test_a_named_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"model_32_16 lacks config\.json"):
        SUMMARIZERS["llama"](config(tmp_path, summarizer="llama", llama_model="model_32_16"), Device())


def test_a_broken_model_is_an_error_where_it_was_asked_for_and_auto_goes_on_without_it(
    with_model: Path,
) -> None:
    (with_model / "model_32_16" / "tokenizer.json").write_text("{")
    with Device() as device:
        with pytest.raises(EngineUnavailable, match="model_32_16 cannot be read"):
            SUMMARIZERS["llama"](config(with_model, summarizer="llama"), device)
        assert SUMMARIZERS["llama"](config(with_model), device).name == "extractive"


def test_the_server_engine_needs_its_address(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="KONSPEKT_LLM_URL"):
        SUMMARIZERS["openai"](config(tmp_path, summarizer="openai"), Device())
    made = SUMMARIZERS["openai"](config(tmp_path, llm_url="http://llm.local/v1", llm_model="qwen"), Device())
    assert isinstance(made, OpenAIServer)
    assert made.name == "qwen (llm.local)"


def test_choosing_imports_neither_torch_nor_transformers(with_model: Path) -> None:
    import subprocess

    code = (
        "import sys; from app.config import Config; from app.engines.choosing.summarizers import choose;"
        f"print(choose(Config(_env_file=None, models_dir={str(with_model)!r})), 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["llama", "False"]


def test_a_gguf_file_is_computed_by_llama_cpp_and_goes_first_on_a_cpu(with_model: Path) -> None:
    put = with_model / "qwen.gguf"
    put.write_bytes(b"GGUF" + b"\0" * 100)
    assert choose(config(with_model), "cpu") == "llama-cpp"
    assert choose(config(with_model), "cuda") == "llama"
    assert choose(config(with_model, llama_model="model_32_16"), "cpu") == "llama"
    assert choose(config(with_model, llama_model="qwen"), "cuda") == "llama-cpp"
    with Device() as device:
        with pytest.raises(EngineUnavailable, match=r"qwen\.gguf cannot be read by llama\.cpp"):
            SUMMARIZERS["llama-cpp"](config(with_model, summarizer="llama-cpp"), device)
        assert SUMMARIZERS["llama-cpp"](config(with_model, llama_model="qwen"), device).name == "extractive"


def test_llama_cpp_without_a_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"flask models fetch qwen2\.5-coder-1\.5b"):
        SUMMARIZERS["llama-cpp"](config(tmp_path, summarizer="llama-cpp"), Device())
