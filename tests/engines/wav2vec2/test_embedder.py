"""Tiny models in the real folder format, through the real loader."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from transformers import (
    HubertConfig,
    HubertModel,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    WavLMConfig,
    WavLMModel,
)

from app.audio.waveform import Waveform
from app.engines.compute.device import Device
from app.engines.logmel import LogMel
from app.engines.wav2vec2 import embedder
from app.engines.wav2vec2.embedder import Wav2Vec2
from app.errors import BadInput, EngineUnavailable, JobCancelled

TINY = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "conv_dim": (16, 16, 16, 16, 16, 16, 16), "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 4,
}  # fmt: skip
LAYER_NORM = {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}


def save(folder: Path, net: torch.nn.Module, masked: bool, safe: bool = True) -> Path:
    Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=masked).save_pretrained(folder)
    if safe:
        net.save_pretrained(folder)
    else:
        net.config.save_pretrained(folder)
        torch.save(net.state_dict(), folder / "pytorch_model.bin")
    return folder


@pytest.fixture(scope="module")
def large_kind(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kind of the user's own model: layer norm, attention mask, a CTC head that is left aside."""
    torch.manual_seed(0)
    net = Wav2Vec2ForCTC(Wav2Vec2Config(**TINY, **LAYER_NORM, vocab_size=12))
    return save(tmp_path_factory.mktemp("large"), net, masked=True, safe=False)


def sound(seconds: float, seed: int = 3) -> Waveform:
    rng = np.random.default_rng(seed)
    loudness = 0.05 + 0.2 * np.abs(np.sin(np.arange(round(seconds * 16_000)) / 9000))
    return Waveform((rng.standard_normal((1, len(loudness))) * loudness).astype(np.float32), 16_000)


def whole_file(folder: Path, waveform: Waveform) -> np.ndarray:
    from transformers import AutoModel

    extractor = Wav2Vec2FeatureExtractor.from_pretrained(folder)
    values = extractor(waveform.mono(), sampling_rate=16_000, return_tensors="pt").input_values
    with torch.inference_mode():
        return AutoModel.from_pretrained(folder).eval()(values).last_hidden_state[0].numpy()


def test_a_short_file_gives_what_one_whole_file_pass_gives(large_kind: Path) -> None:
    states = whole_file(large_kind, sound(9))
    expected = PCA(n_components=1, svd_solver="full").fit(states).components_[0]
    with Device() as device:
        found = Wav2Vec2(large_kind, device).embed(sound(9), "pca", lambda done: None)
    np.testing.assert_allclose(found.vector, expected, atol=1e-4)
    assert found.vector.shape == (32,)


def test_half_precision_moves_a_vector_little(large_kind: Path) -> None:
    with Device() as device:
        one, other = (
            Wav2Vec2(large_kind, device, precision=precision)
            .embed(sound(9), "mean", lambda done: None)
            .vector
            for precision in ("fp32", "bf16")
        )
    assert (one != other).any()
    assert 1 - one @ other / np.linalg.norm(one) / np.linalg.norm(other) < 1e-3


def test_windows_in_one_batch_do_not_change_each_other(large_kind: Path) -> None:
    with Device() as device:
        one, four = (Wav2Vec2(large_kind, device, batch_s) for batch_s in (1, 120))
        vectors = [engine.embed(sound(95), "mean+std", lambda done: None).vector for engine in (one, four)]
    np.testing.assert_allclose(*vectors, atol=1e-5)


def test_recordings_embedded_together_are_as_each_alone(large_kind: Path) -> None:
    sounds = [sound(seconds, seed) for seed, seconds in enumerate((2, 33, 5, 2.5))]
    with Device() as device:
        engine = Wav2Vec2(large_kind, device)
        together = engine.embed_many(sounds, "mean", lambda done: None)
        alone = [engine.embed(one, "mean", lambda done: None) for one in sounds]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.vector, other.vector, atol=1e-5)


def test_a_pass_holds_no_more_sound_than_it_may(large_kind: Path) -> None:
    with Device() as device:
        engine = Wav2Vec2(large_kind, device, batch_s=30)
        sounds = [sound(seconds) for seconds in (3, 14.5, 3.2, 5, 3.1, 33, 14, 5.2)]
        windows = [(i, span) for i, one in enumerate(sounds) for span in embedder.quiet_windows(one, 30)]
        batches = list(engine._batches(windows))
    assert {window for batch in batches for window in batch} == set(windows)
    assert all(len(batch) * max(span.duration_s for _, span in batch) <= 30 for batch in batches)
    assert len(batches) < len(windows)
    for lengths in ([span.duration_s for _, span in batch] for batch in batches):
        assert max(lengths) <= 1.1 * min(lengths)  # little of a pass is padding


