"""Settings come from the environment, and wrong ones are all named."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.config import HOME, Config


def test_host_names_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONSPEKT_TRUSTED_HOSTS", "notes.example, localhost")
    assert Config().trusted_hosts == ("notes.example", "localhost")


def test_folders_are_named_from_their_home(tmp_path: Path) -> None:
    config = Config(_env_file=None, home=tmp_path, weights_mirror="copy", results_dir="/elsewhere")  # type: ignore[call-arg]
    assert config.models_dir == tmp_path / "models"
    assert config.weights_mirror == str(tmp_path / "copy")
    assert config.results_dir == Path("/elsewhere")
    assert Config(weights_mirror="https://mirror.example/").weights_mirror == "https://mirror.example/"


def test_a_database_file_is_named_from_its_home() -> None:
    assert Config(database_url="sqlite:///data/own.db").database == f"sqlite:///{HOME}/data/own.db"
    for url in ("sqlite:////srv/own.db", "sqlite:///:memory:", "postgresql+psycopg://db/konspekt"):
        assert Config(database_url=url).database == url


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


def test_a_watched_folder_stands_apart_from_the_programs_own(tmp_path: Path) -> None:
    own = {"_env_file": None, "home": tmp_path}
    assert Config(**own, watch_dir="inbox").watch_dir == tmp_path / "inbox"  # type: ignore[arg-type]
    for folder in ("uploads", "uploads/incoming", ".", "/"):
        with pytest.raises(ValidationError, match="name a folder apart from"):
            Config(**own, watch_dir=folder)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"auth": "oidc"}, "KONSPEKT_OIDC_ISSUER"),
        ({"auth": "oidc", "oidc_issuer": "https://id.example.org"}, "KONSPEKT_OIDC_CLIENT_ID"),
        ({"auth": "proxy"}, "KONSPEKT_PROXY_NETWORKS"),  # else whoever reaches the port would be believed
        ({"proxy_networks": "the proxy"}, "the proxy"),
        ({"oidc_allow": "example.org"}, "@example.org"),
        ({"auth": "ldap"}, "auth"),
    ],
)
def test_a_way_of_signing_in_that_lacks_something_is_refused(settings: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Config(_env_file=None, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    ["Minutes <m@example.org>", "minutes", "a b@example.org", "@x", "m@x\r\nBcc: y@z", "почта@пример.рф"],
)
def test_what_no_mail_server_would_take_as_an_address_is_refused_at_the_start(address: str) -> None:
    for wrong in ({"export_mail_from": address}, {"export_mail_to": address}):
        settings = {
            "smtp_host": "x",
            "export_mail_to": "a@example.org",
            "export_mail_from": "m@example.org",
            **wrong,
        }
        with pytest.raises(ValidationError, match="is no e-mail address"):
            Config(_env_file=None, **settings)  # type: ignore[arg-type, call-arg]


def test_the_domain_of_an_address_may_be_written_in_any_script() -> None:
    config = Config(_env_file=None, export_mail_from="m@пример.рф")  # type: ignore[call-arg]
    assert config.export_mail_from == "m@xn--e1afmkfd.xn--p1ai"
