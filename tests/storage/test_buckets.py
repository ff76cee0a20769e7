from pathlib import Path

import pytest
from pydantic import SecretStr

from app.config import Config
from app.errors import EngineUnavailable
from app.storage.buckets import bucket


def test_without_a_name_there_is_no_bucket() -> None:
    with pytest.raises(EngineUnavailable, match="KONSPEKT_S3_BUCKET"):
        bucket(Config(_env_file=None))


def test_a_bucket_is_made_of_its_settings(tmp_path: Path) -> None:
    config = Config(
        _env_file=None,
        uploads_dir=tmp_path,
        s3_bucket="meetings",
        s3_endpoint="http://s3.test:9",
        s3_region="eu-north-1",
        s3_path_style=False,
        s3_access_key=SecretStr("key"),
        s3_secret_key=SecretStr("secret"),
    )
    found = bucket(config, "konspekt/")
    options = found.options
    assert (options.bucket, options.endpoint, options.prefix) == ("meetings", "http://s3.test:9", "konspekt/")
    assert (options.region, options.path_style) == ("eu-north-1", False)
    assert (options.access_key, options.secret_key) == ("key", "secret")
    address = found.presign("a/b.wav", "встреча.wav")
    assert address.startswith("http://meetings.s3.test:9/konspekt/a/b.wav?")
    assert "secret" not in address
