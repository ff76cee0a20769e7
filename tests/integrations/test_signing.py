import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import SecretStr

from app.config import Config
from app.integrations.signing import SIGNATURE, TIMESTAMP, secret, signed


def test_the_first_use_makes_a_secret_that_only_this_user_can_read(tmp_path: Path) -> None:
    config = Config(_env_file=None, data_dir=tmp_path / "data")
    made = secret(config)
    assert len(made) == 64
    assert secret(config) == made
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["webhook.key"]
    assert (tmp_path / "data" / "webhook.key").stat().st_mode & 0o777 == 0o600


def test_all_who_need_it_first_get_the_same_whole_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def first(config: Config) -> bytes:
        together.wait()
        return secret(config)

    with ThreadPoolExecutor(8) as threads:
        for n in range(20):
            config = Config(_env_file=None, data_dir=tmp_path / str(n))
            made = set(threads.map(first, [config] * 8))
            assert [len(one) for one in made] == [64]


def test_a_secret_of_the_settings_is_taken_and_nothing_is_written(tmp_path: Path) -> None:
    config = Config(_env_file=None, data_dir=tmp_path / "data", webhook_secret=SecretStr("a secret of ours"))
    assert secret(config) == b"a secret of ours"
    assert not (tmp_path / "data").exists()


def test_a_receiver_can_check_body_and_time_as_the_document_says() -> None:
    headers = signed(b"key", b'{"id": 1}', 1_700_000_000)
    digest = hmac.new(b"key", b'1700000000.{"id": 1}', hashlib.sha256).hexdigest()
    assert headers == {TIMESTAMP: "1700000000", SIGNATURE: f"sha256={digest}"}
    assert signed(b"key", b'{"id": 1}', 1_700_000_001)[SIGNATURE] != headers[SIGNATURE]
