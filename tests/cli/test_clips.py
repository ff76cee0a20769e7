"""flask clip: a clip of a file from a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from app import create_app
from app.audio.limits import Limits
from app.audio.probe import probe
from app.config import Config
from app.web.core.context import konspekt
from tests.making import PICTURE, TONE, make_media


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[FlaskCliRunner]:
    """Give the commands of an app, in this process."""
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    app = create_app(Config(_env_file=None, max_fetch_bytes=0, **folders))  # type: ignore[arg-type]
    yield app.test_cli_runner()
    konspekt(app).engines.close()
    with app.app_context():
        app.config["SESSION_SQLALCHEMY"].engine.dispose()


def test_stretches_of_a_video_become_one_file(tmp_path: Path, terminal: FlaskCliRunner) -> None:
    source, out = make_media(tmp_path / "talk.mp4", *PICTURE, *TONE), tmp_path / "short.mp4"
    cuts = ["--cut", "0.2-0.7", "--cut", "0:01-1.5"]
    done = terminal.invoke(args=["clip", str(source), *cuts, "--subtitles", "none", "-o", str(out)])
    assert done.exit_code == 0, done.output
    made = probe(out, limits=Limits(disk_reserve_bytes=0))
    assert made.video_codec == "h264"
    assert made.duration_s == pytest.approx(1.0, abs=0.15)


def test_a_clip_replaces_neither_its_recording_nor_without_force_anything(
    tmp_path: Path, terminal: FlaskCliRunner
) -> None:
    source = make_media(tmp_path / "talk.mp3", *TONE)
    words, recorded = ["clip", str(source), "--cut", "0-0.5", "--subtitles", "none"], source.read_bytes()
    for out in ("talk", "talk.mp3", "talk.mp4"):
        done = terminal.invoke(args=[*words, "--force", "-o", str(tmp_path / out)])
        assert (done.exit_code, "is the recording itself" in done.output) == (1, True), done.output
    assert source.read_bytes() == recorded
    (tmp_path / "talk_clip.mp3").write_text("mine")
    assert "--force replaces it" in terminal.invoke(args=words).output
    assert (tmp_path / "talk_clip.mp3").read_text() == "mine"
    assert terminal.invoke(args=[*words, "--force"]).exit_code == 0
    assert probe(tmp_path / "talk_clip.mp3", limits=Limits(disk_reserve_bytes=0)).duration_s < 1
    assert terminal.invoke(args=[*words, "-o", f"{tmp_path}/new/"]).exit_code == 0
    assert (tmp_path / "new/talk_clip.mp3").exists()


@pytest.mark.parametrize(
    "words", [[], ["--cut", "1-2", "--highlights"], ["--cut", "2-1"], ["--cut", "0-1", "-o", "-"]]
)
def test_what_is_to_be_cut_must_be_said(tmp_path: Path, terminal: FlaskCliRunner, words: list[str]) -> None:
    source = tmp_path / "talk.mp4"
    source.touch()
    assert terminal.invoke(args=["clip", str(source), *words]).exit_code == 2
