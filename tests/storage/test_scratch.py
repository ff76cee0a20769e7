from pathlib import Path

from app.config import Config
from app.storage import scratch
from app.storage.scratch import with_own_folders


def test_each_process_has_folders_of_its_own_and_the_next_one_takes_them_up(tmp_path: Path) -> None:
    config = Config(_env_file=None, uploads_dir=tmp_path / "u", results_dir=tmp_path / "r")  # type: ignore[call-arg]
    first, second = with_own_folders(config), with_own_folders(config)
    assert first.uploads_dir != second.uploads_dir
    assert first.results_dir != second.results_dir
    (first.incoming_dir / "piece").write_bytes(b"1")
    assert (second.incoming_dir / "piece").exists(), (
        "any process of a machine takes the next piece of an upload"
    )
    (second.incoming_dir / "piece").rename(second.uploads_dir / "source")
    (first.results_dir / "left").touch()
    scratch._held[-2].close()  # as at the end of its process
    third = with_own_folders(config)
    assert (third.results_dir / "left").exists()
    for lock in scratch._held[-2:]:
        lock.close()
    del scratch._held[-3:]
