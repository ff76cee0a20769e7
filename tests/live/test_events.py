import json

from app.documents.transcript import Word
from app.live.events import Final, HeardUpTo, Ready, to_dict


def test_an_event_goes_out_with_its_type_and_all_its_fields() -> None:
    assert to_dict(Ready("s1", "an engine", "en")) == {
        "type": "ready", "session": "s1", "engine": "an engine", "language": "en", "recording": None,
    }  # fmt: skip
    assert to_dict(HeardUpTo(2.5)) == {"type": "heard", "heard": 2.5}


def test_the_words_of_a_final_are_plain_values_that_json_holds() -> None:
    told = to_dict(Final(1.0, 2.0, "Good morning", (Word(1.0, 1.4, "Good", 0.9),), "en", False, 2.0))
    assert json.loads(json.dumps(told))["words"] == [
        {"start": 1.0, "end": 1.4, "text": "Good", "probability": 0.9}
    ]
