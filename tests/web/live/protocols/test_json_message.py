"""What adapters take of a client's JSON."""

from typing import Any

import pytest

from app.errors import BadInput
from app.live.packets import SoundFormat
from app.web.live.protocols.json_message import read_object, sound_of


@pytest.mark.parametrize("message", ["", "{", "[]", "5", "null", b"{}", None, "[" * 100_000])
def test_what_is_no_object_is_refused(message: object) -> None:
    with pytest.raises(BadInput, match="JSON object"):
        read_object(message)


def test_a_sound_is_read_from_numbers() -> None:
    assert sound_of(8000.0) == SoundFormat(8000, 1, "s16le")
    assert sound_of(48_000, 2, float_samples=True) == SoundFormat(48_000, 2, "f32le")


@pytest.mark.parametrize("rate", [7999, 192_001, 16_000.5, True, "16000", None, float("nan"), float("inf")])
def test_a_rate_that_cannot_be_is_refused(rate: Any) -> None:
    with pytest.raises(BadInput, match="sample rate"):
        sound_of(rate)


@pytest.mark.parametrize("channels", [0, 9, 1.0, True, "1", None])
def test_a_number_of_channels_that_cannot_be_is_refused(channels: Any) -> None:
    with pytest.raises(BadInput, match="channels"):
        sound_of(16_000, channels)
