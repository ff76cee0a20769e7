"""A real WebDAV server, WsgiDAV, on a port of this machine."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream
from wsgidav.wsgidav_app import WsgiDAVApp

from app.config import Config
from app.errors import BadInput
from app.integrations.exports.destination import Parcel
from app.integrations.exports.webdav import WebDavDestination

PARCEL = Parcel(
    "1" * 32, "Встреча", "2026-12-01 Встреча, 50 %", {"minutes.txt": "да".encode(), "a b#.csv": b"1"}
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("webdav")
    (folder / "notes").mkdir()
    users = {"анна": {"password": "пароль"}}
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": users}},
            "http_authenticator": {"accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )

    def ends_with_its_body(environ: dict[str, Any], start_response: Any) -> Any:
        environ["wsgi.input"] = get_input_stream(environ)  # WsgiDAV reads until there is nothing more
        return app(environ, start_response)

    server = make_server("127.0.0.1", 0, ends_with_its_body, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", folder
    server.shutdown()
    thread.join()
    server.server_close()


def destination(url: str, password: str = "пароль") -> WebDavDestination:
    own = {"export_webdav_user": "анна", "export_webdav_password": password}
    return WebDavDestination(Config(_env_file=None, export_webdav_url=url, **own))  # type: ignore[call-arg, arg-type]


def test_documents_stand_on_the_server_once_however_often_they_come(served: tuple[str, Path]) -> None:
    url, folder = served
    for _ in range(2):
        destination(f"{url}/notes/").put(PARCEL)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    assert found == {
        f"notes/2026-12-01 Встреча, 50 %/{name}": body for name, body in PARCEL.documents.items()
    }


@pytest.mark.parametrize(
    ("path", "password", "status"), [("notes", "wrong", "401"), ("nowhere", "пароль", "409")]
)
def test_a_refusal_is_told_with_its_status(
    served: tuple[str, Path], path: str, password: str, status: str
) -> None:
    with pytest.raises(BadInput, match=status):
        destination(f"{served[0]}/{path}", password).put(PARCEL)
