from benchmarks.acts import fit


def test_training_learns_what_tells_the_right_ones_apart_and_leaves_out_what_is_rare() -> None:
    rows = [(frozenset({"asks", "long"}), True, 1.0), (frozenset({"jokes", "long"}), False, 1.0)] * 20
    model = fit([*rows, (frozenset({"sings"}), True, 1.0)], 1.0, rare=2)
    assert model.weights["asks"] > 0 > model.weights["jokes"]
    assert "sings" not in model.weights
    assert model.probability({"asks", "long"}) > 0.8 > 0.2 > model.probability({"jokes", "long"})
