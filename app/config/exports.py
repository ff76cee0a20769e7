"""Settings of where the documents of finished recordings go by themselves."""

from email.errors import MessageDefect, MessageError
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from app.config.home import BESIDE


class ExportSettings(BaseSettings):
    """Each place that is named gets the documents of every recording; none is named by default."""

    export_documents: Annotated[tuple[str, ...], NoDecode] = Field(
        ("minutes.docx", "transcript.txt"),
        description="Documents that go out by themselves when a recording is done, with commas between.",
    )
    export_dir: Path | None = Field(
        None, description="Folder that gets them, in a folder for each recording; empty: none."
    )
    export_s3_prefix: str | None = Field(
        None, description="What stands before their keys in the bucket `s3_bucket`, as minutes/; empty: none."
    )
    export_webdav_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Folder of a WebDAV server that gets them, such as Nextcloud's; empty: none.",
    )
    export_webdav_user: str = Field("", description="Name by which it knows this server.")
    export_webdav_password: SecretStr | None = Field(None, description="Password that belongs to it.")
    smtp_host: str | None = Field(None, description="Mail server that sends `export_mail_to`.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How it is encrypted: after the greeting, from the first byte, not at all.",
    )
    smtp_user: str = Field("", description="Name by which it knows this server; empty: it asks for none.")
    smtp_password: SecretStr | None = Field(None, description="Password that belongs to it.")
    export_mail_from: str | None = Field(None, description="Address that such mail comes from.")
    export_mail_to: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Addresses that get them by e-mail, with commas between; empty: none."
    )
    export_timeout_s: float = Field(60, gt=0, description="Seconds that one step of a delivery may take.")

    @field_validator("export_documents", "export_mail_to", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )

    @field_validator("export_dir")
    @classmethod
    def _from_home(cls, folder: Path | None, info: ValidationInfo) -> Path | None:
        if folder is None:
            return None
        return Path(info.data.get("home") or BESIDE).expanduser().resolve() / folder.expanduser()

    @field_validator("export_mail_from")
    @classmethod
    def _one_mailbox(cls, address: str | None) -> str | None:
        return _mailbox(address) if address else None

    @field_validator("export_s3_prefix")
    @classmethod
    def _has_bucket_too(cls, prefix: str | None, info: ValidationInfo) -> str | None:
        if prefix is not None and not info.data.get("s3_bucket"):
            raise ValueError("an export to S3 needs KONSPEKT_S3_BUCKET")
        return prefix

    @field_validator("export_mail_to")
    @classmethod
    def _has_sender(cls, addresses: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for name in ("smtp_host", "export_mail_from"):
            if addresses and not info.data.get(name):
                raise ValueError(f"mail needs KONSPEKT_{name.upper()}")
        return tuple(map(_mailbox, addresses))


def _mailbox(address: str) -> str:
    """Return an e-mail address as mail servers take it, its domain in ASCII. Raises ValueError."""
    name, _, domain = address.strip().rpartition("@")
    try:
        return Address(addr_spec=f"{name}@{domain.encode('idna').decode()}").addr_spec
    except (ValueError, MessageError, MessageDefect, IndexError) as error:  # all that this raises
        raise ValueError(f"{address!r} is no e-mail address; write it as minutes@example.org") from error
