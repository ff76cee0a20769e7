"""A stage that is killed again and again comes to what it comes to undisturbed, and repeats little."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.audio.wav import WavFile, write_wav
from app.engines.demucs.vocal_nets import VocalNets
from app.nets.repairer import Repairer
from app.pipeline import STAGES, artifacts, run
from app.pipeline.cleaned import Cleaned
from app.pipeline.recording import Recording
from tests.long import LONG
from tests.making import syllables
from tests.tiny_demucs import save_tiny
from tests.trials.killed_stage import engines, recording

TOP = Path(__file__).parents[2]
KILLS = (0.1, 0.3, 0.3, 0.5, 0.7, 0.9, 0.915, 0.93, 0.95, 0.99)
SECONDS = 60.0
WINDOWS: dict[str, Callable[..., Any]] = {"clean": VocalNets.vocals, "repair": Repairer.window}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a recording that `extract` is done with."""
    (tmp_path / "models" / "demucs").mkdir(parents=True)
    save_tiny(tmp_path / "models" / "demucs" / "955717e8.th", 0)
    write_wav(tmp_path / "source", syllables(SECONDS))
    loaded = engines(tmp_path)
    run(("extract",), recording(tmp_path), loaded, lambda *_: None)
    loaded.close()
    return tmp_path


def sound(done: Recording, stage: str) -> np.ndarray:
    made = done.cleaned if stage == "clean" else done.repaired
    assert isinstance(made, Cleaned)
    return WavFile(made.flac).cut(0, 3600).samples


@pytest.mark.skipif(
    not LONG, reason="`make trials`; tests/pipeline/stages cuts the stages off without a process"
)
@pytest.mark.parametrize("stage", ["clean", "repair"])
def test_a_stage_that_is_killed_at_any_point_goes_on(
    stage: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = shutil.copytree(folder, folder.with_name("apart"))
    n_windows = 0
    compute = WINDOWS[stage]

    def counted(self: Any, *args: Any) -> Any:
        nonlocal n_windows
        n_windows += 1
        return compute(self, *args)

    for at in KILLS:
        command = [sys.executable, "-m", "tests.trials.killed_stage", stage, str(folder), str(at)]
        assert subprocess.run(command, cwd=TOP, check=False).returncode == -9
    kind = VocalNets if stage == "clean" else Repairer
    monkeypatch.setattr(kind, compute.__name__, counted)
    loaded = engines(folder)
    done = STAGES[stage](recording(folder), loaded, lambda _: None)
    n_left, n_windows = n_windows, 0
    artifacts.save(stage, done)
    whole = STAGES[stage](recording(apart), loaded, lambda _: None)
    loaded.close()
    print(f"{stage}: {len(KILLS)} kills, then {n_left} of {n_windows} windows were left")
    np.testing.assert_allclose(sound(done, stage), sound(whole, stage), atol=1e-4)
    assert n_left == 0, "all windows were computed before the last kills"
    assert not list((folder / "job").glob("*.part*"))
