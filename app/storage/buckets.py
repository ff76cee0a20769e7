"""The S3 bucket that the settings name, for copies of results and for the cleaning service."""

from app.config import Config
from app.errors import N_, EngineUnavailable
from app.storage.s3 import S3Bucket, S3Options

NO_BUCKET = N_("No bucket is configured. Set KONSPEKT_S3_BUCKET, and what belongs to it, and start again.")


def bucket(config: Config, prefix: str = "") -> S3Bucket:
    """Return the configured bucket, its keys behind `prefix`. Raises EngineUnavailable: there is none."""
    if config.s3_bucket is None:
        raise EngineUnavailable(NO_BUCKET)
    access, secret = config.s3_access_key, config.s3_secret_key
    options = S3Options(
        config.s3_bucket,
        config.s3_endpoint,
        prefix,
        config.s3_region,
        config.s3_path_style,
        access.get_secret_value() if access else None,
        secret.get_secret_value() if secret else None,
        public_endpoint=config.s3_public_endpoint,
    )
    return S3Bucket(options, config.incoming_dir)
