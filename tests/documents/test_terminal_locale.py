import pytest

from app.documents.terminal_locale import terminal_locale


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru"}, "ru"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ru_RU@x", "LANG": "C"}, "ru"),
        ({"LANG": "POSIX"}, "en"),
        ({}, "en"),
        ({"LANGUAGE": "de:ru", "LC_ALL": "en_US.UTF-8"}, "ru"),
    ],
)
def test_a_terminal_speaks_as_its_locale_says(environment: dict[str, str], expected: str) -> None:
    assert terminal_locale(environment) == expected
