"""What /models lists, by the settings and by what lies in `models_dir`."""

from pathlib import Path
from typing import Any

from app.config import Config
from app.engines.choosing.hearing import hearing
from app.engines.choosing.inventory import Option, Role, inventory
from app.engines.weights.catalogue import CATALOGUE


def roles(folder: Path, kind: str = "cpu", **settings: Any) -> dict[str, Role]:
    config = Config(_env_file=None, models_dir=folder, max_fetch_bytes=0, compute_threads=1, **settings)
    return {role.work: role for role in inventory(config, kind, hearing(config, kind))}


def put(folder: Path, name: str, body: bytes = b"GGUF") -> None:
    """Put files of these names there; they are not the published ones."""
    for file in CATALOGUE[name].files:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(body)


def marked(role: Role, mark: str) -> list[str]:
    return [option.weights.name for option in role.options if getattr(option, mark)]


def test_everything_of_the_catalogue_stands_under_one_work(tmp_path: Path) -> None:
    listed = [option.weights.name for role in roles(tmp_path).values() for option in role.options]
    assert sorted(listed) == sorted(CATALOGUE)


def test_without_weights_what_came_with_the_program_does_the_work(tmp_path: Path) -> None:
    found = roles(tmp_path)
    assert {work: role.engine for work, role in found.items()} == {
        "transcribe": "PocketSphinx en-us",
        "summarize": "extractive",
        "clean": "Konspekt repair",
        "diarize": None,
        "vectorize": "log-mel statistics",
    }
    assert not [option for role in found.values() for option in role.options if option.used]
    assert marked(found["transcribe"], "advised") == ["faster-whisper-base"]


def test_what_is_there_is_in_use(tmp_path: Path) -> None:
    for name in ("faster-whisper-base", "qwen2.5-coder-1.5b", "demucs-htdemucs", "diarization"):
        put(tmp_path, name)
    found = roles(tmp_path)
    assert found["transcribe"].engine == "faster-whisper base"
    assert marked(found["transcribe"], "used") == ["faster-whisper-base"]
    assert marked(found["summarize"], "used") == ["qwen2.5-coder-1.5b"]
    assert marked(found["clean"], "used") == ["demucs-htdemucs"]
    assert marked(found["diarize"], "used") == ["diarization"]


def test_on_a_gpu_the_files_of_openai_whisper_go_first(tmp_path: Path) -> None:
    def suiting(kind: str) -> set[str]:
        return {one.weights.name for one in roles(tmp_path, kind)["transcribe"].options if one.suits}

    def forms(names: set[str]) -> set[str]:
        return {name.partition("whisper-")[0] for name in names}

    assert (forms(suiting("cpu")), forms(suiting("cuda"))) == ({"faster-"}, {""})


def test_a_whisper_that_is_named_and_not_there_is_none(tmp_path: Path) -> None:
    put(tmp_path, "faster-whisper-base")
    role = roles(tmp_path, transcriber="faster-whisper", whisper_model="small")["transcribe"]
    assert role.engine is None
    here: list[Option] = [option for option in role.options if option.condition.here]
    assert [option.weights.name for option in here] == ["faster-whisper-base"]
    assert not here[0].used
