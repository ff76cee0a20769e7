from app.engines.choosing.live_transcribers import LIVE_TRANSCRIBERS
from app.engines.choosing.transcribers import TRANSCRIBERS


def test_whatever_hears_recordings_hears_live_streams_too() -> None:
    assert LIVE_TRANSCRIBERS.keys() == TRANSCRIBERS.keys()
