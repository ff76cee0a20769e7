"""The data folder of a program that was started before, made once: making it takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from app.config import Config
from app.documents.catalogues import compile_catalogues
from app.jobs.store import JobStore


def put_database(config: Config) -> None:
    """Put an empty database of the present schema where there is none; PostgreSQL has its own copies."""
    path = config.data_dir / "konspekt.db"
    if config.database_url is None and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(_database())


def put_translations(config: Config) -> None:
    """Put the compiled catalogues of messages."""
    for name, content in _translations().items():
        path = config.data_dir / "translations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        store = JobStore(Config(_env_file=None, data_dir=Path(folder)))
        store.migrate()
        store.close()
        return (Path(folder) / "konspekt.db").read_bytes()


@cache
def _translations() -> dict[Path, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        compile_catalogues(Path(folder))
        return {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*.mo")}
