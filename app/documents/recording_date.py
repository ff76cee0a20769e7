"""When a recording was made: what its file says, else what its name says."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TIME = r"(?:(?:[ T_.,-]|\s|at|в){1,4}(?P<hour>[01]\d|2[0-3])[-.:_h ]?(?P<minute>[0-5]\d)(?!\d{3,}))?"
# 2024-11-12 10.30, 20241112_103005, GMT20241112-103000, Screenshot 2024-11-12 at 10.30.12, 12.11.2024
_DATES = (
    re.compile(rf"(?<!\d){_YEAR}(?P<mark>[-._ ]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d){_TIME}(?!\d{{3}})"),
    re.compile(rf"(?<!\d)(?P<day>\d\d)(?P<mark>[-._])(?P<month>\d\d)(?P=mark){_YEAR}{_TIME}(?!\d{{3}})"),
)
_FIRST_YEAR = 1990


def recorded_at(said: datetime | None, file_name: str, zone: tzinfo | None) -> datetime | None:
    """Return when a recording was made, in `zone` (None: the server's own); None where nobody says it.

    said: by the container.
    """
    return said.astimezone(zone) if said else named_moment(file_name, zone)


def named_moment(file_name: str, zone: tzinfo | None) -> datetime | None:
    """Read the date, and the time if there is one, that programs and people write into names of files."""
    for pattern in _DATES:
        for found in pattern.finditer(file_name):
            if (moment := _moment(found, file_name, zone)) is not None:
                return moment
    return None


def _moment(found: re.Match[str], file_name: str, zone: tzinfo | None) -> datetime | None:
    try:
        year, month, day = (int(found[part]) for part in ("year", "month", "day"))
        moment = datetime(year, month, day, int(found["hour"] or 0), int(found["minute"] or 0))
        is_utc = file_name[: found.start()].endswith("GMT")  # so Zoom names what it records
        local = moment.replace(tzinfo=UTC if is_utc else zone).astimezone(zone)
    except (ValueError, OverflowError):
        return None
    latest = datetime.now(UTC) + timedelta(days=1)
    return local if moment.year >= _FIRST_YEAR and local <= latest else None
