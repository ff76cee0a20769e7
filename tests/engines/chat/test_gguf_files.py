from pathlib import Path

import pytest

from app.engines.chat import gguf_files


def put(path: Path, size: int = 10, head: bytes = b"GGUF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + b"\0" * size)
    return path


def test_files_are_found_in_the_folder_and_one_below_and_the_largest_is_taken(tmp_path: Path) -> None:
    put(tmp_path / "small.gguf", 10)
    large = put(tmp_path / "qwen" / "large-q4.gguf", 1000)
    assert gguf_files.find(tmp_path) == large


@pytest.mark.parametrize("name", ["large-q4", "large-q4.gguf", "qwen"])
def test_a_file_is_named_by_itself_or_by_its_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a.gguf", 5000)
    large = put(tmp_path / "qwen" / "large-q4.gguf")
    assert gguf_files.find(tmp_path, name) == large
    assert gguf_files.find(tmp_path, "other") is None


def test_what_does_not_fit_into_memory_is_taken_only_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf_files, "memory_bytes", lambda: 1000)
    fits, huge = put(tmp_path / "fits.gguf", 500), put(tmp_path / "huge.gguf", 900)
    assert gguf_files.find(tmp_path) == fits
    assert gguf_files.find(tmp_path, "huge") == huge


def test_the_largest_that_is_quick_is_taken_and_the_smallest_where_none_is(tmp_path: Path) -> None:
    small, large = put(tmp_path / "a.gguf", 100), put(tmp_path / "b.gguf", 900)
    assert gguf_files.find(tmp_path, quick=lambda size_bytes: size_bytes < 500) == small
    assert gguf_files.find(tmp_path, quick=lambda size_bytes: False) == small
    assert gguf_files.find(tmp_path, "b", quick=lambda size_bytes: False) == large


def test_other_files_and_half_ones_are_no_models(tmp_path: Path) -> None:
    put(tmp_path / "mmproj-model.gguf")
    put(tmp_path / "broken.gguf", head=b"GGML")
    put(tmp_path / "part.gguf.part")
    first = put(tmp_path / "big-00001-of-00002.gguf")
    assert gguf_files.find(tmp_path) is None
    assert gguf_files.missing(first) == "big-00002-of-00002.gguf"
    put(tmp_path / "big-00002-of-00002.gguf", 90)
    assert gguf_files.find(tmp_path) == first
    assert gguf_files.weight_bytes(first) == 4 + 10 + 4 + 90
    assert gguf_files.find(tmp_path / "nowhere") is None
