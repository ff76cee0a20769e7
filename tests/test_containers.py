"""Dockerfile, compose.yaml and what stands in deploy/: pinned, closed, and in step with the program."""

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import create_app
from app.config import Config
from app.web.core.lifecycle import STOP_S

TOP = Path(__file__).parents[1]
DOCKERFILE = (TOP / "Dockerfile").read_text("utf-8").replace("\\\n", "")
RESULT = DOCKERFILE.rpartition("\nFROM ")[2]  # the stage that is shipped
COMPOSE: dict[str, Any] = yaml.safe_load((TOP / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("konspekt:")}
THEIRS = {name: service for name, service in SERVICES.items() if name not in OURS}

each_of_ours = pytest.mark.parametrize("service", OURS.values(), ids=OURS)


def test_compose_yaml_keeps_to_the_specification(tmp_path: Path) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, TOP / "compose.yaml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((TOP / "compose.yaml").read_text("utf-8").replace("read_only:", "readonly:"), "utf-8")
    assert subprocess.run([*check, wrong], capture_output=True).returncode == 1, "it does look"


def test_without_a_profile_one_container_starts() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["konspekt"]
    assert {profile for service in SERVICES.values() for profile in service.get("profiles", ())} == {
        "gpu",
        "scale",
    }


@each_of_ours
def test_our_containers_can_write_to_their_volumes_only(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "user" not in service, "the image's own"


def test_the_image_runs_as_nobody_in_particular() -> None:
    users = re.findall(r"^USER (\S+)$", RESULT, re.MULTILINE)
    assert users == ["10001:10001"], "a number, so that Kubernetes sees that it is not root"
    assert RESULT.index("USER ") < RESULT.index("\nCMD ")


def test_what_is_shipped_has_no_tools_to_build_with() -> None:
    installed = " ".join(re.findall(r"apt-get install ([^&]+)", RESULT)).split()
    assert {name for name in installed if not name.startswith("--")} == {
        "libespeak-ng1",
        "fonts-noto-core",
        "fonts-noto-cjk",
    }
    assert "pip install" not in RESULT


@each_of_ours
def test_a_stop_has_time_to_give_jobs_back(service: dict[str, Any]) -> None:
    assert int(service["stop_grace_period"].removesuffix("s")) > 2 * STOP_S


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_no_service_fills_the_disk_with_its_log_or_falls_unnoticed(service: dict[str, Any]) -> None:
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert service["restart"] in ("unless-stopped", "on-failure")
    assert service in OURS.values() or "healthcheck" in service, "the image of ours has one"


@each_of_ours
def test_our_containers_have_limits(service: dict[str, Any]) -> None:
    assert service["pids_limit"]
    assert service["mem_limit"]
    assert (service.get("oom_score_adj", 0) > 0) == ("celery" in service.get("command", ()))


def test_every_image_of_others_has_an_exact_version() -> None:
    python = re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)
    named = [service["image"] for service in THEIRS.values()]
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["docker.io/library/python:${PYTHON}"] * 2
    for image in [f"docker.io/library/python:{python[0]}", *named]:
        assert re.fullmatch(r"docker\.io/[\w/-]+:\d+\.\d+[\w.-]*", image), image


def test_packages_are_installed_by_the_locks_alone() -> None:
    installs = re.findall(r"pip install ([^\n]+)", DOCKERFILE)
    assert len(installs) == 2
    assert all("--no-deps --require-hashes" in command for command in installs)
    for accelerator in ("cpu", "cuda"):
        assert (TOP / f"requirements-{accelerator}.lock").is_file()


def test_every_variable_is_a_setting_of_the_program() -> None:
    settings = {f"KONSPEKT_{name.upper()}" for name in Config.model_fields}
    settings |= {f"{name}_FILE" for name in settings}
    named = {
        name for service in OURS.values() for name in service["environment"] if name.startswith("KONSPEKT_")
    }
    written = {
        path: (TOP / path).read_text("utf-8") for path in ("Dockerfile", "compose.yaml", "docs/containers.md")
    }
    for path, text in written.items():
        assert set(re.findall(r"KONSPEKT_\w*[A-Z]", text)) <= settings, path
    assert named <= settings


def test_secrets_come_as_files_that_the_script_writes(tmp_path: Path) -> None:
    script = shutil.copy(TOP / "deploy/secrets.sh", tmp_path)
    first = subprocess.run(["sh", script], check=True, capture_output=True, text=True).stdout
    folder = tmp_path / "secrets"
    values = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert {name: Path(secret["file"]) for name, secret in COMPOSE["secrets"].items()} == {
        name: Path("deploy/secrets") / name for name in values if name != "queue_password"
    }
    assert folder.stat().st_mode & 0o077 == 0
    assert not any(value.strip() in first for value in values.values())
    json.loads(values["storage_config"])
    subprocess.run(["sh", script], check=True, capture_output=True)
    assert {path.name: path.read_text("utf-8") for path in folder.iterdir()} == values, (
        "a second run changes nothing"
    )
    for service in SERVICES.values():
        named = re.findall(r"/run/secrets/(\w+)", json.dumps(service))
        assert set(named) == set(service.get("secrets", ()))


def test_what_a_service_uses_is_declared() -> None:
    for kind in ("volumes", "networks", "secrets"):
        used = {
            entry.split(":")[0]
            for service in SERVICES.values()
            for entry in service.get(kind, ())
            if not entry.startswith("./")
        }
        assert used == set(COMPOSE[kind]), kind
    for service in SERVICES.values():
        for other in service.get("depends_on", ()):
            assert service["profiles"] == SERVICES[other]["profiles"]


def test_by_default_only_this_machine_can_reach_it() -> None:
    assert SERVICES["konspekt"]["ports"] == ["${PUBLISH:-127.0.0.1:5000}:5000"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["konspekt", "gpu", "door"]


def test_the_health_check_asks_an_address_that_is_there(tmp_path: Path) -> None:
    command = re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", RESULT, re.MULTILINE)
    assert command is not None
    code = json.loads(command[1])[2]
    compile(code, "HEALTHCHECK", "exec")
    folders = {f"{name}_dir": tmp_path / name for name in ("uploads", "results", "models", "data")}
    client = create_app(Config.model_validate({**folders, "host": "0.0.0.0"})).test_client()
    paths = re.findall(r"'(/\w+)'", code)
    assert len(paths) == 1
    assert client.get(paths[0], base_url="http://127.0.0.1:5000").status_code == 200


def test_the_builder_gets_what_it_copies_and_nothing_private() -> None:
    rules = [row for row in (TOP / ".dockerignore").read_text("utf-8").splitlines() if row and row[0] != "#"]

    def sent(path: str) -> bool:
        last = False
        for rule in rules:
            pattern = rule.removeprefix("!").removeprefix("**/")
            parents = [path, *(parent.as_posix() for parent in Path(path).parents)]
            names = [Path(parent).name for parent in parents] if "**/" in rule else []
            if any(fnmatch.fnmatch(name, pattern) for name in [*parents, *names]):
                last = rule.startswith("!")
        return last

    copied = [row.split()[:-1] for row in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.MULTILINE)]
    for source in {name for row in copied for name in row} - {"models"}:
        named = source.replace("${ACCELERATOR}", "cpu")
        assert any(TOP.glob(named)), named
        assert sent(named), named
    for private in (
        ".env",
        "deploy/secrets/secret_key",
        "data/konspekt.db",
        "uploads/x",
        "models/whisper/small.pt",
        ".git/config",
    ):
        assert not sent(private), private


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is not installed (apt-get install caddy)")
def test_caddy_takes_its_configuration() -> None:
    command = ["caddy", "adapt", "--adapter", "caddyfile", "--validate", "--config", "deploy/Caddyfile"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    body, named, rest = json.loads(done.stdout)["apps"]["http"]["servers"]["srv0"]["routes"]
    handlers = {handler["handler"]: handler for route in (body, rest) for handler in route["handle"]}
    fields = Config.model_fields
    assert (
        handlers["request_body"]["max_size"]
        > fields["max_files"].default * fields["max_upload_bytes"].default
    )
    assert handlers["reverse_proxy"]["flush_interval"] == -1
    assert "encode" not in handlers, "it would keep events back"
    pattern = named["match"][0]["path_regexp"]["pattern"]
    url = COMPOSE["x-scale"]["KONSPEKT_LIVE_URL"].format(host="0123456789ab")
    assert re.match(pattern, f"{url}/ws/transcribe") is not None
    assert re.match(pattern, "/at/database/ws/transcribe") is None, "no other machine is reached by it"
