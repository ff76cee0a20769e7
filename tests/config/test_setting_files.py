"""Secrets come in files that variables name; a file without a value is reported, not taken for no secret."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from app.config import Config

SECRETS = [name for name, field in Config.model_fields.items() if "SecretStr" in str(field.annotation)]


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("a canary of twenty eight ch.\n", encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _no_dot_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Config.model_config, "env_file", None)  # a developer's own settings stay out


@pytest.mark.parametrize("name", [*SECRETS, "database_url"])
def test_every_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, secret: Path, name: str) -> None:
    monkeypatch.setenv(f"KONSPEKT_{name.upper()}_FILE", str(secret))
    value = getattr(Config(), name)
    shown = value.get_secret_value() if isinstance(value, SecretStr) else value
    assert shown == "a canary of twenty eight ch.", "without the line's end"
    assert "canary" not in repr(value) or name == "database_url"


def test_other_settings_are_read_as_from_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, text in {"port": "5001\n", "trusted_hosts": "a.example, b.example"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv(f"KONSPEKT_{name.upper()}_FILE", str(tmp_path / name))
    assert (Config().port, Config().trusted_hosts) == (5001, ("a.example", "b.example"))


def test_the_file_may_be_named_in_dot_env(tmp_path: Path, secret: Path) -> None:
    (tmp_path / ".env").write_text(f"KONSPEKT_API_KEY_FILE={secret}\n", encoding="utf-8")
    assert Config(_env_file=tmp_path / ".env").api_key == SecretStr("a canary of twenty eight ch.")  # type: ignore[call-arg]


def test_an_empty_variable_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONSPEKT_API_KEY_FILE", "")
    assert Config().api_key is None


def test_an_argument_goes_before_a_file(monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.setenv("KONSPEKT_LLM_KEY_FILE", str(secret))
    assert Config(llm_key="given").llm_key == SecretStr("given")


def test_files_without_a_value_are_all_reported_with_whatever_else_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text(" \n", encoding="utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    for name, file in {
        "api_key": "missing",
        "llm_key": "empty",
        "secret_key": "bytes",
        "s3_access_key": ".",
    }.items():
        monkeypatch.setenv(f"KONSPEKT_{name.upper()}_FILE", str(tmp_path / file))
    monkeypatch.setenv("KONSPEKT_PORT", "many")
    with pytest.raises(ValidationError) as caught:
        Config()
    problems = {str(problem["loc"][0]): problem["msg"] for problem in caught.value.errors()}
    assert problems.keys() == {"api_key", "llm_key", "secret_key", "s3_access_key", "port"}
    assert "No such file" in problems["api_key"]
    assert "is empty" in problems["llm_key"]
    assert "it is no text" in problems["secret_key"]
    assert "Is a directory" in problems["s3_access_key"]


def test_a_value_and_a_file_at_once_are_refused(monkeypatch: pytest.MonkeyPatch, secret: Path) -> None:
    monkeypatch.setenv("KONSPEKT_API_KEY", "another")
    monkeypatch.setenv("KONSPEKT_API_KEY_FILE", str(secret))
    with pytest.raises(ValidationError, match="both set"):
        Config()
