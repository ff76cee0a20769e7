"""Uploads of large files into a bucket in parts, which browsers send there by presigned addresses.

S3's multipart upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from typing import NoReturn

from app.storage.files import PRESIGNED_S
from app.storage.s3 import S3Bucket, broken, code_of, failed

MIB = 2**20
PART_BYTES = 8 * MIB
MOST_PARTS = 1000  # that one answer lists; S3 takes ten times as many
_GONE = "NoSuchUpload"


def part_bytes(n_bytes: int) -> int:
    """Return the length of all parts of a file but the last."""
    least = -(-n_bytes // MOST_PARTS)
    return max(PART_BYTES, -(-least // MIB) * MIB)


class NoSuchUploadError(Exception):
    """An upload is finished, or was given up."""


class MultipartUploads:
    """Those of a bucket.

    Raises:
        StorageUnavailable: the bucket does not answer.
    """

    def __init__(self, bucket: S3Bucket) -> None:
        self._bucket = bucket

    def begin(self, key: str) -> str:
        """Return the id of a new upload."""
        try:
            begun = self._bucket.client.create_multipart_upload(**self._object(key))
        except broken() as error:
            failed(key, error)
        return str(begun["UploadId"])

    def address(self, key: str, upload: str, number: int, n_bytes: int) -> str:
        """Return where a part of exactly `n_bytes` is put within the next PRESIGNED_S."""
        wanted = {**self._object(key), "UploadId": upload, "PartNumber": number, "ContentLength": n_bytes}
        url: str = self._bucket.signer.generate_presigned_url("upload_part", wanted, ExpiresIn=PRESIGNED_S)
        return url

    def arrived(self, key: str, upload: str) -> dict[int, tuple[int, str]]:
        """Return length and tag of each part that is there, by number from 1. Raises NoSuchUploadError."""
        try:
            listed = self._bucket.client.list_parts(**self._object(key), UploadId=upload, MaxParts=MOST_PARTS)
        except broken() as error:
            _refuse(key, error)
        return {part["PartNumber"]: (part["Size"], part["ETag"]) for part in listed.get("Parts", [])}

    def finish(self, key: str, upload: str, tags: dict[int, str]) -> None:
        """Make an object of the parts. Raises NoSuchUploadError."""
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in sorted(tags.items())]
        try:
            self._bucket.client.complete_multipart_upload(
                **self._object(key), UploadId=upload, MultipartUpload={"Parts": parts}
            )
        except broken() as error:
            _refuse(key, error)

    def size_bytes(self, key: str) -> int | None:
        """Return the length of an object. None: there is none."""
        try:
            return int(self._bucket.client.head_object(**self._object(key))["ContentLength"])
        except broken() as error:
            if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                return None
            failed(key, error)

    def abort(self, key: str, upload: str) -> None:
        """Forget the parts of an upload that may be finished or gone."""
        try:
            self._bucket.client.abort_multipart_upload(**self._object(key), UploadId=upload)
        except broken() as error:
            if code_of(error) not in (_GONE, "404", "NoSuchKey"):
                failed(key, error)

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket.options.bucket, "Key": self._bucket.key(key)}


def _refuse(key: str, error: Exception) -> NoReturn:
    if code_of(error) == _GONE:
        raise NoSuchUploadError from error
    failed(key, error)
