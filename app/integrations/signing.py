"""Sign what is sent to other systems, so that they know who sent it and when."""

import hashlib
import hmac
import secrets

from app.audio.atomic import write_secret
from app.config import Config

SIGNATURE, TIMESTAMP = "X-Konspekt-Signature", "X-Konspekt-Timestamp"


def secret(config: Config) -> bytes:
    """Return what callbacks are signed with; the first use makes one that only this user can read."""
    if config.webhook_secret is not None:
        return config.webhook_secret.get_secret_value().encode()
    path = config.data_dir / "webhook.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, secrets.token_hex(32))
    return path.read_bytes().strip()


def signed(key: bytes, body: bytes, timestamp: int) -> dict[str, str]:
    """Return the headers of a body sent at `timestamp`: HMAC-SHA256 of "<timestamp>.<body>"."""
    digest = hmac.new(key, b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return {TIMESTAMP: str(timestamp), SIGNATURE: f"sha256={digest}"}