def test_a_model_without_attention_mask_gets_no_padding(tmp_path: Path) -> None:
    torch.manual_seed(1)
    folder = save(tmp_path, HubertModel(HubertConfig(**TINY, feat_extract_norm="group")), masked=False)
    expected = whole_file(folder, sound(4)).mean(axis=0)
    with Device() as device:
        engine = Wav2Vec2(folder, device, batch_s=120)
        assert all(
            len(batch) == 1
            for batch in engine._batches([(0, span) for span in embedder.quiet_windows(sound(70), 30)])
        )
        found = engine.embed(sound(4), "mean", lambda done: None)
    np.testing.assert_allclose(found.vector, expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore:Support for mismatched key_padding_mask")  # transformers' own WavLM
def test_wavlm_is_of_the_class_too(tmp_path: Path) -> None:
    folder = save(tmp_path, WavLMModel(WavLMConfig(**TINY, **LAYER_NORM)), masked=True)
    with Device() as device:
        assert Wav2Vec2(folder, device).embed(sound(2), "pca", lambda done: None).vector.shape == (32,)


def test_a_cancelled_job_stops_in_the_middle_of_a_pass(large_kind: Path) -> None:
    calls = 0

    def progress(done: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise JobCancelled

    with Device() as device, pytest.raises(JobCancelled):
        Wav2Vec2(large_kind, device).embed(sound(2), "pca", progress)
    assert calls == 4


@pytest.mark.parametrize("engine", ["wav2vec2", "logmel"])
def test_a_few_samples_and_silence_have_a_vector_and_nothing_has_none(large_kind: Path, engine: str) -> None:
    with Device() as device:
        embedder = Wav2Vec2(large_kind, device) if engine == "wav2vec2" else LogMel()
        for samples in (np.ones((1, 5), np.float32), np.zeros((1, 16_000), np.float32)):
            vector = embedder.embed(Waveform(samples, 16_000), "pca", lambda done: None).vector
            assert np.isfinite(vector).all()
        with pytest.raises(BadInput):
            embedder.embed(Waveform(np.zeros((1, 0), np.float32), 16_000), "pca", lambda done: None)


def test_a_folder_that_is_no_model_names_the_command(tmp_path: Path) -> None:
    with (
        Device() as device,
        pytest.raises(EngineUnavailable, match="flask models fetch wav2vec2-xlsr-53-russian"),
    ):
        Wav2Vec2(tmp_path, device)


def test_log_mel_vectors_have_the_shape_of_wav2vec2_and_tell_sounds_apart() -> None:
    def embed(waveform: Waveform) -> np.ndarray:
        found = LogMel().embed(waveform, "pca", lambda done: None)
        assert found.engine == "log-mel statistics"
        return found.vector / np.linalg.norm(found.vector)

    deep = Waveform(np.cumsum(sound(40, 1).samples, axis=1).astype(np.float32) * np.float32(0.01), 16_000)
    noise, again = embed(sound(40, 1)), embed(sound(40, 2))
    assert noise.shape == (1024,)
    assert noise @ again > 0.98 > noise @ embed(deep)


class Kept:
    """A checkpoint in memory."""

    is_due = True

    def __init__(self) -> None:
        self.state: bytes | None = None
        self.n_kept = 0

    def latest(self) -> bytes | None:
        return self.state

    def replace(self, record: bytes) -> None:
        self.state, self.n_kept = record, self.n_kept + 1


@pytest.mark.parametrize("pooling", ["pca", "mean", "mean+std"])
def test_an_embedding_that_was_cut_off_goes_on_and_comes_to_the_same(large_kind: Path, pooling: str) -> None:
    kept, seen = Kept(), list[float]()

    def stop(done: float) -> None:
        if done > 0.6:
            raise JobCancelled

    with Device() as device:
        engine = Wav2Vec2(large_kind, device)
        whole = engine.embed(sound(95), pooling, lambda _: None)
        with pytest.raises(JobCancelled):
            engine.embed(sound(95), pooling, stop, kept)
        before = kept.n_kept
        rest = engine.embed(sound(95), pooling, seen.append, kept)
    np.testing.assert_array_equal(rest.vector, whole.vector)
    assert before >= 2
    assert next(done for done in seen if done) > 0.3, "it begins where the other ended"
