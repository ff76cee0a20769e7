"""A real PostgreSQL from Debian's packages, started for the tests and thrown away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
PATIENCE_S = "300"  # of pg_ctl, whose own minute is little for a crashed server on a busy machine


class Postgres:
    """A server on a unix socket only. It refuses to run as root, so root starts it as `postgres`."""

    def __init__(self) -> None:
        self._user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        self.folder = Path(tempfile.mkdtemp(prefix="konspekt-pg-"))
        if os.getuid() == 0:
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C", "-D")
        self.start()

    def start(self) -> None:
        options = f"-c listen_addresses= -k {self.folder} -c max_connections=200 -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", PATIENCE_S, "-l", log, "-o", options, "start", "-D")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; "immediate" is a crash: connections are cut, and it recovers at the next start."""
        self._run("pg_ctl", "-m", mode, "-w", "-t", PATIENCE_S, "stop", "-D")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database; return its URL."""
        self._sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        self._sql(f'DROP DATABASE "{database}" WITH (FORCE)')

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def _sql(self, statement: str) -> None:
        where = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(BINARIES[-1] / program), *arguments, str(self.folder / "data")]
        user = self._user if os.getuid() == 0 else None
        done = subprocess.run(
            command, user=user, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, done.stdout.decode()
