"""Every thread that the program starts has a name by which the guard in conftest.py finds it."""

import ast
import threading
from pathlib import Path

import pytest

from app.config import Config
from app.integrations.wiring import Integrations
from app.jobs.loop import start_loop
from app.jobs.store import JobStore
from tests import s3
from tests.conftest import OURS, left_running

TOP = Path(__file__).parent.parent
NAMED_BY = {"Thread": "name", "ThreadPoolExecutor": "thread_name_prefix", "Timer": "no name at all"}


def threads_of(path: Path) -> list[tuple[str, str]]:
    """Return where a file starts threads, and how their names begin; "" where they have none."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in NAMED_BY:
                given = [word.value for word in node.keywords if word.arg == NAMED_BY[called]]
                name = (
                    given[0].values[0] if given and isinstance(given[0], ast.JoinedStr) else (*given, None)[0]
                )
                text = name.value if isinstance(name, ast.Constant) else ""
                found.append((f"{path.relative_to(TOP)}:{node.lineno}", str(text)))
    return found


STARTED = [start for path in sorted((TOP / "app").rglob("*.py")) for start in threads_of(path)]


@pytest.mark.parametrize(("where", "name"), STARTED, ids=[where for where, _ in STARTED])
def test_the_guard_sees_a_thread_that_is_started(where: str, name: str) -> None:
    assert caught(name), f"{where} starts a thread whose name does not begin with {OURS!r}"


@pytest.mark.parametrize("name", ["worker-1", "janitor", "renewer"])
def test_the_guard_sees_the_threads_of_the_queue(name: str) -> None:
    assert left_by_loop(name)


def test_the_guard_sees_every_periodic_task(tmp_path: Path) -> None:
    config = Config(_env_file=None, data_dir=tmp_path, **s3.settings("http://127.0.0.1:1"))
    tasks = Integrations(config, JobStore(config)).hooks.periodic_tasks
    assert {task.name for task in tasks} == {"record-sync", "webhooks-1", "webhooks-2", "s3-copies"}
    assert all(left_by_loop(task.name) for task in tasks)


def caught(name: str) -> bool:
    """Tell whether the guard finds a thread of this name that does not end."""
    before, end = set(threading.enumerate()), threading.Event()
    thread = threading.Thread(target=end.wait, name=f"{name}-x")
    thread.start()
    try:
        return left_running(before, ending_s=0.01) == [thread.name]
    finally:
        end.set()
        thread.join()


def left_by_loop(name: str) -> bool:
    before, stopping = set(threading.enumerate()), threading.Event()
    thread = start_loop(name, lambda: stopping.wait(10), stopping)
    try:
        return left_running(before, ending_s=0.01) == [thread.name]
    finally:
        stopping.set()
        thread.join()
