"""What two hypotheses agree on."""

from app.live.agreement import Agreement


def test_what_two_hypotheses_agree_on_is_settled_and_never_taken_back() -> None:
    agreement = Agreement()
    assert agreement.add("good mourning every".split()) == "good mourning every"
    assert agreement.settled == ()
    agreement.add("Good morning everyone".split())
    assert agreement.settled == ("Good",)
    agreement.add("good morning, everyone let".split())
    assert agreement.settled == ("Good", "morning,", "everyone")
    assert agreement.add("but then".split()) == "Good morning, everyone"
