from app.summarization.acts.heard import Heard, as_one, joined


def test_what_rules_hear_takes_the_place_of_what_the_model_finds_around_it() -> None:
    heard = Heard(3, "Anna sends it", 3, "Anna")
    assert joined([[2, 3, 4]], [heard], [0.6] * 6, one_each=False) == [([2, 3, 4], heard)]


def test_an_item_in_which_rules_hear_two_is_two() -> None:
    one, two = Heard(1, "Anna sends it", 1, "Anna"), Heard(3, "Ben prints it", 3, "Ben")
    found = joined([[1, 2, 3, 4]], [one, two], [0.6] * 6, one_each=False)
    assert found == [([1, 2], one), ([3, 4], two)]


def test_a_decision_said_twice_is_one_in_the_longer_wording() -> None:
    short, long = Heard(1, "Carried.", 1), Heard(2, "So it was decided to sell the boat.", 2)
    found = joined([[0, 1, 2]], [short, long], [0.6] * 3, one_each=True)
    assert [one for _, one in found] == [long]


def test_what_only_the_model_finds_must_be_likely_and_what_only_rules_hear_stays() -> None:
    heard = Heard(4, "Ben prints it", 4, "Ben")
    likely = [0.9, 0.1, 0.4, 0.1, 0.1]
    assert joined([[0], [2]], [heard], likely, one_each=False) == [([0], None), ([4], heard)]


def test_a_request_and_its_promise_are_one_item_with_the_deadline_of_the_promise() -> None:
    asked, promised = (
        Heard(1, "Ben, find out the price", 1, "Ben"),
        Heard(2, "I will, tomorrow", 2, None, "tomorrow"),
    )
    [(span, one)] = as_one([([1], asked), ([2], promised)], lambda first, then: True)
    assert span == [1, 2]
    assert one == Heard(1, "Ben, find out the price", 2, "Ben", "tomorrow")


def test_what_has_another_deadline_or_goes_on_with_something_else_stays_apart() -> None:
    one, other = Heard(1, "Ben prints", 1, "Ben", "today"), Heard(2, "and folds", 2, "Ben", "tomorrow")
    apart = [([1], one), ([2], other)]
    assert as_one(apart, lambda first, then: True) == apart
    assert as_one([([1], one), ([2], None)], lambda first, then: False) == [([1], one), ([2], None)]
