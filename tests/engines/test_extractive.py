from app.engines.base import SummarizeOptions
from app.engines.extractive import Extractive
from app.summarization.extraction import extract_minutes
from tests.meetings import meeting


def test_the_engine_writes_what_extraction_finds_tells_how_far_it_is_and_names_itself() -> None:
    told: list[float] = []
    transcript = meeting("en_board").transcript
    minutes = Extractive().summarize(transcript, SummarizeOptions(), told.append)
    assert minutes.decisions
    assert minutes == extract_minutes(transcript, lambda fraction: None)
    assert minutes.engine == Extractive.name
    assert told == sorted(told)
    assert told[-1] == 1.0
