"""What a worker of RunPod Serverless runs: Konspekt beside it, and each job of the endpoint handed to it.

An input is that of Konspekt's own `POST /run`; the output is the `output` of `GET /status/<id>`, transcript
and minutes. How to set it up: docs/runpod.md.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests

ASK_EVERY_S = 2.0
START_S = 120.0
ADDRESS = f"http://127.0.0.1:{os.environ.get('KONSPEKT_PORT', '5000')}"
ENDED = ("COMPLETED", "FAILED", "CANCELLED")


@contextmanager
def konspekt() -> Iterator[None]:
    """Run the program until the worker ends. Raises RuntimeError where it does not start."""
    server = subprocess.Popen(["python", "run.py"])  # of the program's own environment, not of this one
    try:
        deadline = time.monotonic() + START_S
        while not _is_ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("Konspekt did not start; its log stands above.")
            time.sleep(0.5)
        yield
    finally:
        server.terminate()
        server.wait(30)


def transcribed(
    job: dict[str, Any],
    tell: Callable[[float], None],
    address: str = ADDRESS,
    ask_every_s: float = ASK_EVERY_S,
) -> dict[str, Any]:
    """Have a job of the endpoint done; `tell` hears how far it is, 0 to 1. Never raises for a bad input.

    Returns what RunPod makes the job's output of, or {"error": why}, by which it marks the job as failed.
    """
    key = os.environ.get("KONSPEKT_API_KEY", "")
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"
        answer = session.post(f"{address}/run", json={"input": job["input"]}, timeout=60)
        if answer.status_code != 200:
            return {"error": answer.json()["error"]["message"]}
        status, told = f"{address}/status/{answer.json()['id']}", -1.0
        while (state := session.get(status, timeout=60).json())["status"] not in ENDED:
            if state["progress"] != told:
                told = state["progress"]
                tell(told)
            time.sleep(ask_every_s)
    if state["status"] != "COMPLETED":
        return {"error": state.get("error", state["status"])}
    output: dict[str, Any] = state["output"]
    return output


def _is_ready() -> bool:
    try:
        return requests.get(f"{ADDRESS}/ready", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def main() -> None:
    import runpod

    def handler(job: dict[str, Any]) -> dict[str, Any]:
        return transcribed(job, lambda share: runpod.serverless.progress_update(job, f"{share:.0%}"))

    with konspekt():
        runpod.serverless.start({"handler": handler})


if __name__ == "__main__":
    main()
