from app.engines.weights.catalogue import CATALOGUE
from app.engines.weights.facts import facts


def test_every_entry_of_the_catalogue_has_a_work_a_licence_and_a_name_of_its_engine() -> None:
    works = {name: facts(weights) for name, weights in CATALOGUE.items()}
    assert {about.work for about in works.values()} == {
        *("transcribe", "summarize", "clean", "diarize", "vectorize")
    }
    assert all(about.licence and about.engines for about in works.values())


def test_the_expected_cost_of_whisper_goes_with_its_size() -> None:
    costs = {size: facts(CATALOGUE[f"faster-whisper-{size}"]).expected_cost for size in ("base", "small")}
    assert costs["base"]
    assert costs["small"]
    assert round(costs["small"] / costs["base"], 1) == round(244 / 74, 1)
    by_torch = facts(CATALOGUE["whisper-base"]).expected_cost
    assert by_torch
    assert by_torch > costs["base"]


def test_an_english_whisper_hears_english_only() -> None:
    assert facts(CATALOGUE["whisper-tiny.en"]).languages == {"en"}
    assert facts(CATALOGUE["whisper-tiny"]).languages is None
