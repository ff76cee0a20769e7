import os
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.engines.pocketsphinx.live import PocketSphinxLive
from app.engines.registry import LocalEngines
from app.engines.whisper.live import WhisperLive
from app.engines.whisper.transcriber import WhisperTranscriber
from app.errors import EngineNotReady, UnsupportedLanguage
from tests.tiny_whisper import scripted_whisper


def engines(folder: Path, **values: Any) -> LocalEngines:
    config = Config(_env_file=None, models_dir=folder, disk_reserve_bytes=0, compute_threads=1, **values)
    return LocalEngines(config)


def quiet(_: float) -> None:
    pass


def test_live_streams_are_heard_on_the_model_that_hears_recordings(tmp_path: Path) -> None:
    scripted_whisper(tmp_path / "whisper" / "scripted.pt")
    made = engines(tmp_path)
    live, recordings = made.live_transcriber("en"), made.transcriber("ru", quiet)
    assert isinstance(live, WhisperLive)
    assert isinstance(recordings, WhisperTranscriber)
    assert live._model is recordings.model
    assert live.name == recordings.name == "openai-whisper scripted"
    assert made.live_transcriber("ru") is live
    made.close()


def test_live_streams_do_not_wait_for_weights_but_have_them_fetched(tmp_path: Path) -> None:
    made = engines(tmp_path, weights_mirror="/nowhere")
    for _ in range(2):
        with pytest.raises(EngineNotReady, match="Whisper is being fetched: 0 of 148 MB") as told:
            made.live_transcriber("ru")
        assert told.value.retry_after_s == 10, "the pace is not known yet"
    assert made.whisper_fetch.running
    made.close()


def test_russian_without_an_engine_is_refused_at_once_with_the_command(tmp_path: Path) -> None:
    made = engines(tmp_path, max_fetch_bytes=0)
    with pytest.raises(UnsupportedLanguage, match="flask models fetch faster-whisper-base"):
        made.live_transcriber("ru")
    assert not made.whisper_fetch.running
    made.close()


def test_closing_ends_the_processes_of_engines(tmp_path: Path) -> None:
    made = engines(tmp_path, transcriber="pocketsphinx")
    live = made.live_transcriber("en")
    assert isinstance(live, PocketSphinxLive)
    assert live._process.poll() is None
    made.voice_detector(quiet)  # has nothing to close
    made.close()
    assert live._process.poll() is not None


def test_closed_engines_load_no_more(tmp_path: Path) -> None:
    made = engines(tmp_path)
    made.close()
    with pytest.raises(RuntimeError, match="closed"):
        made.voice_detector(quiet)


def test_threads_that_wait_cost_no_processor_time_unless_the_user_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    engines(tmp_path)
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    engines(tmp_path)
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
