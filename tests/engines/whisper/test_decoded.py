from dataclasses import replace

import pytest

from app.engines.whisper.decoded import DecodedWindow, Line, went_wrong, without_inventions

SPEECH_S = 10.0
TEXT = "The budget is ready and we will meet again on Monday."
HEARD = DecodedWindow(TEXT, (Line(0.0, SPEECH_S, tuple(range(12))),), tuple(range(12)), -0.3, 0.1)


def test_speech_is_believed_also_where_it_is_noisy() -> None:
    assert without_inventions(HEARD, SPEECH_S) == HEARD
    unsure = replace(HEARD, logprob=-1.2)
    assert without_inventions(unsure, SPEECH_S) == unsure
    assert not went_wrong(HEARD, SPEECH_S)


@pytest.mark.parametrize(
    "heard",
    [
        replace(HEARD, no_speech=0.65, logprob=-1.1),
        replace(HEARD, no_speech=0.75, logprob=-0.6),
        replace(HEARD, text="Thank you.", no_speech=0.65),
        replace(HEARD, text="So.", logprob=-1.1),
        replace(HEARD, text="Thank you for watching."),
        replace(HEARD, text="Субтитры сделал DimaTorzok"),
    ],
    ids=[
        "silent and unsure",
        "surely silent",
        "silent and sparse",
        "sparse and unsure",
        "a farewell",
        "a credit",
    ],
)
def test_what_a_model_writes_where_nobody_speaks_is_taken_away(heard: DecodedWindow) -> None:
    bare = without_inventions(heard, SPEECH_S)
    assert (bare.text, bare.lines) == ("", ())
    assert bare.tokens == heard.tokens  # the window still says what was decoded
    assert not went_wrong(bare, SPEECH_S)  # and is not decoded again


@pytest.mark.parametrize(
    "heard",
    [
        replace(HEARD, logprob=-1.2),
        replace(HEARD, text="no " * 40),
        replace(HEARD, lines=(Line(0.0, 0.2, tuple(range(40))),)),
    ],
    ids=["unsure", "a loop", "faster than anybody speaks"],
)
def test_a_loop_or_garbage_is_decoded_again(heard: DecodedWindow) -> None:
    assert went_wrong(heard, SPEECH_S)
