"""Response headers, host names, the signing key and CSRF, set up once for all views."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from app.audio.atomic import write_secret
from app.config import Config
from app.web.core.client_socket import present_client

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's icons stand in its CSS as data: URLs
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Konspekt": "1",  # by which static/answers.js knows our answers from a proxy's own pages
}

STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")  # where cookies need HTTPS
FILES = ("static", "bootstrap.static")  # endpoints of what is the same for everybody
LOOPBACK = ("localhost", "127.0.0.1")

csrf = CSRFProtect()


def init_app(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=secret_key(config),
        TRUSTED_HOSTS=trusted_hosts(config),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        WTF_CSRF_SSL_STRICT=False,  # the token is enough: not every browser sends a Referer
        WTF_CSRF_TIME_LIMIT=None,  # a page may stay open all day; the token ends with the session
    )
    if config.proxies:
        # each proxy adds to X-Forwarded-For; of the others the one that the client came to sets the one value
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way to add middleware
            app.wsgi_app, x_for=config.proxies, x_proto=1, x_host=1, x_prefix=1
        )

        @app.before_request
        def know_the_client_behind_the_proxy() -> None:
            if client := present_client():
                client.address = request.remote_addr or ""

    @app.before_request
    def know_nothing_by_nul() -> None:
        """Let no such address be: PostgreSQL refuses it within an id with an error of its own."""
        if "\0" in request.path:
            raise NotFound

    csrf.init_app(app)  # after it, because it reads the body

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if config.secure_cookies:
            response.headers.setdefault(*STRICT_TRANSPORT)
        if request.endpoint not in FILES:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def trusted_hosts(config: Config) -> list[str] | None:
    """Return the names to answer to; None: any. Names that others point at this machine are not ours.

    This machine's own are always among them: by these a supervisor asks for /health.
    """
    if config.trusted_hosts or (config.host in LOOPBACK and not config.proxies):
        return [*config.trusted_hosts, *LOOPBACK]
    return None


def sending_policy(config: Config) -> str:
    """Return the content policy of pages whose scripts send files to the bucket, where browsers may."""
    if config.storage != "s3-shared" or config.s3_public_endpoint is None:
        return CSP
    where = urlsplit(config.s3_public_endpoint)
    host = where.netloc if config.s3_path_style else f"{config.s3_bucket}.{where.netloc}"
    return CSP.replace("connect-src 'self'", f"connect-src 'self' {where.scheme}://{host}")


def secret_key(config: Config) -> str:
    """Return the key that signs sessions; the first start makes one that only this user can read."""
    if config.secret_key is not None:
        return config.secret_key.get_secret_value()
    path = config.data_dir / "secret.key"
    if not path.exists():
        write_secret(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()
