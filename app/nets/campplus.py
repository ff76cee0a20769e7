"""CAM++: turns the voice in a stretch of speech into 192 numbers; voices alike have numbers alike.

H. Wang et al., "CAM++: a fast and efficient network for speaker verification using context-aware masking",
2023. The layers have the names of the published weights, 3D-Speaker's speech_campplus_sv_zh_en_16k.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

N_MELS, DIMENSION = 80, 192
_GROWTH, _BOTTLENECK, _CONTEXT = 32, 128, 100  # channels that a layer adds, and works in; frames of a context
_BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers, and frames between the taps of their convolutions


def _norm_relu(channels: int) -> nn.Sequential:
    return nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU()))


class _Residual(nn.Module):
    """Two convolutions over time and frequency; `stride` halves the frequencies."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, (stride, 1), 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, channels, 1, (stride, 1), bias=False), nn.BatchNorm2d(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        both: Tensor = y + self.shortcut(x)
        return both.relu()


class _Head(nn.Module):
    """(batch, mels, frames) -> (batch, 32 * mels / 8, frames)."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.layer2 = nn.Sequential(_Residual(channels, 2), _Residual(channels, 1))
        self.conv2 = nn.Conv2d(channels, channels, 3, (2, 1), 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, mels: Tensor) -> Tensor:
        x: Tensor = self.bn1(self.conv1(mels[:, None])).relu()
        x = self.bn2(self.conv2(self.layer2(self.layer1(x)))).relu()
        return x.flatten(1, 2)


class _ContextMask(nn.Module):
    """A convolution whose channels are weighed by what the whole stretch and each second of it sound like."""

    def __init__(self, dilation: int) -> None:
        super().__init__()
        self.linear_local = nn.Conv1d(
            _BOTTLENECK, _GROWTH, 3, padding=dilation, dilation=dilation, bias=False
        )
        self.linear1 = nn.Conv1d(_BOTTLENECK, _BOTTLENECK // 2, 1)
        self.linear2 = nn.Conv1d(_BOTTLENECK // 2, _GROWTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        seconds = functional.avg_pool1d(x, _CONTEXT, _CONTEXT, ceil_mode=True)
        context = x.mean(-1, keepdim=True) + seconds
        mask = self.linear2(self.linear1(context).relu()).sigmoid()  # one for each second
        masked: Tensor = self.linear_local(x) * mask.repeat_interleave(_CONTEXT, dim=-1)[..., : x.shape[-1]]
        return masked


class _DenseLayer(nn.Module):
    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.nonlinear1 = _norm_relu(channels)
        self.linear1 = nn.Conv1d(channels, _BOTTLENECK, 1, bias=False)
        self.nonlinear2 = _norm_relu(_BOTTLENECK)
        self.cam_layer = _ContextMask(dilation)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(x))))
        return added


class _DenseBlock(nn.ModuleDict):
    """Layers that each see the output of all before them."""

    def __init__(self, channels: int, n_layers: int, dilation: int) -> None:
        layers = {f"tdnnd{n + 1}": _DenseLayer(channels + n * _GROWTH, dilation) for n in range(n_layers)}
        super().__init__(layers)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.values():
            x = torch.cat([x, layer(x)], dim=1)
        return x


class _Narrow(nn.Module):
    """Halves the channels after a block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.nonlinear = _norm_relu(channels)
        self.linear = nn.Conv1d(channels, channels // 2, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        narrow: Tensor = self.linear(self.nonlinear(x))
        return narrow


class _Input(nn.Module):
    """Halves the frames."""

    def __init__(self, channels_in: int, channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels_in, channels, 5, stride=2, padding=2, bias=False)
        self.nonlinear = _norm_relu(channels)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.nonlinear(self.linear(x))
        return y


class _Output(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, DIMENSION, 1, bias=False)
        self.nonlinear = nn.Sequential(OrderedDict(batchnorm=nn.BatchNorm1d(DIMENSION, affine=False)))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.nonlinear(self.linear(x[..., None])[..., 0])
        return y


class CamPlusPlus(nn.Module):
    """(batch, frames, N_MELS) of log-mel energies without their mean -> (batch, DIMENSION)."""

    def __init__(self) -> None:
        super().__init__()
        self.head = _Head()
        channels = 128
        layers: OrderedDict[str, nn.Module] = OrderedDict(tdnn=_Input(32 * N_MELS // 8, channels))
        for number, (n_layers, dilation) in enumerate(_BLOCKS, start=1):
            layers[f"block{number}"] = _DenseBlock(channels, n_layers, dilation)
            channels += n_layers * _GROWTH
            layers[f"transit{number}"] = _Narrow(channels)
            channels //= 2
        layers["out_nonlinear"] = _norm_relu(channels)
        layers["dense"] = _Output(2 * channels)
        self.xvector = nn.ModuleDict(layers)

    def forward(self, mels: Tensor) -> Tensor:
        x = self.head(mels.transpose(1, 2))
        *before, dense = self.xvector.values()
        for layer in before:
            x = layer(x)
        voice: Tensor = dense(torch.cat([x.mean(-1), x.std(-1)], dim=1))
        return voice
