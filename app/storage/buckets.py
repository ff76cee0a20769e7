"""The S3 bucket that the settings name, for copies of results and for the cleaning service."""

from app.config import Config
from app.storage.s3 import S3Bucket, S3Options


def bucket(config: Config, prefix: str = "") -> S3Bucket | None:
    """Return the configured bucket, its keys behind `prefix`. None: no bucket is configured."""
    if config.s3_bucket is None:
        return None
    access, secret = config.s3_access_key, config.s3_secret_key
    options = S3Options(
        config.s3_bucket,
        config.s3_endpoint,
        prefix,
        config.s3_region,
        config.s3_path_style,
        access.get_secret_value() if access else None,
        secret.get_secret_value() if secret else None,
    )
    return S3Bucket(options, config.incoming_dir)
