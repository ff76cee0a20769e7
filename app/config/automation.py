"""Settings of what happens by itself: the watched folder."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from app.config.home import BESIDE


class AutomationSettings(BaseSettings):
    """Recordings that nobody sends by hand."""

    watch_dir: Path | None = Field(
        None,
        description="Folder that is watched: recordings put into it become jobs, and go to its folders `done`"
        " (with their documents) or `failed`; empty: none.",
    )
    watch_settle_s: float = Field(
        10, gt=0, description="Seconds without a change after which a file there counts as whole."
    )
    watch_documents: Annotated[tuple[str, ...], NoDecode] = Field(
        ("minutes.docx", "transcript.txt"),
        description="Documents that are written beside a recording there, with commas between.",
    )
    watch_language: str = Field("auto", description="Language of the speech there, by code or name.")
    watch_speakers: bool = Field(False, description="Tell the speakers of recordings there apart.")

    @field_validator("watch_documents", mode="before")
    @classmethod
    def _split_documents(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )

    @field_validator("watch_dir")
    @classmethod
    def _apart(cls, folder: Path | None, info: ValidationInfo) -> Path | None:
        """Refuse a folder that would have the program watch its own files."""
        if folder is None:
            return None
        folder = Path(info.data.get("home") or BESIDE).expanduser().resolve() / folder.expanduser()
        for name in ("uploads_dir", "results_dir", "models_dir", "data_dir"):
            own = info.data.get(name)
            if own and (folder.is_relative_to(own) or own.is_relative_to(folder)):
                raise ValueError(f"name a folder apart from KONSPEKT_{name.upper()} ({own})")
        return folder
