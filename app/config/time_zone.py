"""The setting of a time zone, and the zone that it names."""

from datetime import tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator


def zone_of(name: str) -> tzinfo | None:
    """Return the zone of an IANA name; "": None, which `datetime.astimezone` takes for the server's own.

    Raises:
        ValueError: there is no such zone.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(f"no time zone {name!r}; write it like Europe/Moscow") from error


def _known(name: str) -> str:
    zone_of(name)
    return name


ZoneName = Annotated[str, AfterValidator(_known)]
