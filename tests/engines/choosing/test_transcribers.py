from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.config import Config
from app.engines.choosing import transcribers
from app.engines.choosing.transcribers import FORGET_S, Choice, Failures, choose
from app.engines.registry import LocalEngines
from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.sources import Weights
from app.errors import EngineUnavailable, UnsupportedLanguage
from tests.tiny_whisper import as_ctranslate2, scripted_whisper

NOW = frozenset[str]()


def settings(folder: Path, **values: Any) -> Config:
    return Config(_env_file=None, models_dir=folder, disk_reserve_bytes=0, compute_threads=2, **values)


def place(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / "whisper" / f"{name}.pt"
        path.parent.mkdir(exist_ok=True)
        path.touch()


def place_folder(folder: Path, name: str) -> Path:
    path = folder / "whisper" / name
    path.mkdir(parents=True)
    (path / "model.bin").touch()
    return path


def quiet(_: float) -> None:
    pass


@pytest.mark.parametrize(
    ("here", "kind", "language", "taken"),
    [
        (("tiny", "base", "large-v3"), "cpu", "auto", "base"),
        (("tiny", "base", "small"), "cpu", "ru", "small"),
        (("base", "turbo"), "cuda", "ru", "turbo"),
        (("base", "base.en"), "cpu", "en", "base.en"),
        (("tiny", "base.en"), "cpu", "auto", "tiny"),
        (("large-v3",), "cpu", "ru", "large-v3"),
        (("base", "our-meetings"), "cpu", "ru", "our-meetings"),
    ],
)
def test_of_the_weights_that_are_there_the_best_for_the_device_are_taken(
    tmp_path: Path, here: tuple[str, ...], kind: str, language: str, taken: str
) -> None:
    place(tmp_path, *here)
    choice = choose(settings(tmp_path), kind, language)
    assert choice == Choice("whisper", tmp_path / "whisper" / f"{taken}.pt")


def test_a_size_that_the_settings_name_is_taken_and_no_other(tmp_path: Path) -> None:
    place(tmp_path, "small", "large-v3-turbo", "mine")
    for named, taken in (("small", "small"), ("turbo", "large-v3-turbo"), ("mine", "mine")):
        config = settings(tmp_path, whisper_model=named)
        assert choose(config, "cpu", "ru").path.stem == taken
    with pytest.raises(EngineUnavailable, match=r"Put theirs\.pt into"):
        choose(settings(tmp_path, whisper_model="theirs", transcriber="whisper"), "cpu", "ru")


def test_a_recording_may_be_heard_by_another_model_that_is_here_and_by_no_other(tmp_path: Path) -> None:
    place(tmp_path, "tiny", "base", "our-meetings", "turbo")
    config = settings(tmp_path, whisper_model="base")
    assert transcribers.sizes_here(config, "cpu") == ["base", "large-v3-turbo", "our-meetings", "tiny"]
    assert choose(config, "cpu", "ru").model == "base"
    for model, file in (("tiny", "tiny"), ("large-v3-turbo", "turbo"), ("our-meetings", "our-meetings")):
        assert choose(config, "cpu", "ru", model=model).path.stem == file
    with pytest.raises(EngineUnavailable, match="not here any more"):
        choose(config, "cpu", "en", model="small")
    assert transcribers.sizes_here(settings(tmp_path, transcriber="pocketsphinx"), "cpu") == []


def test_a_name_that_is_no_model_is_known_before_anything_is_heard(tmp_path: Path) -> None:
    place(tmp_path, "our-meetings")
    for model in ("auto", "base", "turbo", "large", "base.en", "our-meetings"):
        assert not transcribers.is_unknown(settings(tmp_path, whisper_model=model), "cpu"), model
    assert transcribers.is_unknown(settings(tmp_path, whisper_model="gigantic"), "cpu")
    silent = settings(tmp_path, whisper_model="gigantic", transcriber="pocketsphinx")
    assert not transcribers.is_unknown(silent, "cpu"), "nothing asks for it"


def test_a_folder_is_taken_on_a_cpu_and_a_pt_file_on_a_gpu(tmp_path: Path) -> None:
    place(tmp_path, "base")
    folder = place_folder(tmp_path, "faster-whisper-base")
    assert choose(settings(tmp_path), "cpu", "ru") == Choice("faster-whisper", folder)
    assert choose(settings(tmp_path), "cuda", "ru").engine == "whisper"
    for engine in ("whisper", "faster-whisper"):
        for kind in ("cpu", "cuda"):
            assert choose(settings(tmp_path, transcriber=engine), kind, "ru").engine == engine
    (tmp_path / "whisper" / "base.pt").unlink()
    assert choose(settings(tmp_path), "cuda", "ru") == Choice("whisper", folder)
    place(tmp_path, "small")
    assert choose(settings(tmp_path), "cpu", "ru").path.name == "small.pt"
    own = place_folder(tmp_path, "our-meetings")
    assert choose(settings(tmp_path), "cpu", "ru") == Choice("faster-whisper", own)
    assert choose(settings(tmp_path, whisper_model="base"), "cpu", "ru").path == folder


def test_a_folder_without_weights_is_none(tmp_path: Path) -> None:
    (place_folder(tmp_path, "faster-whisper-base") / "model.bin").unlink()
    assert choose(settings(tmp_path), "cpu", "ru").fetch is CATALOGUE["faster-whisper-base"]


@pytest.mark.parametrize(
    ("kind", "threads", "name"),
    [
        ("cpu", 2, "faster-whisper-base"),
        ("cpu", 16, "faster-whisper-small"),
        ("cuda", 2, "whisper-small"),
    ],
)
def test_without_weights_a_size_for_the_device_is_fetched(
    tmp_path: Path, kind: str, threads: int, name: str
) -> None:
    config = settings(tmp_path).model_copy(update={"compute_threads": threads})
    choice = choose(config, kind, "ru")
    assert choice.fetch is CATALOGUE[name]
    assert choice.engine == name.rpartition("-")[0]


def test_where_one_source_is_away_others_are_tried(tmp_path: Path) -> None:
    many = settings(tmp_path).model_copy(update={"compute_threads": 16})
    failed: list[str] = []
    while choose(many, "cpu", "auto", failed).engine != "pocketsphinx":
        fetched = choose(many, "cpu", "auto", failed).fetch
        assert fetched is not None
        failed.append(fetched.name)
    assert failed == ["faster-whisper-small", "whisper-small", "faster-whisper-base", "whisper-base"]


def test_what_is_too_large_or_failed_lately_is_not_fetched_unasked(tmp_path: Path) -> None:
    small = settings(tmp_path, max_fetch_bytes=10**6)
    assert choose(small, "cpu", "en").engine == "pocketsphinx"
    failed = {"whisper-base", "faster-whisper-base"}
    assert choose(settings(tmp_path), "cpu", "auto", failed).engine == "pocketsphinx"
    large = settings(tmp_path, whisper_model="large-v3", transcriber="whisper")
    with pytest.raises(EngineUnavailable, match="flask models fetch whisper-large-v3"):
        choose(large, "cpu", "ru")


def test_a_language_that_nothing_here_hears_is_refused_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedLanguage, match="flask models fetch faster-whisper-base"):
        choose(settings(tmp_path, max_fetch_bytes=0), "cpu", "ru")
    with pytest.raises(UnsupportedLanguage):
        choose(settings(tmp_path, transcriber="pocketsphinx"), "cpu", "de")


