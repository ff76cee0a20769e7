"""Every setting: name, default, unit, one sentence. Set them as `KONSPEKT_…` variables or in `.env`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Config(BaseSettings):
    """All settings. Every wrong value is reported at once, by name."""

    model_config = SettingsConfigDict(
        env_prefix="KONSPEKT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Server
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole network.")
    port: int = Field(5000, ge=0, le=65535, description="Port to listen on.")
    threads: int = Field(
        160, ge=8, description="Server threads: a cap on pages, uploads and open streams together."
    )
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names the site answers to, with commas between; empty: any."
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
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_json: bool = Field(False, description="Log lines as JSON.")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that opens /metrics; without it the page is closed."
    )

    api_key: SecretStr | None = Field(
        None, description="Bearer token that /v1 asks for; without it any is taken."
    )

    # Where things live
    uploads_dir: Path = Field(Path("uploads"), description="Folder of uploaded files.")
    results_dir: Path = Field(Path("results"), description="Folder of results, one folder a job.")
    models_dir: Path = Field(Path("models"), description="Folder of model weights.")
    data_dir: Path = Field(Path("data"), description="Folder of the database and the secret key.")
    database_url: str | None = Field(
        None,
        description="SQLAlchemy URL; by default SQLite in `data_dir`. PostgreSQL: postgresql+psycopg://…",
    )

    # Limits
    max_files: int = Field(10, ge=1, description="Files in one upload.")
    max_upload_bytes: int = Field(4 * 2**30, ge=1, description="Bytes in one file.")
    max_duration_s: float = Field(8 * 3600, gt=0, description="Seconds of sound in one recording.")
    disk_reserve_bytes: int = Field(2 * 2**30, ge=0, description="Bytes that stay free on the disk.")
    max_active_jobs: int = Field(
        10, ge=1, description="Jobs queued and running at once; more are refused for now."
    )
    max_sync_calls: int = Field(8, ge=1, description="Synchronous API transcriptions at once.")
    max_event_streams: int = Field(60, ge=1, description="Open progress streams (SSE) at once.")

    # Jobs
    workers: int = Field(1, ge=1, le=8, description="Jobs worked on at once.")
    retention_s: float = Field(
        24 * 3600, gt=0, description="Seconds that an ended job and its files are kept."
    )
    lease_s: float = Field(
        60, gt=0, description="Seconds after which the job of a silent worker is taken back."
    )
    max_attempts: int = Field(3, ge=1, description="Times a job is started before it fails.")

    # Engines
    device: str = Field("auto", description="Where models compute: auto, cpu, cuda, cuda:1, mps.")
    compute_threads: int = Field(0, ge=0, description="CPU threads of a model; 0: one per core.")
    transcriber: Literal["auto", "whisper", "pocketsphinx"] = Field(
        "auto", description="Engine that transcribes."
    )
    whisper_model: str = Field(
        "auto",
        description="Whisper's size: auto (by the device), tiny, base, small, medium, large-v3, turbo, …",
    )
    summarizer: Literal["auto", "llama", "openai", "extractive"] = Field(
        "auto", description="Engine that writes the minutes."
    )
    llama_model: str = Field(
        "auto", description="Folder in `models_dir` of the chat model; auto: the first found."
    )
    llm_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible server, as https://host/v1."
    )
    llm_model: str | None = Field(None, description="Model to ask that server for.")
    llm_key: SecretStr | None = Field(None, description="API key of that server.")
    llm_timeout_s: float = Field(600, gt=0, description="Seconds to wait for one answer of that server.")
    separator: Literal["auto", "demucs"] = Field("auto", description="Engine that cleans speech.")
    demucs_model: str = Field(
        "htdemucs", description="Demucs model: htdemucs, htdemucs_ft, … or a checkpoint in models/demucs/."
    )
    demucs_overlap: float = Field(
        0.1, ge=0, le=0.5, description="Share by which neighbouring segments of Demucs overlap."
    )
    demucs_batch: int = Field(1, ge=1, le=64, description="Segments that Demucs computes in one pass.")
    demucs_precision: Literal["fp32", "bf16", "fp16"] = Field(
        "fp32", description="Numbers that Demucs computes with on a GPU."
    )
    max_fetch_bytes: int = Field(
        600 * 10**6, ge=0, description="Largest weights fetched without being asked; 0: never fetch."
    )

    @field_validator("trusted_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'konspekt.db').resolve()}"
