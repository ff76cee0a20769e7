"""Whatever a file is called, the name is only text."""

import unicodedata

import pytest
from hypothesis import given

from app.web.core.file_names import MAX_LENGTH, clean_name, stem
from tests.documents.texts import ANY

# Django's CANDIDATE_TRAVERSAL_FILE_NAMES (tests/file_uploads/tests.py), and what browsers add to them
TRAVERSAL = [
    "/tmp/hax0rd.txt",
    "C:\\Windows\\hax0rd.txt",
    "C:/Windows/hax0rd.txt",
    "\\tmp\\hax0rd.txt",
    "/tmp\\hax0rd.txt",
    "subdir/hax0rd.txt",
    "subdir\\hax0rd.txt",
    "sub/dir\\hax0rd.txt",
    "../../hax0rd.txt",
    "..\\..\\hax0rd.txt",
    "../..\\hax0rd.txt",
    "../hax0rd.txt",
    "..\\hax0rd.txt",
    "./hax0rd.txt",
    "\x00/hax0rd.txt",
]
NAMELESS = ["", " ", ".", "..", "...", "/", "\\", "C:\\", "../", "\x00", "\u202e", "\t\n", "a/.."]
WICKED = [
    *TRAVERSAL,
    "<script>alert(1)</script>.mp3",
    '"><img src=x onerror=alert(1)>.mp3',
    "javascript:alert(1).mp3",
    "a\r\nSet-Cookie: owned=1\r\n.mp3",
    "a\r\ndata: forged\r\n\r\n.mp3",
    "\u202e3pm.exe",
    "x" * 300 + ".mp3",
    "ё" * 300 + ".mp3",
    "\x07\x1b[31m.mp3",
    "{{ 7*7 }}.mp3",
    "%(name)s.mp3",
    "CON.mp3",
    "-rf.mp3",
    "'; drop table jobs; --.mp3",
]


@pytest.mark.parametrize("raw", TRAVERSAL)
def test_folders_are_cut_off(raw: str) -> None:
    assert clean_name(raw) == "hax0rd.txt"


@pytest.mark.parametrize("raw", NAMELESS)
def test_a_name_of_nothing_gets_a_name(raw: str) -> None:
    assert clean_name(raw) == "recording"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Совещание по бюджету.mp4", "Совещание по бюджету.mp4"),
        ("Летучка «утро» №5 — итоги.m4a", "Летучка «утро» №5 — итоги.m4a"),
        ("и\u0306од.mp3", "йод.mp3"),  # macOS sends names decomposed
        ("say %22hi%22.mp3", 'say "hi".mp3'),
        ("a\r\nb.mp3", "ab.mp3"),
        ("mp3.\u202e3pm.exe", "mp3.3pm.exe"),
        ("two  spaces .mp3", "two spaces .mp3"),
        ("👩‍💻 meeting.webm", "👩‍💻 meeting.webm"),
    ],
)
def test_people_recognize_their_name(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


def test_a_long_name_keeps_its_extension() -> None:
    cut = clean_name("ё" * 300 + ".mp3")
    assert cut == "ё" * (MAX_LENGTH - 4) + ".mp3"


@given(ANY)
def test_no_name_is_long_a_path_or_a_control(raw: str) -> None:
    name = clean_name(raw)
    assert 0 < len(name) <= MAX_LENGTH
    assert name == clean_name(name), "cleaning twice changes nothing"
    assert not {"/", "\\", "\n", "\r", "\0"} & set(name)
    assert name.strip(". ") != ""
    assert not [c for c in name if unicodedata.category(c) == "Cc"]
    assert name.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "title"),
    [("совещание.mp4", "совещание"), ("итоги 12.10", "итоги 12"), ("no extension", "no extension")],
)
def test_a_title_has_no_extension(name: str, title: str) -> None:
    assert stem(name) == title


def test_a_letter_and_its_mark_are_one_once_nothing_stands_between() -> None:
    assert clean_name("a\u200e\u0300.mp3") == "\u00e0.mp3"
