"""A chat server in OpenAI's form that answers as a test tells it to."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Does what the server's script says next; the last behaviour repeats."""

    protocol_version = "HTTP/1.1"
    server: "Server"
    body: Any = None

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.json(200, {"data": [{"id": "qwen3"}, {"id": "other"}]})

    def do_POST(self) -> None:
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.paths.append(self.path)
        self.server.bodies.append(self.body)
        self.server.keys.append(self.headers.get("Authorization"))
        script = self.server.script
        behave = script.pop(0) if len(script) > 1 else script[0]
        behave(self)

    def json(self, status: int, value: Any, **headers: str) -> None:
        self.text(status, json.dumps(value), **headers)

    def text(self, status: int, text: str, **headers: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[Behaviour] = [good]
        self.paths: list[str] = []
        self.bodies: list[Any] = []
        self.keys: list[str | None] = []
        self.gone = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # the client went away, as some tests want


def chat(content: str | None) -> Behaviour:
    return lambda handler: handler.json(200, {"choices": [{"message": {"content": content}}]})


def good(handler: Handler) -> None:
    """Quote the longest line of the transcript that was sent."""
    lines = re.findall(r"^\[(\d+)\] (.*)$", handler.body["messages"][1]["content"], re.MULTILINE)
    number, text = max(lines, key=lambda line: len(line[1]), default=("0", ""))
    points = [{"text": text, "source": [int(number)]}]
    topics = [{"title": "Релиз", "points": points}]
    chat(json.dumps({"topics": topics, "decisions": [], "action_items": []}))(handler)


@contextmanager
def listening() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.gone.set()
        server.shutdown()
        thread.join()
