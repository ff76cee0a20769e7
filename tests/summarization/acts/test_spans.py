from app.summarization.acts.linear import Linear, Models
from app.summarization.acts.spans import pair_features, spans
from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence

TEXTS = ("Shall we sell the boat?", "Sell the boat.", "Fine.", "Who sings?", "I do.", "Next.", "The van too.")
CONTEXT = Context([Sentence(text, float(n), n, "AB"[n % 2]) for n, text in enumerate(TEXTS)], "en")
FEATURES = [frozenset({f"0 words {n}"}) for n in range(len(TEXTS))]
NEVER = Linear(-9.0, {})


def found(likely: list[float], same: Linear) -> list[list[int]]:
    return spans(CONTEXT, FEATURES, likely, Models(NEVER, same, NEVER))


def test_likely_sentences_that_belong_together_are_one_item() -> None:
    likely = [0.6, 0.9, 0.4, 0.1, 0.1, 0.1, 0.9]
    assert found(likely, Linear(9.0, {})) == [[0, 1, 2, 6]]
    assert found(likely, NEVER) == [[0], [1], [2], [6]]


def test_sentences_far_apart_are_never_one_item() -> None:
    assert found([0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.9], Linear(9.0, {})) == [[0], [6]]


def test_two_sentences_are_told_by_their_words_their_speakers_and_their_distance() -> None:
    features = pair_features(CONTEXT, FEATURES, 0, 1)
    assert {"gap 1", "other", "shared 2", "A 0 words 0", "B 0 words 1"} <= features
