import numpy as np
import pytest

from app.audio.overlap import OverlapAdd


@pytest.mark.parametrize(("segment", "stride", "n"), [(8, 6, 50), (9, 4, 50), (10, 10, 35), (100, 75, 60)])
def test_sound_that_is_cut_and_joined_is_the_same_sound(segment: int, stride: int, n: int) -> None:
    sound = np.random.default_rng(0).standard_normal((2, n)).astype(np.float32)
    joined = OverlapAdd(2, segment, stride)
    pieces = [joined.add(sound[:, at : at + segment]) for at in range(0, n, stride)]
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), sound, atol=1e-6)


def test_each_segment_finishes_one_stride() -> None:
    joined = OverlapAdd(1, 100, 75)
    assert joined.add(np.ones((1, 100), np.float32)).shape == (1, 75)


def test_a_stride_longer_than_the_segment_would_leave_holes() -> None:
    with pytest.raises(ValueError, match="stride"):
        OverlapAdd(1, 10, 11)
