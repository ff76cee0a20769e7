"""A cluster on one machine, all of it real: Redis, PostgreSQL, web processes and Celery's workers.

Only the stages are scripted: `tests/scale/worker.py`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from tests.running import TOP, RunningServer
from tests.s3 import free_port

REDIS = shutil.which("redis-server")


class Redis:
    """A broker that keeps nothing on the disk: a restart throws all messages away."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        assert REDIS is not None
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [REDIS, *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL, start_new_session=True
        )
        with redis.Redis.from_url(self.url) as client:
            deadline = time.monotonic() + 10
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


class Worker:
    """`celery -A tests.scale.worker worker`: Celery's parent and its child."""

    def __init__(self, web: RunningServer, name: str, queues: str = "", **settings: object) -> None:
        self._web, self._name = web, name
        self._queues = ("-Q", queues) if queues else ()
        self._settings = {**web.settings, **settings}
        self.start()

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("KONSPEKT_")}
        env |= {f"KONSPEKT_{name.upper()}": str(value) for name, value in self._settings.items()}
        env |= {"PYTHONPATH": str(TOP), "KONSPEKT_HOME": str(self._web.folder)}
        command = [sys.executable, "-m", "celery", "-A", "tests.scale.worker", "worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "-n", f"{self._name}@%h", *self._queues],
                cwd=self._web.folder,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def log(self) -> Path:
        return self._web.folder / f"{self._name}.log"

    def kill(self) -> None:
        """End it and its child as `kill -9` does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def kill_child(self) -> None:
        """End the process that works, as the system does where memory is short; its parent starts another."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def stop(self, timeout_s: float = 30) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout_s)


class Cluster:
    """What runs; `webs` and `workers` share the folders of the first."""

    def __init__(self, folder: Path, broker: Redis, **settings: str | int | float) -> None:
        self.folder, self.broker = folder, broker
        self.settings: dict[str, str | int | float] = {
            "queue_url": broker.url,
            "lease_s": 4,
            "max_active_jobs": 1000,
            **settings,
        }
        self.webs: list[RunningServer] = []
        self.workers: list[Worker] = []

    def add_web(self) -> RunningServer:
        self.webs.append(RunningServer(self.folder, **self.settings))
        return self.webs[-1]

    def add_worker(self, queues: str = "", **settings: object) -> Worker:
        self.workers.append(Worker(self.webs[0], f"w{len(self.workers) + 1}", queues, **settings))
        return self.workers[-1]

    def end(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()
        for web in self.webs:
            if web.process.poll() is None:
                web.kill()


@contextmanager
def cluster(folder: Path, **settings: str | int | float) -> Iterator[Cluster]:
    broker = Redis(folder)
    made = Cluster(folder, broker, **settings)
    try:
        yield made
    except BaseException:
        for worker in made.workers:
            print(worker.log.read_text()[-4000:])
        for web in made.webs:
            print("".join(web.log[-40:]))
        raise
    finally:
        made.end()
        broker.kill()
