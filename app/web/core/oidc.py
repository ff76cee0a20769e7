"""Signing in at an OpenID Connect provider (OpenID Connect Core 1.0, the code flow with PKCE), by Authlib."""

from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from flask import Flask, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from app.config import Config
from app.errors import N_, AppError, BadInput, NotAllowed, Overloaded
from app.integrations.accounts.vouched import Vouched

TIMEOUT_S = 10
MOST_BEGUN = 5  # sign-ins that one browser has not come back from
AWAY = N_("The provider of sign-ins does not answer. Please try again in a moment.")
NOT_TRUE = N_("The provider has not confirmed who you are. Please sign in anew.")
NOT_ALLOWED = N_("You are known there, but may not use this server. Ask whoever runs it.")

log = structlog.get_logger(__name__)


class OidcProvider:
    """The provider of the settings. Nothing is asked of it before somebody signs in."""

    def __init__(self, app: Flask, config: Config) -> None:
        from authlib.integrations.flask_client import OAuth

        assert config.oidc_issuer is not None
        self._issuer, self._allowed = config.oidc_issuer.rstrip("/"), config.oidc_allow
        secret = config.oidc_client_secret
        self._client = OAuth(app).register(
            "oidc",
            client_id=config.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "default_timeout": TIMEOUT_S,
                **({} if secret else {"token_endpoint_auth_method": "none"}),
            },
        )
        self.name = config.oidc_name or urlsplit(self._issuer).hostname or ""

    def leave_for(self) -> Response:
        """Lead the browser to the provider. Raises Overloaded where that is away."""
        try:
            answer: Response = self._client.authorize_redirect(url_for("oidc.arrive", _external=True))
        except (requests.RequestException, ValueError, RuntimeError) as error:
            raise _away(error) from error
        begun = [name for name in session if name.startswith("_state_oidc_")]
        for name in begun[:-MOST_BEGUN]:
            del session[name]
        return answer

    def arrive(self) -> Vouched:
        """Return whom the provider vouches for, as the browser comes back from it.

        Raises:
            BadInput: it does not; NotAllowed: he may not use this server; Overloaded: it is away.
        """
        from authlib.common.errors import AuthlibBaseError

        try:
            token = self._client.authorize_access_token(leeway=60)
            claims = self._claims(token)
        except requests.RequestException as error:
            raise _away(error) from error
        except (AuthlibBaseError, JoseError, KeyError, ValueError, RuntimeError) as error:
            log.warning("a sign-in at the provider failed", reason=str(error)[:200])
            raise BadInput(NOT_TRUE) from error
        if not self._is_allowed(claims):
            log.warning("somebody whom the provider knows may not sign in", subject=str(claims["sub"])[:100])
            raise NotAllowed(NOT_ALLOWED)
        names = [str(claims[name]) for name in ("preferred_username", "email", "name") if claims.get(name)]
        return Vouched(f"{self._issuer} {claims['sub']}", (*names, str(claims["sub"])))

    def _claims(self, token: dict[str, Any]) -> dict[str, Any]:
        """Return what the ID token says, which is signed, and what the provider says of the same person."""
        claims = dict(token["userinfo"])
        if str(claims["iss"]).rstrip("/") != self._issuer or not claims["sub"]:
            raise ValueError("another issuer")
        if "email" not in claims and "userinfo_endpoint" in self._client.load_server_metadata():
            more = self._client.userinfo(token=token)
            if more["sub"] != claims["sub"]:
                raise ValueError("another subject")
            claims = {**more, **claims}
        return claims

    def _is_allowed(self, claims: dict[str, Any]) -> bool:
        e_mail = str(claims.get("email", "")).casefold()
        if not self._allowed:
            return True
        name, at, domain = e_mail.rpartition("@")
        is_listed = e_mail in self._allowed or f"@{domain}" in self._allowed
        return claims.get("email_verified") is True and bool(name and at) and is_listed


def _away(error: Exception) -> AppError:
    log.warning("the provider of sign-ins is away", reason=type(error).__name__)
    return Overloaded(AWAY, retry_after_s=10)
