"""Settings of the bucket in S3, and of whether it is where files are kept."""

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings


class BucketSettings(BaseSettings):
    """The bucket is for files where `storage` says so, and for /api/clean."""

    s3_bucket: str | None = Field(None, description="Bucket for `storage` s3 and for /api/clean.")
    s3_endpoint: str | None = Field(None, description="Address of the S3 server; by default AWS.")
    s3_public_endpoint: str | None = Field(
        None,
        description="Address under which browsers reach that server, for `storage` s3-shared: they send and"
        " fetch recordings there; without it the program hands files on itself.",
    )
    s3_prefix: str = Field("", description="What stands before the keys of Konspekt's own objects.")
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_path_style: bool = Field(True, description="Bucket in the path of the address, not in its host name.")
    s3_access_key: SecretStr | None = Field(
        None, description="Access key; by default what boto3 finds (environment, instance role)."
    )
    s3_secret_key: SecretStr | None = Field(None, description="Secret key that belongs to it.")
    s3_keep_local: bool = Field(
        True, description="Keep the sound here too, until it expires, once it is in the bucket."
    )
    storage_patience_s: float = Field(
        3 * 24 * 3600, ge=0, description="Seconds that a job waits for a bucket that is away before it fails."
    )
    storage: Literal["local", "s3", "s3-shared"] = Field(
        "local",
        description="Where uploads and results are kept: only here; here, and copied to the bucket when a job"
        " has ended (s3); in the bucket, for several machines that share no folder (s3-shared).",
    )

    @field_validator("storage")
    @classmethod
    def _has_bucket(cls, storage: str, info: ValidationInfo) -> str:
        if storage != "local" and not info.data.get("s3_bucket"):
            raise ValueError(f"{storage} needs KONSPEKT_S3_BUCKET")
        return storage
