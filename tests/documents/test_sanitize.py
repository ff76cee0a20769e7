import pytest
from hypothesis import given

from app.documents.sanitize import bare_name, is_speech, one_line, title_of, xml_safe
from tests.documents.texts import ANY


@given(ANY)
def test_any_text_becomes_one_line_that_encodes(text: str) -> None:
    line = one_line(text)
    assert line.encode("utf-8").decode("utf-8") == line
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_what_xml_cannot_hold_is_replaced_where_it_can_be_seen() -> None:
    assert xml_safe("a\x00b\ud800c\ufffed") == "a\ufffdb\ufffdc\ufffdd"


def test_ordinary_text_of_any_script_stays_as_it_is() -> None:
    for text in ("Ёлка, «да» — №5", "日本語", "שלום", "👩‍👩‍👧‍👦", "naïve café"):
        assert one_line(text) == text


def test_overrides_of_direction_go_and_marks_stay() -> None:
    assert one_line("invoice\u202efdp.exe") == "invoicefdp.exe"
    assert one_line("a\ud800\u2066\udc00b") == "a\ufffd\ufffdb"
    assert one_line("a\u200fb\u200dc") == "a\u200fb\u200dc"


@pytest.mark.parametrize(
    ("file_name", "title"),
    [
        ("совещание_по_бюджету.mp4", "Совещание по бюджету"),
        ("Встреча 12.05.2026", "Встреча 12.05.2026"),
        ("Встреча 12.05.mp3", "Встреча 12.05"),
        ("C:\\fakepath\\Meeting.m4a", "Meeting"),
        ("../../etc/passwd", "Passwd"),
        (".mp4", ""),
        ("Call with J.Smith", "Call with J.Smith"),
        ("Call with J.Smith.M4A", "Call with J.Smith"),
        ("Call.Mp4", "Call"),
        ("", ""),
        ("___", ""),
        ("a\u202eb\x00.wav", "Ab"),
        ("Йод.wav", "Йод"),  # decomposed, as macOS sends it
        ("запись…  финал .webm", "Запись… финал"),
    ],
)
def test_a_title_is_made_of_the_file_name(file_name: str, title: str) -> None:
    assert title_of(file_name) == title


@given(ANY)
def test_any_file_name_gives_a_short_bare_name(name: str) -> None:
    bare = bare_name(name)
    assert len(bare) <= 200
    assert not set(bare) & set("/\\\x00\n")
    title_of(name).encode()


def test_blanks_on_both_sides_of_a_control_are_one() -> None:
    assert one_line("a \u202c b\u2066 ") == "a b"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("[Music]", False), ("(laughs) …", False), ("*кашель*", False), ("♪ la la ♪", False), ("- ?", False),
     ("[Music] Hello", True), ("Да (смеётся)", True), ("№ 5", True), ("你好", True), ("[open", True)],
)  # fmt: skip
def test_a_remark_is_no_speech(text: str, spoken: bool) -> None:
    assert is_speech(text) == spoken
