import pytest

from app.nets.text_normalization import MAX_LETTERS, in_words, sentences


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("14.06.2026", "четырнадцатое июня две тысячи двадцать шестого года"),
        ("в 15:05", "в пятнадцать ноль пять"),
        ("12 %", "двенадцать процентов"),
        ("21%", "двадцать один процент"),
        ("3 %", "три процента"),
        ("1 250 рублей", "одна тысяча двести пятьдесят рублей"),
        ("№ 7", "номер семь"),
        ("32.13.2026", "тридцать две целых тринадцать сотых.две тысячи двадцать шесть"),
    ],
)
def test_russian_is_written_out(written: str, said: str) -> None:
    assert in_words(written, "ru") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-06-14", "June the fourteenth, twenty twenty-six"),
        ("at 9:00", "at nine o’clock"),
        ("at 9:30", "at nine thirty"),
        ("2.5 %", "two point five percent"),
        ("1,250 users", "one thousand, two hundred and fifty users"),
        ("**R&D**", "R and D"),
    ],
)
def test_english_is_written_out(written: str, said: str) -> None:
    assert in_words(written, "en") == said


def test_text_is_split_into_what_is_said_in_one_breath() -> None:
    text = "Good morning. Shall we begin? " + "word " * 100 + "\n- yes, " + "x" * 500
    found = sentences(text)
    assert found[:2] == ["Good morning.", "Shall we begin?"]
    assert all(0 < len(sentence) <= MAX_LETTERS for sentence in found)
    assert " ".join(found).count("word") == 100


def test_signs_without_words_are_not_read() -> None:
    assert sentences("... --- !!!") == []
