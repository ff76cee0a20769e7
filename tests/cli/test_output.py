"""What goes to standard output, in the terminal's own encoding."""

import errno
import io
import sys

import click
import pytest

from app.cli.output import STDOUT, write


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("latin-1", b"?????: \xab\n"), ("utf-8", "Итоги: «\n".encode()), ("cp866", None)],
)
def test_what_an_encoding_lacks_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch, encoding: str, printed: bytes | None
) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding=encoding))
    write("\ufeffИтоги: «\r\n".encode(), None, force=False)
    assert out.getvalue() == (printed or "Итоги: ?\n".encode(encoding))


def test_a_dash_is_standard_output_and_its_bytes_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="latin-1"))
    write(b"PK\x03\x04\r\n\xff", STDOUT, force=False)
    assert out.getvalue() == b"PK\x03\x04\r\n\xff"


class FullDisk(io.BytesIO):
    def write(self, content: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(FullDisk(), encoding="utf-8"))
    with pytest.raises(click.ClickException, match=r"Standard output cannot be written to: No space"):
        write(b"text", None, force=False)
