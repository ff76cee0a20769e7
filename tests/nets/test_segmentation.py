import torch

from app.nets.segmentation import SETS, SegmentationNet, activity


def test_ten_seconds_have_589_frames_of_seven_sets() -> None:
    with torch.inference_mode():
        scores = SegmentationNet(hidden=4).eval()(torch.randn(2, 160_000))
    assert scores.shape == (2, 589, 7)
    assert torch.allclose(scores.exp().sum(-1), torch.ones(2, 589), atol=1e-4)


def test_the_classes_are_nobody_each_voice_and_each_two() -> None:
    assert SETS == ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
    scores = torch.eye(7)[None]
    assert activity(scores)[0].int().tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [1, 1, 0],
        [1, 0, 1],
        [0, 1, 1],
    ]
