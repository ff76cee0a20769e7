"""What an administrator's key is told, and whom the server refuses it."""

from datetime import UTC, datetime
from pathlib import Path

from app.web.core.context import konspekt
from tests.web.core.test_health import make_app


def test_the_server_tells_what_it_works_on_to_an_administrators_key_alone(tmp_path: Path) -> None:
    app = make_app(tmp_path, api_key="the key")
    keys, now = konspekt(app).integrations.api_keys, datetime.now(UTC)
    client = app.test_client()
    for key, status in (
        ("the key", 200),
        (keys.add("monitoring", "admin", now)[1], 200),
        (keys.add("a dashboard", "read", now)[1], 403),
        (keys.add("the CRM", "write", now)[1], 403),
        ("other", 401),
    ):
        answer = client.get("/api/v1/server", headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == status
    assert make_app(tmp_path / "open").test_client().get("/api/v1/server").status_code == 403
