import pytest
import torch

from app.nets.campplus import DIMENSION, N_MELS, CamPlusPlus


@pytest.fixture(scope="module")
def net() -> CamPlusPlus:
    torch.manual_seed(0)
    return CamPlusPlus().eval()


@pytest.mark.parametrize("frames", [20, 105])
def test_speech_of_any_length_becomes_as_many_numbers(net: CamPlusPlus, frames: int) -> None:
    with torch.inference_mode():
        voice = net(torch.randn(2, frames, N_MELS))
    assert voice.shape == (2, DIMENSION)
    assert torch.isfinite(voice).all()


def test_each_of_a_batch_is_heard_for_itself(net: CamPlusPlus) -> None:
    mels = torch.randn(3, 150, N_MELS)
    with torch.inference_mode():
        together, alone = net(mels), net(mels[1:2])
    assert torch.allclose(together[1:2], alone, atol=1e-4)


def test_it_has_the_layers_of_the_published_weights(net: CamPlusPlus) -> None:
    names = net.state_dict().keys()
    assert len(names) == 937
    assert {
        "head.layer1.0.shortcut.1.running_var",
        "xvector.tdnn.nonlinear.batchnorm.weight",
        "xvector.block2.tdnnd24.cam_layer.linear_local.weight",
        "xvector.transit3.linear.weight",
        "xvector.out_nonlinear.batchnorm.bias",
        "xvector.dense.nonlinear.batchnorm.running_mean",
    } <= names
    assert sum(weight.numel() for weight in net.parameters()) == 6_848_544
