"""One answer goes to many, and its file is gone with the last of them."""

import os
from pathlib import Path

import pytest

from app.web.core.reading import answer
from app.web.core.reading.answer import Answer


def test_each_reads_all_of_it_at_his_own_pace_and_nothing_is_left(tmp_path: Path) -> None:
    body = os.urandom(answer.BLOCK_BYTES + 1000)
    (tmp_path / "body").write_bytes(body)
    made, begun = Answer("200 OK", [("X-One", "1")], tmp_path / "body"), []
    responses = [made.response(lambda: begun.append(1)) for _ in range(2)]
    file = made._file
    del made
    assert not any(tmp_path.iterdir())
    assert not begun
    blocks = [response.iter_encoded() for response in responses]
    halves = [next(one) for one in blocks]
    assert len(begun) == 2
    assert [half + b"".join(rest) for half, rest in zip(halves, blocks, strict=True)] == [body, body]
    assert [(one.status_code, one.headers["X-One"]) for one in responses] == [(200, "1")] * 2
    for response in responses:
        response.close()
    del responses, response, blocks
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(file)


def test_who_goes_away_before_the_body_is_heard_of(tmp_path: Path) -> None:
    (tmp_path / "body").write_bytes(b"body")
    begun: list[int] = []
    Answer("200 OK", [], tmp_path / "body").response(lambda: begun.append(1)).close()
    assert begun == [1]
