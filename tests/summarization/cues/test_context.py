from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence


def context(language: str, *texts: str) -> Context:
    return Context([Sentence(text, float(i), i) for i, text in enumerate(texts)], language)


def test_a_thin_text_carries_its_topic_and_a_whole_one_nothing() -> None:
    read = context("ru", "По билетам.", "Бухгалтерия просит поднять цену.", "Поднимаем на двести.")
    assert read.carried(2, "Поднимаем на двести.") == (
        "По билетам. Бухгалтерия просит поднять цену. Поднимаем на двести."
    )
    assert read.carried(1, "Бухгалтерия просит поднять цену.") == "Бухгалтерия просит поднять цену."


def test_what_refers_to_something_carries_what_it_refers_to() -> None:
    read = context("en", "The parcels are stuck in Oslo.", "Let's resend them.")
    assert read.carried(1, "Let's resend them.") == "The parcels are stuck in Oslo. Let's resend them."


def test_a_sentence_is_withdrawn_by_the_next_one() -> None:
    assert context("en", "Let's buy a boat.", "Just kidding.").withdrawn(0)
