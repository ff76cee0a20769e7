import pytest

from tests.documents.golden_files import FOLDER, GOLDEN, actual, golden_name
from tests.documents.meetings import MEETINGS


@pytest.mark.parametrize("file_name", GOLDEN)
@pytest.mark.parametrize("locale", MEETINGS)
def test_every_download_is_its_golden_file(locale: str, file_name: str) -> None:
    assert actual(locale, file_name) == (FOLDER / golden_name(locale, file_name)).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    wanted = {golden_name(locale, file_name) for locale in MEETINGS for file_name in GOLDEN}
    assert {path.name for path in FOLDER.iterdir()} == wanted
