"""A chat server in OpenAI's form that thinks for as long as the test wants."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class ChatServer:
    """Holds every answer back until `answer` is called."""

    def __init__(self) -> None:
        asked, may_answer = threading.Event(), threading.Event()
        self._asked, self._may_answer = asked, may_answer

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                asked.set()
                may_answer.wait(60)
                minutes = {"topics": [], "decisions": [], "action_items": []}
                message = {"role": "assistant", "content": json.dumps(minutes)}
                body = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_args: object) -> None:
                """Whoever asked was killed: that is what the test is for."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def wait_until_asked(self) -> None:
        assert self._asked.wait(60)

    def answer(self) -> None:
        self._may_answer.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._may_answer.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
