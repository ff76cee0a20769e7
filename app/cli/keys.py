"""Keys of the API from a terminal: flask keys add, list, revoke."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import click
from flask.cli import AppGroup, with_appcontext

from app.cli.terminal import parts, readable_errors, words
from app.errors import N_
from app.integrations.api_keys import SCOPES, ApiKey, ApiKeys, Scope
from app.jobs.store import JobStore

keys = AppGroup("keys", help="Keys of the API: once there is one, the API is closed to who has none.")

NO_TIME = N_("“%(written)s” is no time. Write 12h, 90d, 52w, or a day: 2027-01-31.")
MADE = N_("Key %(id)s of %(name)s, scope %(scope)s. It cannot be shown again:")
REVOKED = N_("Key %(id)s of %(name)s is revoked.")
MADE_AT, USED, NEVER_USED = N_("made %(when)s"), N_("used %(when)s"), N_("never used")
_LASTS = re.compile(r"(\d{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _expires(_context: click.Context, _option: click.Parameter, written: str | None) -> datetime | None:
    """Read how long a key lasts, or the day with which it ends, by the clock of this machine."""
    if written is None:
        return None
    if lasts := _LASTS.fullmatch(written.strip().lower()):
        return datetime.now(UTC) + int(lasts[1]) * _UNITS[lasts[2]]
    try:
        return datetime.strptime(written.strip(), "%Y-%m-%d").astimezone() + _UNITS["d"]
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(words(NO_TIME, written=written)) from error


@contextmanager
def _opened() -> Iterator[ApiKeys]:
    store = JobStore(parts().config)
    try:
        with readable_errors():
            store.migrate()
            yield ApiKeys(store)
    finally:
        store.close()


@keys.command("add")
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    default="write",
    show_default=True,
    help="read: changes nothing; admin: also sees what is worked on for others.",
)
@click.option(
    "--expires", "expires_at", metavar="90d|DATE", callback=_expires, help="By default it does not expire."
)
@with_appcontext
def add(name: str, scope: Scope, expires_at: datetime | None) -> None:
    """Make a key called NAME and show it, this once; keys of one name share what they make."""
    with _opened() as known:
        made, key = known.add(name, scope, datetime.now(UTC), expires_at)
    click.echo(words(MADE, id=made.id, name=made.name, scope=scope), err=True)
    click.echo(key)


@keys.command("list")
@with_appcontext
def list_keys() -> None:
    """List the keys: id, name, what each may do, when it was made, last used, and until when it is valid."""
    now, say, lines = datetime.now(UTC), lru_cache(words), list[str]()  # each text is looked up once
    with _opened() as known:
        for key in known.all():
            used = say(USED) % {"when": _day(key.last_used_at)} if key.last_used_at else say(NEVER_USED)
            made = say(MADE_AT) % {"when": _day(key.created_at)}
            lines.append(f"{key.id}  {key.name:<20} {key.scope:<6} {made}  {used}  {_state(key, now, say)}\n")
    click.echo("".join(lines), nl=False)


@keys.command("revoke")
@click.argument("key_id", metavar="ID")
@with_appcontext
def revoke(key_id: str) -> None:
    """Take the key ID back; it opens nothing from here on, and what it made expires as usual."""
    with _opened() as known:
        key = known.revoke(key_id, datetime.now(UTC))
    click.echo(words(REVOKED, id=key.id, name=key.name), err=True)


def _state(key: ApiKey, now: datetime, say: Callable[[str], str]) -> str:
    if key.revoked_at:
        return say(N_("revoked %(when)s")) % {"when": _day(key.revoked_at)}
    if key.expires_at is None:
        return say(N_("valid"))
    said = N_("valid until %(when)s") if key.is_valid(now) else N_("expired %(when)s")
    return say(said) % {"when": _day(key.expires_at)}


def _day(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"
