"""A second file behind the first is seen wherever it begins, and nothing else is taken for one."""

from pathlib import Path

import pytest

from app.audio import joined
from app.audio.joined import another_begins_at
from tests.making import TONE, make_media


@pytest.mark.parametrize("kind", ["m4a", "wav", "aiff", "caf", "w64", "mka", "wma", "tta", "wv"])
def test_a_second_file_is_found_at_its_first_byte(tmp_path: Path, kind: str) -> None:
    made = make_media(tmp_path / f"a.{kind}", *TONE)
    one = made.read_bytes()
    assert another_begins_at(made) is None
    made.write_bytes(one + one)
    assert another_begins_at(made) == len(one)


def test_it_is_found_over_the_border_of_any_two_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined, "_PIECE_BYTES", 100)
    made = make_media(tmp_path / "a.m4a", *TONE)
    one, two = made.read_bytes()[:1000], made.read_bytes()[:200]
    for n_between in range(130):
        made.write_bytes(one + bytes(n_between) + two)
        assert another_begins_at(made) == len(one) + n_between


@pytest.mark.parametrize("head", [b"", b"\x00", b"RIFF", b"\xff\xfb\x90\x00" * 100, b"ftyp" * 50])
def test_what_is_none_of_these_kinds_is_not_searched(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(head)
    assert another_begins_at(path) is None


def test_a_word_that_only_looks_like_a_beginning_is_none(tmp_path: Path) -> None:
    made = make_media(tmp_path / "a.m4a", *TONE)
    made.write_bytes(made.read_bytes() + b"ftyp" * 100 + b"\x01\x02\x03\x04ftypisom")
    assert another_begins_at(made) is None
