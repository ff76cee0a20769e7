"""Codes and names of languages, as people and programs write them."""

import pytest
from whisper.tokenizer import LANGUAGES, TO_LANGUAGE_CODE

from app.documents.language_codes import language_code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *((russian, "ru") for russian in ("ru", "RU", " ru ", "rus", "ru-RU", "ru_RU", "Russian", "РУССКИЙ")),
        *((russian, "ru") for russian in ("俄语", "Russisch", "russe", "ruso")),
        *((english, "en") for english in ("en", "eng", "en-GB", "English", "английский", "英语")),
        *(
            (chinese, "zh")
            for chinese in ("zh-Hant-TW", "zho", "chi", "cmn", "Chinese (Simplified)", "中文", "普通话")
        ),
        *(("yue", "yue"), ("Cantonese", "yue"), ("haw", "haw"), ("pt_BR", "pt"), ("日本語", "ja")),
        *(
            ("ger", "de"),
            ("deu", "de"),
            ("Deutsch", "de"),
            ("fre", "fr"),
            ("français", "fr"),
            ("ελληνικά", "el"),
        ),
        *(("nb", "no"), ("fil", "tl"), ("jv", "jw"), ("iw", "he"), ("uk-UA", "uk")),
        *((nothing, "auto") for nothing in ("", " ", "auto", "Automatic", "und")),
    ],
)
def test_a_usual_name_leads_to_the_code(written: str, code: str) -> None:
    assert language_code(written) == code


def test_what_whisper_calls_its_languages_is_known() -> None:
    assert {code: language_code(code) for code in LANGUAGES} == {code: code for code in LANGUAGES}
    assert {name: language_code(name) for name in TO_LANGUAGE_CODE} == TO_LANGUAGE_CODE


@pytest.mark.parametrize("written", ["xx", "rusian", "../ru", "e n", "5", "<b>", "\0", "r" * 9999])
def test_what_is_no_language_has_no_code(written: str) -> None:
    assert language_code(written) is None
