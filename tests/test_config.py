"""Settings come from the environment, and wrong ones are all named."""

import pytest
from pydantic import ValidationError

from app.config import Config


def test_host_names_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONSPEKT_TRUSTED_HOSTS", "notes.example, localhost")
    assert Config().trusted_hosts == ("notes.example", "localhost")


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONSPEKT_METRICS_TOKEN", "")
    assert Config().metrics_token is None


def test_every_wrong_setting_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONSPEKT_PORT", "many")
    monkeypatch.setenv("KONSPEKT_LEASE_S", "-1")
    with pytest.raises(ValidationError) as caught:
        Config()
    assert {problem["loc"] for problem in caught.value.errors()} == {("port",), ("lease_s",)}


def test_secrets_are_not_printed() -> None:
    config = Config(secret_key="k" * 32, llm_key="sk-canary", metrics_token="canary")
    assert "canary" not in repr(config)
    assert "kkk" not in repr(config)


def test_every_setting_has_a_sentence() -> None:
    for name, field in Config.model_fields.items():
        assert field.description, name
        assert field.description.endswith((".", "…")), name
