"""Accounts from a terminal: flask users add, list, passwd, remove."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask.cli import AppGroup, with_appcontext

from app.cli.terminal import parts, readable_errors, words
from app.errors import N_
from app.integrations.accounts.accounts import Accounts
from app.integrations.accounts.listing import AccountListing
from app.integrations.accounts.sign_ins import SignIns
from app.integrations.api_keys import ApiKeys
from app.jobs.store import JobStore

ADDED = N_("%(name)s may sign in now.")
ADDED_ADMIN = N_("%(name)s may sign in now, as an administrator.")
NOT_ON = N_("Accounts are not asked for yet: set KONSPEKT_AUTH=password.")
CHANGED = N_("The password of %(name)s is changed; browsers have to sign in anew.")
SURE = N_("Delete the account %(name)s with its keys and all of its recordings?")
REMOVED = N_("The account %(name)s is removed. Recordings that go with it: %(n)d.")

users = AppGroup("users", help="Accounts, for KONSPEKT_AUTH=password; the first is the administrator's.")
from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of stdin."
)


@contextmanager
def _opened() -> Iterator[JobStore]:
    store = JobStore(parts().config)
    try:
        with readable_errors():
            store.migrate()
            yield store
    finally:
        store.close()


def _password(is_piped: bool) -> str:
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n").removeprefix("\ufeff")  # of Windows' own pipes
    asked: str = click.prompt(words(N_("Password")), hide_input=True, confirmation_prompt=True, err=True)
    return asked


@users.command("add")
@click.argument("name")
@click.option(
    "--admin", is_flag=True, help="Sees the queue and the accounts, never what others have recorded."
)
@from_stdin
@with_appcontext
def add(name: str, admin: bool, password_stdin: bool) -> None:
    """Make an account called NAME, and ask for its password."""
    with _opened() as store:
        made = Accounts(store).add(name, _password(password_stdin), datetime.now(UTC), admin)
    click.echo(words(ADDED_ADMIN if made.is_admin else ADDED, name=made.name), err=True)
    if parts().config.auth == "none":
        click.echo(words(NOT_ON), err=True)


@users.command("list")
@with_appcontext
def list_users() -> None:
    """List the accounts: name, kind, when each was made, and in how many browsers it is signed in."""
    now = datetime.now(UTC)
    with _opened() as store:
        listing = AccountListing(store)
        signed_in = listing.signed_in(now)
        for one in listing.all():
            n = signed_in.get(one.id, 0)
            kind = "admin" if one.is_admin else "user"
            made = words(N_("made %(when)s"), when=f"{one.created_at.astimezone():%Y-%m-%d %H:%M}")
            where = words(N_("signed in: %(n)d"), n=n)
            click.echo(f"{one.name:<24} {kind:<6} {made}  {where}")


@users.command("passwd")
@click.argument("name")
@from_stdin
@click.option("--revoke-keys", is_flag=True, help="Take back the keys of the API too, which stay valid else.")
@with_appcontext
def passwd(name: str, password_stdin: bool, revoke_keys: bool) -> None:
    """Set another password for NAME, who is then signed out everywhere."""
    with _opened() as store:
        found = Accounts(store).named(name)
        Accounts(store).set_password(found, _password(password_stdin))
        SignIns(store).end_all(found)
        if revoke_keys:
            ApiKeys(store).revoke_all(found, datetime.now(UTC))
    click.echo(words(CHANGED, name=found.name), err=True)


@users.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def remove(name: str, yes: bool) -> None:
    """Remove NAME's account with its keys and recordings; the running program deletes these."""
    with _opened() as store:
        found = Accounts(store).named(name)
        if not yes:
            click.confirm(words(SURE, name=found.name), abort=True, err=True)
        _, n = Accounts(store).remove(name)
    click.echo(words(REMOVED, name=found.name, n=n), err=True)
