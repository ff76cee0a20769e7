"""The list of recordings that a batch vectorizes: reads it from JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.errors import N_, BadInput

NOT_JSON_FROM = N_("%(name)s is not JSON: see line %(line)d, column %(column)d.")


@dataclass(frozen=True, slots=True)
class Record:
    """One video. key: under which its results stand, its address or "#<place in the list>" without one."""

    key: str
    url: str | None


def read(path: Path, url_key: str, start: int = 0, end: int | None = None) -> list[Record]:
    """Read a JSON list of objects with an address, or of addresses; `start` to `end` as in a Python slice.

    An address that stands there twice is one record.

    Raises:
        BadInput: it is no such list.
    """
    return parse(_items(path), url_key, start, end)


def places(path: Path, url_key: str) -> list[Record]:
    """Read every record of a list, by its place there. Raises BadInput: it is no such list."""
    return [_record(place, item, url_key) for place, item in enumerate(_items(path))]


def _items(path: Path) -> list[Any]:
    try:
        items = json.loads(path.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadInput(NOT_JSON_FROM, name=path.name, line=error.lineno, column=error.colno) from error
    except (ValueError, RecursionError) as error:
        raise BadInput(N_("%(name)s is not JSON."), name=path.name) from error
    except OSError as error:
        raise BadInput(
            N_("%(name)s cannot be read: %(reason)s."), name=path.name, reason=error.strerror or str(error)
        ) from error
    if not isinstance(items, list):
        raise BadInput(N_("%(name)s is not a list. Give a JSON list of records with a URL."), name=path.name)
    return items


def parse(items: Sequence[Any], url_key: str, start: int = 0, end: int | None = None) -> list[Record]:
    """Take the records out of a list that was read. Raises BadInput where no record has an address."""
    chosen = range(len(items))[start:end]
    records = [_record(i, items[i], url_key) for i in chosen]
    if records and all(record.url is None for record in records):
        raise BadInput(
            N_(
                "No record has a URL under the key %(key)s. Name the field that holds the addresses (key; in"
                " the terminal --key)."
            ),
            key=url_key,
        )
    return list({record.key: record for record in records}.values())


def _record(place: int, item: Any, url_key: str) -> Record:
    found = item.get(url_key) if isinstance(item, Mapping) else item
    url = found.strip() if isinstance(found, str) else ""
    if not url or not url.isprintable():  # JSON can hold a lone surrogate, which no file can
        return Record(f"#{place}", None)
    return Record(url, url)
