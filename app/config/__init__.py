"""Every setting: name, default, unit, one sentence. Set them as `KONSPEKT_…` variables or in `.env`."""

from pathlib import Path
from typing import cast

from pydantic import field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.config.accounts import AccountSettings
from app.config.automation import AutomationSettings
from app.config.bucket import BucketSettings
from app.config.engines import EngineSettings
from app.config.exports import ExportSettings
from app.config.home import BESIDE
from app.config.home import HOME as HOME
from app.config.live import LiveSettings
from app.config.program import ProgramSettings
from app.config.setting_files import SettingFiles, Unusable


class Config(
    EngineSettings,
    ExportSettings,
    AutomationSettings,
    BucketSettings,
    AccountSettings,
    LiveSettings,
    ProgramSettings,
):
    """All settings. Every wrong value is reported at once, by name."""

    model_config = SettingsConfigDict(
        env_prefix="KONSPEKT_", env_file=HOME / ".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        variables = (cast(EnvSettingsSource, source) for source in (env_settings, dotenv_settings))
        return init_settings, SettingFiles(settings_cls, *variables), env_settings, dotenv_settings

    @field_validator("*", mode="before")
    @classmethod
    def _usable(cls, value: object) -> object:
        if isinstance(value, Unusable):
            raise ValueError(value.reason)
        return value

    @property
    def incoming_dir(self) -> Path:
        """The folder of what is being received, on the disk where uploads stay; the janitor sweeps it."""
        return self.uploads_dir / "incoming"

    @property
    def beside_run_py(self) -> Path:
        """The folder of `run.py`, or the home that stands for it: some have their model there."""
        return Path(self.home or BESIDE).expanduser().resolve()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return _from_home(self.database_url or f"sqlite:///{self.data_dir / 'konspekt.db'}")

    @property
    def record_database(self) -> str | None:
        """The SQLAlchemy URL of a customer's own database. None: their table stands in ours."""
        return _from_home(self.record_database_url) if self.record_database_url else None


def _from_home(url: str) -> str:
    """Return the URL with a file of SQLite named from HOME."""
    scheme, found, path = url.partition("sqlite:///")
    return f"{scheme}{found}{HOME / path}" if found and path not in ("", ":memory:") else url
