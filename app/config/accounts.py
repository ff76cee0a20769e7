"""Settings of accounts: who may open the pages, and how they are known."""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode


class AccountSettings(BaseSettings):
    """Without accounts, whoever reaches the pages uses them, and each browser sees its own recordings."""

    oidc_issuer: str | None = Field(
        None, pattern=r"^https?://", description="Address of the OpenID Connect provider, as it calls itself."
    )
    oidc_client_id: str | None = Field(None, description="Id by which it knows this server.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Secret that belongs to it; public clients have none (PKCE is always used)."
    )
    oidc_name: str = Field(
        "", description="What the button of signing in there is called; empty: the host of the provider."
    )
    oidc_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Who may sign in there, by confirmed e-mail: anna@example.org or @example.org, by commas;"
        " empty: whomever the provider lets in.",
    )
    proxy_header: str = Field(
        "Remote-User",
        pattern=r"^[A-Za-z0-9-]+$",
        description="Header in which a proxy names who has signed in there.",
    )
    proxy_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Proxies whose header is believed, by commas: addresses as 127.0.0.1, or networks as"
        " 10.1.0.0/16.",
    )
    auth: Literal["none", "password", "oidc", "proxy"] = Field(
        "none",
        description="Who may use the pages: whoever reaches them (none), or who signs in, with a password"
        " that `flask users add` has set (password), at a provider (oidc), or at the proxy in front (proxy).",
    )

    @field_validator("oidc_allow", "proxy_networks", mode="before")
    @classmethod
    def _split_list(cls, value: object) -> object:
        return (
            [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value
        )

    @field_validator("oidc_allow")
    @classmethod
    def _e_mails(cls, allowed: tuple[str, ...]) -> tuple[str, ...]:
        for one in allowed:
            if "@" not in one:
                raise ValueError(f"{one} is no e-mail address, nor a domain as @example.org")
        return tuple(one.casefold() for one in allowed)

    @field_validator("proxy_networks")
    @classmethod
    def _proxies(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            ip_network(name)
        return names

    @field_validator("auth")
    @classmethod
    def _whole(cls, auth: str, info: ValidationInfo) -> str:
        """Refuse a way of signing in that nobody could go, or that anybody could."""
        needed = {"oidc": ("oidc_issuer", "oidc_client_id"), "proxy": ("proxy_networks",)}
        for name in needed.get(auth, ()):
            if not info.data.get(name):
                raise ValueError(f"{auth} needs KONSPEKT_{name.upper()}")
        return auth
