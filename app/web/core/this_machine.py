"""Says whether the browser sits on the machine that the program runs on."""

from flask import request

from app.config.proxies import THIS_MACHINE
from app.web.core.context import konspekt


def sits_here() -> bool:
    """Say whether the browser is on this machine, not behind a proxy on it that nobody has told us of."""
    forwarded = {"X-Forwarded-For", "Forwarded", "X-Real-Ip"} & set(request.headers.keys())
    return request.remote_addr in THIS_MACHINE and (bool(konspekt().config.proxies) or not forwarded)
