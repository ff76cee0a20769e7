"""What Hugging Face says of a file: its address, and its size and checksum where we do not know them."""

import os
import re
from dataclasses import replace

from app.engines.weights.sources import Hub, WeightFile
from app.engines.weights.transfer import CONNECT_S, NoAnswerError, SourceError

_CHECKSUM = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def address(source: Hub, file: WeightFile) -> str:
    """Return the URL of a file; HF_ENDPOINT names another hub.

    Raises SourceError where the machine is told not to ask the hub.
    """
    from huggingface_hub import hf_hub_url
    from huggingface_hub.constants import is_offline_mode

    if is_offline_mode():
        raise SourceError("HF_HUB_OFFLINE is set")
    return hf_hub_url(
        source.repository, file.name, revision=source.revision, endpoint=os.environ.get("HF_ENDPOINT") or None
    )


def authorization() -> dict[str, str]:
    """Return the token for the hub, where the machine has one."""
    from huggingface_hub import get_token

    token = get_token()
    return {"Authorization": f"Bearer {token}"} if token else {}


def as_served(file: WeightFile, url: str, headers: dict[str, str]) -> WeightFile:
    """Return the file with the size, and where we know none the checksum, that its server tells.

    A checksum that was told proves that the file is what the server has, and no more: SHA-256 of large
    files, of small ones git's SHA-1 of a blob.

    Raises:
        NoAnswerError: the server is not reached; SourceError: it does not say how large the file is.
    """
    import httpx2
    from huggingface_hub import get_hf_file_metadata
    from huggingface_hub.errors import HfHubHTTPError

    try:
        told = get_hf_file_metadata(url, token=False, headers=headers, timeout=CONNECT_S)
    except HfHubHTTPError as error:
        raise SourceError(f"answers {error.response.status_code}") from error
    except (httpx2.HTTPError, OSError) as error:
        raise NoAnswerError("no answer") from error
    if not told.size:
        raise SourceError("does not say how large its files are")
    tag = told.etag or ""
    known = tag if _CHECKSUM.fullmatch(tag) else ""
    return replace(file, size_bytes=told.size, sha256=file.sha256 or known, exact=True)
