import threading
import time
from pathlib import Path

import pytest

from app.engines.base import LiveRequest
from app.engines.compute.device import Device, Priority
from tests.engines.whisper.loaded import live_on, transcriber
from tests.speech import MEETING as SPOKEN
from tests.speech import english
from tests.tiny_whisper import scripted_whisper

SCRIPT = ((0.0, 2.0, "Good morning everyone."), (2.0, 28.0, "Anna will prepare the report."))
TEXT = "Good morning everyone. Anna will prepare the report."


def request(stream: str, language: str, *, final: bool) -> LiveRequest:
    return LiveRequest(stream, 0, english(SPOKEN[0]).samples[0], language, final)


def test_streams_are_heard_together_on_the_network_of_the_transcriber(tmp_path: Path) -> None:
    with Device() as device:
        path = scripted_whisper(tmp_path / "tiny.pt", SCRIPT)
        engine = transcriber(path, "tiny", device)
        live = live_on(engine, device)
        assert live._model is engine.model
        heard = live.hear([request("a", "auto", final=False), request("b", "en", final=True)])
    partial, final = heard
    assert not isinstance(partial, Exception)
    assert not isinstance(final, Exception)
    assert partial.text == final.text == TEXT
    assert partial.language == final.language == "en"
    assert [word.text for word in final.words] == TEXT.split()
    assert all(0 <= word.start <= word.end <= 30 for word in final.words)


def test_no_window_of_a_file_comes_between_the_halves_of_a_live_utterance(tmp_path: Path) -> None:
    order: list[str] = []
    with Device() as device:
        engine = transcriber(scripted_whisper(tmp_path / "tiny.pt", SCRIPT), "tiny", device)
        file = threading.Thread(target=lambda: device.turn(Priority.BATCH, lambda: order.append("file")))

        def file_asks(*_: object) -> None:
            file.start()
            while device._waiting.empty():
                time.sleep(0.001)

        engine.model._net.encoder.register_forward_hook(file_asks)
        engine.model._net.decoder.register_forward_hook(lambda *_: order.append("live"))
        live_on(engine, device).hear([request("a", "en", final=False)])
        file.join()
    assert order == ["live"] * (len(order) - 1) + ["file"]
    assert len(order) > 1


def test_a_device_that_stopped_is_an_error_of_the_batch(tmp_path: Path) -> None:
    with Device() as device:
        live = live_on(transcriber(scripted_whisper(tmp_path / "tiny.pt", SCRIPT), "tiny", device), device)
    with pytest.raises(RuntimeError, match="not started"):
        live.hear([request("a", "en", final=False)])
