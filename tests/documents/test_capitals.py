import pytest

from app.documents.capitals import with_capital
from app.documents.sanitize import title_of
from app.summarization.sentences import tidy


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("fix the import", "en", "Fix the import"),
        ("ёлку купить", "ru", "Ёлку купить"),
        ("iPhone закупаем", "ru", "iPhone закупаем"),
        ("eBay, then PayPal", "en", "eBay, then PayPal"),
        ("pH of the water", "en", "pH of the water"),
        ("ß-Version", "de", "ß-Version"),
        ("ﬁrst", "en", "ﬁrst"),
        ("istanbul", "tr", "İstanbul"),
        ("istanbul", "en", "Istanbul"),
        ("ǆep", "hr", "ǅep"),
        ("ქართული", "ka", "ქართული"),
        ("ירושלים", "he", "ירושלים"),
        ("会议", "zh", "会议"),
        ("", "en", ""),
    ],
)
def test_a_sentence_begins_as_its_script_and_language_have_it(text: str, language: str, written: str) -> None:
    assert with_capital(text, language) == written


def test_titles_and_minutes_leave_brands_as_they_are() -> None:
    assert title_of("iPhone_sales.mp4") == "iPhone sales"
    assert tidy("iPad goes to Anna") == "iPad goes to Anna."
