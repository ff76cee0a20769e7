"""The program's own threads start with the server, and wait for what they need."""

from pathlib import Path

import pytest

from tests.postgres import BINARIES, Postgres
from tests.running import RunningServer


@pytest.mark.skipif(not BINARIES, reason="no PostgreSQL server is installed (apt-get install postgresql)")
def test_it_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    with Postgres() as postgres:
        url = postgres.create("konspekt")
        postgres.stop()
        with RunningServer(tmp_path, database_url=url) as server:
            answer = server.get("/", headers={"Accept": "application/json"})
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert server.get("/health").status_code == 200
            assert server.get("/ready").json() == {"status": "starting"}
            postgres.start()
            server.wait_until_ready()
            assert server.get("/").status_code == 200
            assert not [line for line in server.log if "Traceback" in line]
