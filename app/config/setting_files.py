"""Settings out of files: `KONSPEKT_X_FILE` names a file that holds the value of `KONSPEKT_X`.

For secrets of Docker, Kubernetes and systemd, which are handed over as files.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from app.config.home import HOME


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands for the value of a setting whose file gives none, until validation reports it with all else."""

    reason: str


class SettingFiles(PydanticBaseSettingsSource):
    """Reads the files that the variables of the given sources name."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: EnvSettingsSource) -> None:
        super().__init__(settings_cls)
        self._variables = {
            name: value for source in reversed(sources) for name, value in source.env_vars.items() if value
        }

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value out of the setting's file, None without one, or why there is none."""
        variable = f"{self.config.get('env_prefix', '')}{field_name}".lower()
        path = self._variables.get(f"{variable}_file")
        if path is None:
            return None, field_name, False
        if variable in self._variables:
            return Unusable(f"{variable.upper()} and {variable.upper()}_FILE are both set"), field_name, False
        return _value_in(HOME / path), field_name, False

    def __call__(self) -> dict[str, Any]:
        read = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in read.items() if value is not None}


def _value_in(path: Path) -> str | Unusable:
    try:
        value = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        return Unusable(
            f"its file {path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}"
        )
    return value or Unusable(f"its file {path} is empty")
