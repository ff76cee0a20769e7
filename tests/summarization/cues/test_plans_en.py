import pytest

from app.summarization.cues.plan import Plan
from app.summarization.cues.plans_en import denies, plan, talks, wonders


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("So we sell the van.", Plan.CONCLUDED),
        ("No weekend shifts then.", Plan.CONCLUDED),
        ("Blue it stays.", Plan.CONCLUDED),
        ("We sell the van in June.", Plan.PLANNED),
        ("Drop the fee.", Plan.PROPOSED),
        ("Then drop the fee.", Plan.CONCLUDED),
        ("I say we sell the van.", Plan.PROPOSED),
        ("Keep going.", None),
        ("I suggest we sell the van.", Plan.PROPOSED),
        ("Should we sell the van?", Plan.PROPOSED),
        ("What should we sell?", None),
        ("Let's move on.", None),
        ("We're moving on to the budget.", None),
        ("If we sell the van, we walk.", None),
        ("The van is old.", None),
    ],
)
def test_how_firmly_something_is_planned(text: str, expected: Plan | None) -> None:
    assert plan(text) is expected


def test_denials_wonders_and_talk_are_known() -> None:
    assert denies("We're not selling it.")
    assert wonders("We could sell the van.")
    assert talks("Let's start.")
