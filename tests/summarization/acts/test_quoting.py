from app.summarization.acts.quoting import quoted
from app.summarization.sentences import Sentence


def talk(*lines: tuple[str | None, str]) -> list[Sentence]:
    return [Sentence(text, float(n), n, speaker) for n, (speaker, text) in enumerate(lines)]


def test_each_turn_has_a_dash_and_what_is_left_out_has_dots() -> None:
    said = talk(
        ("Ann", "so, the boat leaks"),
        ("Ann", "It is old."),
        ("Bob", "Hm."),
        ("Bob", "Sell it?"),
        ("Ann", "Who buys it?"),
    )
    assert quoted(said, [0, 1, 3, 4]) == "— The boat leaks. It is old. … — Sell it? — Who buys it?"


def test_without_speakers_there_are_no_turns_and_hesitation_alone_is_not_quoted() -> None:
    assert quoted(talk((None, "Лодка течёт."), (None, "Ээ..."), (None, "Старая.")), [0, 1, 2]) == (
        "Лодка течёт. … Старая."
    )


def test_nothing_is_quoted_of_nothing() -> None:
    assert quoted(talk(("Ann", "The boat leaks.")), []) == ""
