"""The list of records."""

from pathlib import Path

import pytest

from app.errors import BadInput
from app.pipeline.batch.records import Record, parse, read


def test_a_slice_of_the_list_is_taken_as_python_does(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text('[{"link": "https://a/1"}, {"link": "https://a/2"}, {"link": "https://a/3"}]')
    assert [record.url for record in read(path, "link", 1, 3)] == ["https://a/2", "https://a/3"]
    assert [record.url for record in read(path, "link", 2)] == ["https://a/3"]
    assert read(path, "link", 9, 99) == []


def test_addresses_alone_are_records_and_twice_is_once() -> None:
    assert parse(["https://a/1", " https://a/1 ", "https://a/2"], "url") == [
        Record("https://a/1", "https://a/1"), Record("https://a/2", "https://a/2"),
    ]  # fmt: skip


def test_a_record_without_an_address_keeps_its_place() -> None:
    assert parse([{"url": "https://a/1"}, {"url": 5}, 7], "url")[1:] == [
        Record("#1", None),
        Record("#2", None),
    ]


@pytest.mark.parametrize("url", ["https://a/\ud800", "\ud800", "https://a/\x00", "https://a/b\nc", "  "])
def test_what_no_file_can_hold_is_no_address(url: str) -> None:
    assert parse([url, "https://a/1"], "url")[0] == Record("#0", None)


@pytest.mark.parametrize("text", ["[" * 100_000, "", "{", '{"a": 1}', "null", "[{}, {}]", '["", 5]'])
def test_what_is_no_such_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "all.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        read(path, "url")
