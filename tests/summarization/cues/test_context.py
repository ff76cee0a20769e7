from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence


def context(language: str, *texts: str) -> Context:
    return Context([Sentence(text, float(i), i) for i, text in enumerate(texts)], language)


def test_a_thin_text_carries_its_topic_and_a_whole_one_nothing() -> None:
    read = context(
        "ru", "По билетам.", "Бухгалтерия просит поднять цену билетов вдвое.", "Поднимаем на двести."
    )
    assert read.carried(2, "Поднимаем на двести.") == (
        "По билетам. Бухгалтерия просит поднять цену билетов вдвое. Поднимаем на двести."
    )
    assert read.carried(1, read.sentences[1].text) == read.sentences[1].text


def test_what_refers_to_something_carries_what_it_refers_to() -> None:
    read = context("en", "The parcels are stuck in Oslo.", "Let's resend them.")
    assert read.carried(1, "Let's resend them.") == "The parcels are stuck in Oslo. Let's resend them."


def test_of_what_was_said_before_the_topic_and_the_proposal_are_carried() -> None:
    texts = [
        "Дальше.",
        "Трубу прорвало в подвале.",
        "Когда?",
        "Может, подвал закрыть?",
        "Закрываем.",
    ]
    carried = context("ru", *texts).carried(4, texts[4], wanted=lambda number: number == 3)
    assert carried == "Трубу прорвало в подвале. Может, подвал закрыть? Закрываем."


def test_what_is_carried_has_a_bound() -> None:
    texts = [f"The van number {n} {'is old and rusty and slow ' * 4}today." for n in range(8)] + ["Sell it."]
    assert len(context("en", *texts).carried(8, "Sell it.").split()) <= 45


def test_a_sentence_is_withdrawn_by_the_next_one() -> None:
    assert context("en", "Let's buy a boat.", "Just kidding.").withdrawn(0)
