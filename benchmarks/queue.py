"""A queue of 100,000 jobs: how long a claim, a position and a visitor's board take, on both databases.

Each is asked for many times, and the figure is the 95th percentile. The plan of each query is printed beside
it, so that an index that is not used is seen.
"""

import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, event, insert, text

from app import create_app
from app.config import Config
from app.jobs.job import Job, JobStatus
from app.jobs.leases import Leases
from app.jobs.service import JobService
from app.jobs.store import JobStore
from app.jobs.tables import JobRow
from app.web.core.context import konspekt
from app.web.pages import rows
from benchmarks.figure import Figure
from tests.postgres import BINARIES, Postgres

TAKES_MIN = 3
N_JOBS = 100_000
MANY = 20_000  # of them of one visitor
N_ASKED = 100
BAR_MS = 50


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured("SQLite", Path(folder), None)
    if BINARIES:
        with tempfile.TemporaryDirectory() as folder, Postgres() as server:
            yield from _measured("PostgreSQL", Path(folder), server.create("queue"))


def _measured(database: str, folder: Path, url: str | None) -> Iterator[Figure]:
    folders = {f"{name}_dir": folder / name for name in ("uploads", "results", "models", "data")}
    config = Config(disk_reserve_bytes=0, database_url=url, max_active_jobs=10**6, **folders)
    app = create_app(config)
    jobs, store = konspekt(app).jobs, JobStore(config)
    jobs.prepare()
    _fill(store)
    leases = Leases(config, store)
    asked = {
        "claim": lambda: _claim(leases),
        "position, the last of all": _position(store, "last"),
        "position, of one with 20,000 before": _position(store, "many"),
        "board of a visitor with ten": _board(app, jobs, "few"),
        "counts": store.counts,
    }
    for what, ask in asked.items():
        for plan in _plans(store, ask):
            print(f"{database}: {what}: {plan}")
        yield Figure(f"{database}: {what}, p95", _p95_ms(ask), " ms", at_most=BAR_MS)
    store.close()


def _fill(store: JobStore) -> None:
    """Queue 20,000 of one visitor, and ten each of 8,000 others."""
    owners = ["many"] * MANY + [f"visitor {n % 8000}" for n in range(N_JOBS - MANY - 11)]
    owners += ["few"] * 10 + ["last"]
    next_round: dict[str, int] = {}
    now, made = datetime.now(UTC), []
    for number, owner in enumerate(owners):
        round_number = next_round[owner] = next_round.get(owner, -1) + 1
        made.append(
            {
                **{"id": uuid.uuid4().hex, "owner": owner, "name": "meeting.mp4", "size_bytes": 10**8},
                **{"language": "auto", "stages": ["extract", "transcribe", "summarize"]},
                **{"status": JobStatus.QUEUED, "created_at": now, "duration_s": 1800.0},
                **{"queue_number": number, "round_number": round_number, "engines": {}},
                **{"priority": 1 if owner == "last" else 0},
            }
        )
    with store.begin() as session:
        for start in range(0, len(made), 5000):
            session.execute(insert(JobRow), made[start : start + 5000])
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # as autovacuum does


def _claim(leases: Leases) -> None:
    lease = uuid.uuid4().hex
    assert leases.claim("a node", lease)
    assert leases.finish(lease, JobStatus.DONE)


def _position(store: JobStore, owner: str) -> Callable[[], object]:
    job: Job = store.list(owner)[0]
    return lambda: store.positions([job])


def _board(app: Flask, jobs: JobService, owner: str) -> Callable[[], object]:
    def look() -> None:
        jobs.changes.note()  # so that nothing is remembered
        with app.test_request_context():
            board = rows.board(owner)
        assert all(row.forecast.position for row in board.rows if row.state == "queued")

    return look


def _p95_ms(ask: Callable[[], object]) -> float:
    taken = []
    for _ in range(N_ASKED):
        began = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.quantiles(taken, n=20)[-1]


def _plans(store: JobStore, ask: Callable[[], object]) -> list[str]:
    """Return how the database goes about each query of an answer, shortened."""
    seen: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN "
    plans = []
    with store.engine.connect() as connection:
        for statement, parameters in (query for query in seen if " jobs" in query[0]):
            found = connection.exec_driver_sql(explain + statement, parameters)  # type: ignore[arg-type]
            lines = [str(row[-1]).strip() for row in found]
            plans.append(" / ".join(line for line in lines if "jobs" in line)[:300])
        connection.rollback()
    return [plan for plan in plans if plan]
