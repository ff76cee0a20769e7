import pytest

from app.engines.diarization import MAX_SPEAKERS, DiarizeOptions
from app.errors import BadInput
from app.pipeline.speaker_count import normal, parsed


@pytest.mark.parametrize(
    ("written", "least", "most", "kept"),
    [
        ("", 1, MAX_SPEAKERS, "auto"),
        (" Auto ", 1, MAX_SPEAKERS, "auto"),
        ("1-20", 1, MAX_SPEAKERS, "auto"),
        ("3", 3, 3, "3"),
        ("2-5", 2, 5, "2-5"),
        ("2 – 5", 2, 5, "2-5"),
        ("07", 7, 7, "7"),
    ],
)
def test_a_number_a_range_and_auto_are_read_as_people_write_them(
    written: str, least: int, most: int, kept: str
) -> None:
    assert parsed(written) == DiarizeOptions(least, most)
    assert normal(written) == kept


@pytest.mark.parametrize("written", ["0", "21", "5-2", "-3", "three", "2-", "1-99", "²", "9" * 9000, "<b>"])
def test_what_is_no_number_of_speakers_is_refused_with_what_would_be_one(written: str) -> None:
    with pytest.raises(BadInput, match="from 1 to 20, a range as 2-5, or auto") as refused:
        parsed(written)
    assert len(str(refused.value)) < 200


def test_options_that_make_no_sense_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="5 to 2"):
        DiarizeOptions(5, 2)
