import pytest

from app.summarization.acts.linear import KINDS, LANGUAGES, Linear, models


def test_a_probability_is_the_logistic_of_the_weights_and_what_training_has_not_seen_counts_nothing() -> None:
    model = Linear(-1.0, {"asks": 2.0, "jokes": -3.0})
    assert model.probability({"asks"}) == pytest.approx(1 / (1 + 2.718281828**-1.0))
    assert model.probability({"asks", "sings"}) == model.probability({"asks"})
    assert model.probability({"jokes"}) < model.probability(set()) < 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_weights_of_each_language_are_there(language: str) -> None:
    for kind in KINDS:
        one = models(language)[kind]
        assert all(len(model.weights) > 50 for model in (one.sentence, one.same, one.word))
