import pytest

from app.documents.line_breaking import Line, line_columns


def broken(text: str, language: str | None) -> list[str]:
    """Break a text at every place."""
    edges = [0, *(edge for place in Line(text, language).places for edge in place), len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


@pytest.mark.parametrize(
    ("language", "text", "pieces"),
    [
        ("zh", "二〇二七年的预算", "二〇二七年 的 预算"),
        ("zh", "大家好。今天，讨论预算！", "大家 好。 今天， 讨论 预算！"),
        ("ja", "来年度の予算について話し合います。", "来年度の 予算について 話し合います。"),
        ("th", "เราจะพูดเรื่องงบประมาณ", "เรา จะ พูด เรื่อง งบ ประมาณ"),
        ("km", "យើងនិយាយអំពីថវិកា", "យើង និយាយ អំពី ថវិកា"),
        ("ko", "내년 예산을 논의합니다.", "내년 예산을 논의합니다."),
        ("ru", "кое-что решили", "кое-что решили"),
        ("de", "Sitzungs-\u00adprotokoll und", "Sitzungs-\u00adprotokoll und"),
        ("he", "היום נדון בתקציב", "היום נדון בתקציב"),
        ("hi", "आज हम बजट पर", "आज हम बजट पर"),
        ("zh", "用GPT-4写的 README", "用 GPT-4 写的 README"),
    ],
)
def test_lines_break_between_the_words_of_the_language(language: str, text: str, pieces: str) -> None:
    assert broken(text, language) == pieces.split()


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("budget", 6),
        ("预算", 4),
        ("예산", 4),
        ("ｆｕｌｌ", 8),
        ("cafe\u0301", 4),
        ("ก็", 1),
        ("👩‍👩‍👧‍👦", 2),
        ("שָׁלוֹם", 4),
        ("", 0),
    ],
)
def test_columns_are_counted_by_what_a_reader_sees(text: str, columns: int) -> None:
    assert Line(text, None).columns() == columns


@pytest.mark.parametrize("character", ["👩‍👩‍👧‍👦", "e\u0301\u0302", "🇰🇿", "क्षि", "각"])
def test_what_has_to_be_halved_inside_a_word_is_never_cut_within_a_character(character: str) -> None:
    line = Line(character * 9, None)
    middle = line.middle(0, len(line.text))
    assert middle
    assert middle % len(character) == 0
    assert Line(character, None).middle(0, len(character)) is None


def test_one_line_has_as_many_columns_as_subtitles_of_the_language_have() -> None:
    assert [line_columns(code) for code in ("ja", "zh-CN", "th", "ru", None)] == [26, 32, 35, 42, 42]