def test_a_failed_fetch_is_tried_again_after_a_while() -> None:
    now = 0.0
    failures = Failures(lambda: now)
    failures.add("whisper-base")
    now = FORGET_S - 1
    assert failures.recent() == {"whisper-base"}
    now = FORGET_S
    assert failures.recent() == NOW


def test_weights_under_a_published_name_must_be_the_published_ones(tmp_path: Path) -> None:
    place(tmp_path, "base", "turbo", "mine")
    for name in ("base", "turbo"):
        with pytest.raises(EngineUnavailable, match="give it another name"):
            transcribers.check_published(tmp_path / "whisper" / f"{name}.pt")
    transcribers.check_published(tmp_path / "whisper" / "mine.pt")


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[LocalEngines]:
    engines = LocalEngines(settings(tmp_path))
    yield engines
    engines.close()


def test_whisper_is_loaded_once_and_shared(tmp_path: Path, engines: LocalEngines) -> None:
    scripted_whisper(tmp_path / "whisper" / "scripted.pt")
    first = engines.transcriber("ru", quiet)
    assert first.name == "openai-whisper scripted"
    assert engines.transcriber("auto", quiet) is first
    scripted_whisper(tmp_path / "whisper" / "tiny-one.pt")
    assert engines.transcriber("auto", quiet, "tiny-one").name == "openai-whisper tiny-one"
    assert engines.transcriber("auto", quiet) is first


def test_a_fetch_that_fails_leaves_english_to_pocketsphinx_and_is_remembered(
    engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fails(weights: Weights, *_: object) -> None:
        asked.append(weights.name)
        raise EngineUnavailable("no network")

    monkeypatch.setattr("app.engines.weights.underway.fetch", fails)
    assert engines.transcriber("auto", quiet).name == "PocketSphinx en-us"
    with pytest.raises(UnsupportedLanguage, match="flask models fetch"):
        engines.transcriber("ru", quiet)
    assert asked == ["faster-whisper-base", "whisper-base"]
    assert engines.hearing().engine == "PocketSphinx en-us"


def test_where_whisper_is_wanted_a_failed_fetch_is_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise EngineUnavailable("no network")

    monkeypatch.setattr("app.engines.weights.underway.fetch", fails)
    engines = LocalEngines(settings(tmp_path, transcriber="whisper"))
    with pytest.raises(EngineUnavailable, match="no network"):
        engines.transcriber("en", quiet)
    engines.close()


def test_fetched_weights_are_used_at_once(
    tmp_path: Path, engines: LocalEngines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def brings(weights: Weights, models_dir: Path, progress: Any, *_: object) -> None:
        folder = as_ctranslate2(scripted_whisper(tmp_path / "made.pt"), weights.folder(models_dir))
        (folder / "tokenizer.json").touch()

    monkeypatch.setattr("app.engines.weights.underway.fetch", brings)
    assert engines.hearing().fetches == CATALOGUE["faster-whisper-base"].size_bytes
    assert engines.transcriber("ru", quiet).name == "faster-whisper base"
    assert engines.hearing().fetches == 0


def test_closed_engines_say_so(tmp_path: Path) -> None:
    engines = LocalEngines(settings(tmp_path))
    engines.voice_detector(lambda done: None)
    engines.close()
    with pytest.raises(RuntimeError, match="closed"):
        engines.voice_detector(lambda done: None)
