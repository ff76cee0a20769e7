"""A clip by API: the file goes in, the clip comes out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from app.audio.limits import Limits
from app.audio.probe import probe
from tests.making import PICTURE, TONE, make_media

ADDRESS = "/v1/audio/clips"


@pytest.fixture(scope="module")
def video_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_media(tmp_path_factory.mktemp("video") / "talk.mp4", *PICTURE, *TONE).read_bytes()


def test_stretches_of_a_video_come_back_as_one(
    make_app: Callable[..., Flask], video_bytes: bytes, tmp_path: Path
) -> None:
    form = {"file": (BytesIO(video_bytes), "talk.mp4"), "cut": ["0.2-0.7", "1-1.5"], "subtitles": "none"}
    answer = make_app(max_fetch_bytes=0).test_client().post(ADDRESS, data=form)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "video/mp4"
    (tmp_path / "clip.mp4").write_bytes(answer.data)
    made = probe(tmp_path / "clip.mp4", limits=Limits(disk_reserve_bytes=0))
    assert made.duration_s == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    "fields", [{}, {"cut": "x"}, {"cut": "2-1"}, {"cut": "0-601"}, {"subtitles": "side"}]
)
def test_what_cannot_be_cut_is_said_before_anything_is_heard(
    make_app: Callable[..., Flask], video_bytes: bytes, fields: dict[str, str]
) -> None:
    form = {"file": (BytesIO(video_bytes), "talk.mp4"), "subtitles": "none", **fields}
    answer = make_app().test_client().post(ADDRESS, data=form)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json["error"]["message"]
