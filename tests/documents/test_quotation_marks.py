"""Straight marks become those of the language; whatever cannot be paired stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.labels import LABELS
from app.documents.quotation_marks import MARKS, set_quotation_marks


@pytest.mark.parametrize(
    ("straight", "ru", "en"),
    [
        ('"a "b" c"', "«a „b“ c»", "“a ‘b’ c”"),
        ('He said: "It is "b""', "He said: «It is „b“»", "He said: “It is ‘b’”"),
        ('""b" is it", he said', "«„b“ is it», he said", "“‘b’ is it”, he said"),
        ('"a" and "b", ("c") - "d"!', "«a» and «b», («c») - «d»!", "“a” and “b”, (“c”) - “d”!"),
        ('"a "b "c" d" e"', "«a „b «c» d“ e»", "“a ‘b “c” d’ e”"),
        ('"a? "b!" c."', "«a? „b!“ c.»", "“a? ‘b!’ c.”"),
        ('a "b" and "c', 'a «b» and "c', 'a “b” and "c'),
        ('said: "a "b"', 'said: "a «b»', 'said: "a “b”'),
    ],
)
def test_pairs_become_the_marks_of_the_language_and_inner_ones_differ(
    straight: str, ru: str, en: str
) -> None:
    assert set_quotation_marks(straight, "ru") == ru
    assert set_quotation_marks(straight, "en") == en


@pytest.mark.parametrize(
    "text", ['5" and 3" wide', '"', '""', '" a "', 'a"b"c', 'the end"', '"the start', "“a” «b»"]
)
def test_what_is_no_pair_stays(text: str) -> None:
    assert set_quotation_marks(text, "ru") == text


def test_every_language_of_the_documents_has_its_marks() -> None:
    assert set(MARKS) == set(LABELS)


@given(st.text('"ab ,.(«—', max_size=30))
def test_nothing_but_marks_changes_and_each_opened_one_is_closed(text: str) -> None:
    marked = set_quotation_marks(text, "ru")
    assert all(a == b or a == '"' for a, b in zip(text, marked, strict=True))
    assert marked.count("«") - text.count("«") == marked.count("»")
    assert marked.count("„") == marked.count("“")
