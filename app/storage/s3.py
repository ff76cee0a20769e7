"""Storage in a bucket of S3 or of a server that speaks its language (MinIO, SeaweedFS, Ceph)."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Self, cast
from urllib.parse import quote

from app.errors import N_, AppError, StorageUnavailable
from app.storage.files import PRESIGNED_S, Stored, checked_key, damaged, file_sha256, missing

ONE_REQUEST_BYTES = 2**20  # what is larger goes in parts, by threads that cost more than a small file
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True, slots=True)
class S3Options:
    """Where a bucket is, and how it is spoken to.

    endpoint: None for AWS; public_endpoint: by which browsers reach it, where that is another.
    prefix: before every key; path_style: bucket in the path, not in the host.
    read_timeout_s, attempts: short, because jobs and copies are put off and tried again by themselves.
    """

    bucket: str
    endpoint: str | None = None
    prefix: str = ""
    region: str = "us-east-1"
    path_style: bool = True
    access_key: str | None = None
    secret_key: str | None = None
    read_timeout_s: float = 30
    attempts: int = 2
    public_endpoint: str | None = None


class S3Bucket:
    """Storage in S3.

    Raises:
        StorageUnavailable: the server does not answer, refuses or fails; what was to be put is unharmed.
    """

    def __init__(self, options: S3Options, scratch: Path) -> None:
        import boto3
        from botocore.config import Config

        self.options, self._scratch = options, scratch
        client = partial(
            boto3.client,
            "s3",
            region_name=options.region,
            aws_access_key_id=options.access_key,
            aws_secret_access_key=options.secret_key,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if options.path_style else "virtual"},
                connect_timeout=5,
                read_timeout=options.read_timeout_s,
                retries={"mode": "standard", "total_max_attempts": options.attempts},
                # the default checksums of boto3 ≥ 1.36 break several servers; ours is sha256 in the database
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        self.client: Any = client(endpoint_url=options.endpoint)
        public = options.public_endpoint
        self.signer: Any = client(endpoint_url=public) if public else self.client

    def check(self) -> None:
        """Raise StorageUnavailable where the bucket cannot be reached."""
        try:
            self.client.head_bucket(Bucket=self.options.bucket)
        except broken() as error:
            raise StorageUnavailable(N_("The storage does not answer.")) from error

    def put(self, key: str, source: Path) -> Stored:
        size, digest = source.stat().st_size, file_sha256(source)
        told, place = {"sha256": digest}, {"Bucket": self.options.bucket, "Key": self.key(key)}
        try:
            if size <= ONE_REQUEST_BYTES:
                with source.open("rb") as body:
                    self.client.put_object(**place, Body=body, Metadata=told)
            else:
                self.client.upload_file(str(source), *place.values(), ExtraArgs={"Metadata": told})
            arrived = self.client.head_object(Bucket=self.options.bucket, Key=self.key(key))
        except broken() as error:
            failed(key, error)
        if arrived["ContentLength"] != size or arrived["Metadata"].get("sha256") != digest:
            raise StorageUnavailable(
                N_("The storage lost the file %(key)s. It is sent again later."), key=key
            )
        return Stored(key, size, digest)

    def open(self, key: str) -> BinaryIO:
        try:
            answer = self.client.get_object(Bucket=self.options.bucket, Key=self.key(key))
        except broken() as error:
            failed(key, error)
        return cast(BinaryIO, _Body(key, answer["Body"]))

    def read(self, key: str, begin: int, n_bytes: int) -> bytes:
        asked = {"Range": f"bytes={begin}-{begin + n_bytes - 1}"}
        try:
            answer = self.client.get_object(Bucket=self.options.bucket, Key=self.key(key), **asked)
            data: bytes = answer["Body"].read()
        except broken() as error:
            failed(key, error)
        return data

    @contextmanager
    def local_path(self, key: str, sha256: str | None = None) -> Iterator[Path]:
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder) / "object"
            try:
                self.client.download_file(self.options.bucket, self.key(key), str(path))
            except broken() as error:
                failed(key, error)
            if sha256 is not None and file_sha256(path) != sha256:
                raise damaged(key)
            yield path

    def delete(self, key: str) -> None:
        try:
            self.client.delete_object(Bucket=self.options.bucket, Key=self.key(key))
        except broken() as error:
            failed(key, error)

    def presign(self, key: str, download_name: str) -> str:
        disposition = f"attachment; filename*=UTF-8''{quote(download_name)}"
        parameters = {
            "Bucket": self.options.bucket, "Key": self.key(key), "ResponseContentDisposition": disposition,
        }  # fmt: skip
        url: str = self.signer.generate_presigned_url("get_object", parameters, ExpiresIn=PRESIGNED_S)
        return url

    def key(self, key: str) -> str:
        prefix = self.options.prefix.strip("/")
        return f"{prefix}/{checked_key(key)}" if prefix else checked_key(key)


class _Body:
    """An object that is being read; a connection that breaks off is an error that may be tried again."""

    def __init__(self, key: str, body: Any) -> None:
        self._key, self._body = key, body

    def read(self, n_bytes: int | None = None) -> bytes:
        try:
            data: bytes = self._body.read(n_bytes)
        except broken() as error:
            failed(self._key, error)
        return data

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def broken() -> tuple[type[Exception], ...]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from urllib3.exceptions import HTTPError

    return (Boto3Error, BotoCoreError, ClientError, HTTPError, OSError)


def code_of(error: Exception) -> str:
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def failed(key: str, error: Exception) -> NoReturn:
    absent: AppError = missing(key)
    if code_of(error) in _ABSENT:
        raise absent from error
    raise StorageUnavailable(
        N_("The storage does not answer. What was made is kept here and sent again later.")
    ) from error
