from app.summarization.acts.linear import ASSIGNMENT, DECISION, KINDS, Linear
from app.summarization.acts.wording import Wording, item_words
from app.summarization.cues.context import Context
from app.summarization.sentences import Sentence

EVERY = Linear(0.0, {})  # each word is as likely as not


def chosen(*texts: str, span: list[int], without: tuple[int, ...] = (), kind: str = DECISION) -> list[str]:
    context = Context([Sentence(text, float(n), n) for n, text in enumerate(texts)], "en")
    wording = Wording(context, {kind: [0.5] * len(texts) for kind in KINDS})
    return [texts[n] for n in wording.chosen(span, span[-1], kind, EVERY, without)]


def test_a_thin_sentence_is_told_with_what_stands_before_it() -> None:
    assert chosen("The old boat leaks badly.", "Sell.", span=[1]) == ["The old boat leaks badly.", "Sell."]


def test_what_says_nothing_what_tells_another_item_and_markup_are_left_out() -> None:
    texts = ("Opposed?", "Paint the blue door.", "See www.example.com for boats.", "Sell the boat.")
    assert chosen(*texts, span=[3], without=(1,)) == ["Sell the boat."]


def test_an_item_has_a_bound() -> None:
    texts = [f"Van number {n} stands behind house {n} with broken {'very ' * 4}wheels." for n in range(8)]
    assert len(" ".join(chosen(*texts, "Sell vans.", span=[8])).split()) <= 40


def test_words_are_compared_in_dictionary_forms() -> None:
    assert item_words("Поднимаем оклады сторожам", "ru") == {"поднимать", "оклад", "сторож"}
    assert item_words("We raise the fees", "en") == {"rais", "fee"}


def test_what_opens_the_next_topic_does_not_tell_the_item_before_it() -> None:
    assert chosen("I sell the old boat.", "Next item, the roof.", span=[0]) == ["I sell the old boat."]


def test_the_sentences_of_an_item_come_before_what_led_to_it() -> None:
    long = [f"Cart number {n} rolls behind barn {n} with {'very ' * 3}muddy wheels." for n in range(3)]
    texts = (*long, f"We could paint the {'old ' * 20}shed.", "Paint it.")
    told = chosen(*texts, span=[3, 4])
    assert told[-2:] == list(texts[-2:])
    assert len(told) == 3


def test_what_is_to_be_done_may_have_been_named_long_before() -> None:
    texts = ("The old boat leaks badly.", *["Well."] * 12, "I'll see to it.")
    assert chosen(*texts, span=[13], kind=ASSIGNMENT)[0] == "The old boat leaks badly."
    assert "The old boat leaks badly." not in chosen(*texts, span=[13]), "a decision is made of what is near"
