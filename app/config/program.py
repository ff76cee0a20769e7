"""Settings of the program itself: server, folders, other systems, limits, live streams, jobs."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from app.config.home import BESIDE
from app.config.time_zone import ZoneName

RATE = r"^(\d+/(second|minute|hour|day)(,\s*|$))*$"


class ProgramSettings(BaseSettings):
    """All of them but those of engines."""

    # Server
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole network.")
    port: int = Field(5000, ge=0, le=65535, description="Port to listen on.")
    threads: int = Field(
        256, ge=8, description="Server threads: a cap on pages, uploads and open streams together."
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Host names the site answers to beside this machine's own, with commas between; empty:"
        " any, if `host` is not this machine's own or a proxy stands in front.",
    )
    proxies: int = Field(
        0, ge=0, description="Reverse proxies in front whose X-Forwarded-… headers are believed."
    )
    secure_cookies: bool = Field(False, description="Send the session cookie over HTTPS only.")
    secret_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="Signs sessions; by default made on the first start and kept in `data_dir`.",
    )
    timezone: ZoneName = Field(
        "",
        description="Zone of dates, such as Europe/Moscow, where no visitor's is known; empty: the server's.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_json: bool = Field(False, description="Log lines as JSON.")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that opens /metrics; without it the page is closed."
    )

    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://",
        description="OpenTelemetry collector to which traces go by OTLP over HTTP, as http://collector:4318;"
        " without it none are made.",
    )
    api_key: SecretStr | None = Field(
        None, description="A key of the API that opens all of it, beside those of `flask keys add`."
    )

    # Where things live
    home: Path | None = Field(
        None,
        description="Folder of `.env` and of every folder below that is named without a leading `/`; only"
        " a variable of the environment, by default the folder of `run.py`; of a program that pip has"
        " installed, the one that `konspekt home` prints.",
    )
    uploads_dir: Path = Field(Path("uploads"), description="Folder of uploaded files.")
    results_dir: Path = Field(Path("results"), description="Folder of results, one folder a job.")
    models_dir: Path = Field(Path("models"), description="Folder of model weights.")
    weights_mirror: str | None = Field(
        None, description="Folder or URL of a copy of `models_dir`, asked for weights before anything else."
    )
    data_dir: Path = Field(Path("data"), description="Folder of the database and the secret key.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL; by default SQLite in `data_dir`. PostgreSQL: postgresql+psycopg://…",
    )

    # Other systems
    allowed_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Internal networks that callbacks and downloads may go to, as 10.1.0.0/16, by commas.",
    )
    download_timeout_s: float = Field(
        3600, gt=0, description="Seconds that fetching one web address may take."
    )
    download_idle_s: float = Field(20, gt=0, description="Seconds without a byte after which it is given up.")
    player_pages: bool = Field(
        False,
        description="Take addresses of pages with a player too, by yt-dlp, which has to be installed beside.",
    )
    downloads_ahead: int = Field(
        4, ge=1, le=32, description="Recordings of a list that are fetched while one is computed."
    )
    max_list_records: int = Field(1000, ge=1, description="Records of a list that the page and the API take.")
    webhook_secret: SecretStr | None = Field(
        None, min_length=16, description="Signs callbacks; by default made and kept in `data_dir`."
    )
    webhook_events: Literal["ended", "all"] = Field(
        "ended", description="What callbacks tell of: the end of a job, or also that it was queued and begun."
    )
    delivery_attempts: int = Field(12, ge=1, description="Times a callback or a hand-over is tried.")
    delivery_backoff_s: float = Field(
        5, gt=0, description="Seconds before the second try; they double with each, up to an hour."
    )
    delivery_timeout_s: float = Field(
        10, gt=0, description="Seconds that one try may take, whatever the receiver does."
    )
    hand_over_url: str | None = Field(
        None, description="RunPod-form endpoint that transcribes what /api/clean cleaned; by default we do."
    )
    hand_over_key: SecretStr | None = Field(None, description="Bearer token of that endpoint.")
    record_database_url: str | None = Field(
        None,
        description="SQLAlchemy URL of the database with that table, as the one above; by default the same.",
    )
    record_table: str = Field("konspekt_items", description="Table of the records of /api/clean.")
    record_id_column: str = Field("item_id", description="Its column of the item's id.")
    record_length_column: str = Field(
        "audio_length_s", description="Its column of the length in seconds; not written where it has none."
    )
    record_file_column: str = Field(
        "cleaned_file", description="Its column of the cleaned file's key; likewise."
    )
    record_status_column: str = Field("status", description="Its column of the status; likewise.")
    record_error_column: str = Field("error", description="Its column of the error; likewise.")
    record_engine_column: str = Field("engine", description="Its column of what cleaned it; likewise.")

    # Limits
    max_files: int = Field(10, ge=1, description="Files in one upload.")
    max_upload_bytes: int = Field(4 * 2**30, ge=1, description="Bytes in one file.")
    max_duration_s: float = Field(8 * 3600, gt=0, description="Seconds of sound in one recording.")
    disk_reserve_bytes: int = Field(2 * 2**30, ge=0, description="Bytes that stay free on the disk.")
    max_active_jobs: int = Field(
        10, ge=1, description="Jobs queued and running at once; more are refused for now."
    )
    max_sync_calls: int = Field(8, ge=1, description="Synchronous API transcriptions at once.")
    rate: str = Field(
        "",
        pattern=RATE,
        description="Requests that one key of the API, or one address without a key, may make, as"
        " 100/minute,5000/day; empty: any number.",
    )
    visitor_rate: str = Field(
        "",
        pattern=RATE,
        description="Uploads, links, questions, searches, minutes written anew and live streams that one"
        " account, or one address without one, may start on the pages, likewise.",
    )
    max_connections_per_address: int = Field(
        250, ge=8, description="Open connections of one address; without `proxies` only."
    )
    max_slow_per_address: int = Field(
        64, ge=1, description="Requests of one address that are still coming or being read, at once."
    )
    max_uploads_per_visitor: int = Field(
        4, ge=1, description="Uploads that one visitor may be sending at once; more are refused for now."
    )
    max_event_streams: int = Field(
        60, ge=1, description="Open progress streams (SSE) at once; one address has a third of them at most."
    )

    # Jobs
    workers: int = Field(1, ge=1, le=8, description="Jobs worked on at once.")
    queue_url: str | None = Field(
        None,
        pattern=r"^rediss?://",
        description="Redis by which Celery's workers get jobs (redis://…); by default they run here.",
    )
    gpu_stages: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Stages that are done by Celery's workers of the queue `gpu`, with commas between.",
    )
    job_time_limit_s: int = Field(
        24 * 3600,
        ge=60,
        description="Seconds that one of Celery's workers may work on a job.",
    )
    retention_s: float = Field(
        24 * 3600, gt=0, description="Seconds that an ended job and its files are kept."
    )
    keep_bytes: int = Field(
        20 * 2**30, ge=0, description="Bytes of all recordings together that visitors may keep for longer."
    )
    lease_s: float = Field(
        60, gt=0, description="Seconds after which the job of a silent worker is taken back."
    )
    max_attempts: int = Field(
        5, ge=1, description="Times the program may die over a job that gets no further before it fails."
    )

    @field_validator("trusted_hosts", "allowed_networks", "gpu_stages", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )

    @field_validator("allowed_networks")
    @classmethod
    def _networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            ip_network(name)
        return names

    @field_validator("record_database_url")
    @classmethod
    def _record_database(cls, url: str | None) -> str | None:
        """Refuse what no driver here opens, without showing the password that stands in it."""
        if url is not None and not url.startswith(("postgresql+psycopg://", "sqlite:///")):
            raise ValueError("begin it with postgresql+psycopg:// or sqlite:///")
        return url

    @field_validator("uploads_dir", "results_dir", "models_dir", "data_dir")
    @classmethod
    def _beside_run_py(cls, folder: Path, info: ValidationInfo) -> Path:
        """Put a folder where it is from whatever directory the program is started."""
        return Path(info.data.get("home") or BESIDE).expanduser().resolve() / folder.expanduser()

    @field_validator("weights_mirror")
    @classmethod
    def _mirror(cls, mirror: str | None, info: ValidationInfo) -> str | None:
        if mirror is None or "://" in mirror:
            return mirror
        return str(cls._beside_run_py(Path(mirror), info))
