"""A website that a test makes as it likes, on a port of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], site: object) -> Iterator[int]:
    """Serve until the end of the block; give the port. `server.released` ends a handler's stalls."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("SiteHandler", (handler,), {"site": site}))
    server.released = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server.server_address[1]
    server.released.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()
