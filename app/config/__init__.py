"""Every setting: name, default, unit, one sentence. Set them as `KONSPEKT_…` variables or in `.env`."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from app.config.engines import EngineSettings
from app.config.program import ProgramSettings


class Config(EngineSettings, ProgramSettings):
    """All settings. Every wrong value is reported at once, by name."""

    model_config = SettingsConfigDict(
        env_prefix="KONSPEKT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    @property
    def incoming_dir(self) -> Path:
        """The folder of what is being received, on the disk where uploads stay; the janitor sweeps it."""
        return self.uploads_dir / "incoming"

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'konspekt.db').resolve()}"
