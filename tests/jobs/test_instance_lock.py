from pathlib import Path

from app.jobs.instance_lock import InstanceLock


def test_one_process_works_on_a_folder_and_the_next_takes_over_where_it_left(tmp_path: Path) -> None:
    first, second = InstanceLock(tmp_path / "data"), InstanceLock(tmp_path / "data")
    assert first.take()
    assert first.take()  # again: it is held already
    assert not second.take()
    assert (first.held, second.held) == (True, False)
    first.leave()
    assert second.take()
    assert second.node == first.node  # leases of this node that it does not hold are a dead process's
    second.leave()


def test_two_folders_are_two_nodes(tmp_path: Path) -> None:
    one, other = InstanceLock(tmp_path / "1"), InstanceLock(tmp_path / "2")
    assert one.take()
    assert other.take()
    assert one.node != other.node
    one.leave()
    other.leave()
