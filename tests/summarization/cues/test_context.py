from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence


def context(language: str, *texts: str) -> Context:
    return Context([Sentence(text, float(i), i) for i, text in enumerate(texts)], language)


def test_a_sentence_is_withdrawn_by_the_next_one() -> None:
    assert context("en", "Let's buy a boat.", "Just kidding.").withdrawn(0)


def test_a_text_reads_by_itself_where_it_says_enough_and_more_where_it_refers_to_something() -> None:
    read = context("en", "Let's resend them.")
    full = "The board agreed to raise the monthly fee for wooden boats in the northern harbour from July."
    assert read.whole(full)
    assert not read.whole("The board agreed to raise the monthly fee from July.")
    assert not read.whole("Let's resend them.")
    assert not read.whole("So that's the cheaper supplier with the blue lorries.")
