from zoneinfo import ZoneInfo

import pytest

from app.config import Config
from app.config.time_zone import zone_of


def test_a_zone_is_named_as_everywhere_and_none_is_the_servers_own() -> None:
    assert zone_of("Europe/Moscow") == ZoneInfo("Europe/Moscow")
    assert zone_of("") is None


@pytest.mark.parametrize("name", ["Moscow", "UTC+3", "../../etc/passwd", "\x00", "Europe/"])
def test_what_is_no_zone_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(ValueError, match="Europe/Moscow"):
        Config(_env_file=None, timezone=name)  # type: ignore[call-arg]
