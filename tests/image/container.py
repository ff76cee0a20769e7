"""The image as a container, for its test: closed as in compose.yaml, with two volumes."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

IMAGE = os.environ.get("KONSPEKT_IMAGE", "")
UID = 10001
RUNTIME = (
    ("--runtime=runc",) if shutil.which("runc") else ()
)  # crun refuses machines with both kinds of cgroups
LIMITS = (
    "--ulimit=nofile=8192:8192",
    "--ulimit=nproc=4096:4096",
)  # without them podman raises this machine's


def run_podman(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["podman", *RUNTIME, *command], capture_output=True, text=True)


class Container:
    """`folder` has the volumes: data/ and models/. What `Visitor` asks of a server is here too.

    Args:
        mirror: a copy of a models_dir, mounted as the place to fetch weights from.
    """

    def __init__(self, folder: Path, mirror: Path | None = None, **settings: str | int) -> None:
        self.folder = folder
        self.mounts = [f"--volume={mirror}:/mirror:ro"] if mirror else []
        for volume in ("data", "models"):
            (folder / volume).mkdir(exist_ok=True)
            shutil.chown(folder / volume, UID, UID)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.settings = {"host": "127.0.0.1", "port": port, "disk_reserve_bytes": 0, **settings}
        self.name = f"konspekt-{uuid.uuid4().hex[:8]}"
        self.start()

    def start(self) -> None:
        environment = [f"--env=KONSPEKT_{name.upper()}={value}" for name, value in self.settings.items()]
        self.podman(
            *("run", "--detach", "--name", self.name, "--network=host", *LIMITS),
            *("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
            *(f"--volume={self.folder / 'data'}:/data", f"--volume={self.folder / 'models'}:/models"),
            *(*self.mounts, *environment, IMAGE),
        )
        deadline = time.monotonic() + 120
        while not self.is_ready():
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/ready", timeout=5).ok
        except requests.RequestException:
            return False

    def podman(self, *command: str) -> str:
        done = run_podman(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the container as its user."""
        return run_podman("exec", self.name, *command)

    def log(self) -> str:
        done = run_podman("logs", self.name)
        return done.stdout + done.stderr

    def stop(self, grace_s: int = 30) -> int:
        """Send SIGTERM, as a stop does, and SIGKILL after the grace; return the exit status."""
        self.podman("stop", f"--time={grace_s}", self.name)
        status = int(self.podman("inspect", "--format={{.State.ExitCode}}", self.name))
        self.podman("rm", self.name)
        return status

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if error is not None:
            print(self.log())
        run_podman("rm", "--force", "--time=0", self.name)
