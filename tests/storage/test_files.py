"""What every storage agrees on."""

import pytest

from app.storage.files import checked_key


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a\\..\\x", "a\0b"])
def test_a_key_cannot_leave_the_storage(key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        checked_key(key)
