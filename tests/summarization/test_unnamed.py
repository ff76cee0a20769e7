from app.documents.minutes import ActionItem, Minutes, Point
from app.summarization.extraction import extract_minutes
from app.summarization.unnamed import UNNAMED, with_unnamed
from tests.meetings import meeting

RU = meeting("ru_release").transcript
ALL = [range(len(RU.segments))]
EXTRACTED = extract_minutes(RU, lambda fraction: None)


def test_what_rules_find_and_the_model_does_not_name_is_added_and_said_with_its_times() -> None:
    minutes = with_unnamed(Minutes("ru", "model"), RU, ALL)
    assert minutes.decisions == EXTRACTED.decisions
    assert minutes.action_items == EXTRACTED.action_items
    [remark] = minutes.remarks
    assert remark.message == UNNAMED
    assert remark.params["n"] == len(EXTRACTED.decisions) + len(EXTRACTED.action_items)
    assert "00:57" in str(remark) or "0:57" in str(remark)


def test_what_the_model_named_in_its_own_words_at_the_same_place_is_not_added_again() -> None:
    point, item = EXTRACTED.decisions[0], EXTRACTED.action_items[0]
    named = Minutes(
        "ru", "model", (), (Point("Своими словами.", point.start),), (ActionItem("Иначе.", item.start),)
    )
    starts = [one.start for one in with_unnamed(named, RU, ALL).decisions]
    assert starts.count(point.start) == 1
    assert starts == sorted(starts)


def test_chunks_that_were_extracted_are_left_alone() -> None:
    assert with_unnamed(Minutes("ru", "model"), RU, []) == Minutes("ru", "model")
