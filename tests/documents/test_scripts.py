import pytest

from app.documents.scripts import _likely, apart, full_tag, reads_right_to_left, script_of
from app.documents.typography import speaks
from tests.documents.languages import LANGUAGES


@pytest.mark.parametrize(
    ("language", "letters", "font", "rtl"),
    [
        ("he", "complex", "Arial", True),
        ("yi", "complex", "Arial", True),
        ("fa", "complex", "Arial", True),
        ("zh", "east_asian", "Microsoft YaHei", False),
        ("zh-TW", "east_asian", "Microsoft JhengHei", False),
        ("yue", "east_asian", "Microsoft JhengHei", False),
        ("ne", "complex", "Nirmala UI", False),
        ("lo", "complex", "Leelawadee UI", False),
        ("hy", "latin", "Sylfaen", False),
        ("el", "latin", "Arial", False),
        (None, "latin", "Arial", False),
        ("no language", "latin", "Arial", False),
    ],
)
def test_a_language_has_its_class_of_letters_font_and_direction(
    language: str | None, letters: str, font: str, rtl: bool
) -> None:
    script = script_of(language)
    assert (script.letters, script.word_font, script.rtl) == (letters, font, rtl)


HEARD = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt"
    " la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af"
    " oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"
)


def test_every_language_that_whisper_hears_has_a_font_with_its_letters_in_word_and_pdf() -> None:
    own = {"Latn", "Cyrl", "Grek"}  # what the PDF's own font has
    assert all(script_of(code).pdf_fonts or _likely(code)[1] in own for code in HEARD.split())


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("he", "he-IL"),
        ("yue", "zh-HK"),
        ("zh", "zh-CN"),
        ("zh-Hant", "zh-TW"),
        ("jw", "jv-ID"),
        ("pt-BR", "pt-BR"),
    ],
)
def test_word_knows_the_language_by_its_full_tag(language: str, tag: str) -> None:
    assert full_tag(language) == tag


@pytest.mark.parametrize(
    ("text", "language", "rtl"),
    [
        ("iPhone רכשנו", "he", False),
        ("רכשנו iPhone", "he", False),
        ("רכשנו מכשירי iPhone", "en", True),
        ("2027", "ar", True),
        ("2027", "ru", False),
        ("", "he", True),
    ],
)
def test_a_paragraph_begins_where_most_of_its_letters_do(text: str, language: str, rtl: bool) -> None:
    assert reads_right_to_left(text, language) is rtl


def test_a_time_after_latin_letters_stands_behind_a_hebrew_sentence() -> None:
    assert apart("רישיונות של Microsoft.", "he").endswith("\N{RIGHT-TO-LEFT MARK}")
    assert apart("Licences.", "en") == "Licences."


def test_a_speaker_is_named_as_the_language_writes_it() -> None:
    named = [speaks("Ann", code) for code in ("zh", "ja", "fr", "ru", None)]
    assert named == ["Ann：", "Ann：", "Ann\u00a0: ", "Ann: ", "Ann: "]


def test_the_gold_set_has_its_twelve_languages() -> None:
    assert set(LANGUAGES) == {"he", "ar", "zh", "ja", "ko", "th", "hi", "tr", "ka", "el", "de", "kk"}
