"""A tiny Whisper goes to CTranslate2's form by CTranslate2's own converter, and comes back."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from app.engines.whisper.convert import load, read
from app.engines.whisper.openai_model import OpenAIWhisper
from app.errors import EngineUnavailable
from tests.tiny_whisper import N_VOCAB

LAYERS = {
    "encoder_layers": 1,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 4,
}


@pytest.fixture(scope="module")
def net() -> Any:
    import transformers

    config = transformers.WhisperConfig(
        vocab_size=N_VOCAB, num_mel_bins=80, d_model=64, encoder_ffn_dim=256, decoder_ffn_dim=256, **LAYERS
    )
    torch.manual_seed(0)
    net = transformers.WhisperForConditionalGeneration(config).eval()
    for weight in net.parameters():
        weight.data = torch.randn_like(weight).mul(0.1).half().float()
    return net


@pytest.fixture(scope="module")
def folder(net: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(net, tmp_path_factory.mktemp("ctranslate2"), "float16")


def save(net: Any, folder: Path, quantization: str) -> Path:
    from ctranslate2.converters.transformers import WhisperLoader

    spec = WhisperLoader().get_model_spec(net)
    spec.register_vocabulary([f"<{i}>" for i in range(N_VOCAB)])
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(folder))
    return folder


def test_openai_whisper_loads_what_was_converted_and_computes_the_same(
    net: Any, folder: Path, tmp_path: Path
) -> None:
    import whisper

    torch.save(read(folder), tmp_path / "tiny.pt")
    loaded = whisper.load_model(str(tmp_path / "tiny.pt"), device="cpu")  # by name and shape, strictly
    assert (loaded.dims.n_audio_layer, loaded.dims.n_text_layer) == (1, 2)
    assert (loaded.dims.n_audio_head, loaded.dims.n_text_head) == (2, 4)
    torch.manual_seed(1)
    mel, tokens = torch.randn(1, 80, 3000), torch.randint(0, N_VOCAB, (1, 9))
    with torch.inference_mode():
        ours = loaded(mel, tokens)
        theirs = net(input_features=mel, decoder_input_ids=tokens).logits
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-3)
    for ours, theirs in zip(loaded.parameters(), load(folder).parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_the_engine_takes_the_folder_as_it_is(folder: Path, tmp_path: Path) -> None:
    model = OpenAIWhisper(folder, "cpu")
    assert model.knows("ru")
    assert model.encode(np.zeros(16_000, np.float32)).encoded.shape == (1500, 64)
    (tmp_path / "model.bin").write_bytes(b"something else")
    with pytest.raises(EngineUnavailable, match="is not a Whisper model"):
        OpenAIWhisper(tmp_path, "cpu")


def test_no_number_changes(net: Any, folder: Path) -> None:
    state = read(folder)["model_state_dict"]
    attention = net.model.decoder.layers[1].encoder_attn
    for name, theirs in {
        "query.weight": attention.q_proj.weight,
        "key.weight": attention.k_proj.weight,
        "value.bias": attention.v_proj.bias,
    }.items():
        assert torch.equal(state[f"decoder.blocks.1.cross_attn.{name}"].float(), theirs)


def test_quantized_weights_are_refused(net: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="quantized"):
        read(save(net, tmp_path, "int8"))


@pytest.mark.parametrize("end", [0, 3, 40, 5000, -70])
def test_a_cut_file_is_refused(folder: Path, tmp_path: Path, end: int) -> None:
    (tmp_path / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:end])
    with pytest.raises(ValueError, match=r"damaged|is not a Whisper model"):
        read(tmp_path)


def test_another_model_is_refused(tmp_path: Path) -> None:
    name = b"TransformerSpec\0"
    (tmp_path / "model.bin").write_bytes(struct.pack("<IH", 6, len(name)) + name + struct.pack("<II", 3, 0))
    with pytest.raises(ValueError, match="is not a Whisper model"):
        read(tmp_path)
