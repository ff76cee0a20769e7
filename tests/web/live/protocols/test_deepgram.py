"""Deepgram's live API."""

from hashlib import sha256

import pytest

from app.errors import BadInput
from app.live.events import End, Error, Flushed, Ready
from app.live.packets import SoundFormat
from app.web.live.protocols.base import Command
from app.web.live.protocols.deepgram import DeepgramProtocol, opening_of
from tests.web.live.protocols.acting import AGAIN, HELLO_WORLD, PARTIAL, Said

ASKED = {"model": "nova-3", "encoding": "linear16", "sample_rate": "16000"}


@pytest.mark.parametrize(
    ("asked", "sound", "language", "speakers"),
    [
        ({}, SoundFormat(16_000), "en", False),
        ({"encoding": "linear32", "channels": "2"}, SoundFormat(16_000, 2, "f32le"), "en", False),
        ({"language": "ru", "diarize": "true"}, SoundFormat(16_000), "ru", True),
        ({"language": "multi", "diarize_model": "latest"}, SoundFormat(16_000), "auto", True),
        ({"detect_language": "true", "punctuate": "true"}, SoundFormat(16_000), "auto", False),
        ({"language": "en-US", "redact": "false"}, SoundFormat(16_000), "en", False),
    ],
)
def test_the_address_says_what_is_wanted(
    asked: dict[str, str], sound: SoundFormat, language: str, speakers: bool
) -> None:
    opening = opening_of(ASKED | asked)
    assert (opening.sound, opening.language, opening.speakers) == (sound, language, speakers)


@pytest.mark.parametrize(
    "asked",
    [
        *({"encoding": other} for other in ("mulaw", "opus", "")),
        *({"sample_rate": rate} for rate in ("", "x", "-1", "7999", "16000.5", "²")),
        *({"channels": n} for n in ("0", "9", "x")),
        *({name: "true"} for name in ("multichannel", "profanity_filter", "numerals", "detect_entities")),
        *({name: "x"} for name in ("redact", "replace", "search", "keyterm", "keywords", "callback", "new")),
        {"language": "xx"},
        {"diarize": "perhaps"},
    ],
    ids=str,
)
def test_what_cannot_be_done_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        opening_of(ASKED | asked)
    with pytest.raises(BadInput):
        opening_of({"model": "nova-3"})


def test_results_come_as_they_settle_and_the_metadata_at_the_end() -> None:
    said = Said()
    wishes = {"interim_results": "true", "vad_events": "true", "utterance_end_ms": "1000"}
    protocol = DeepgramProtocol(said.add, ASKED | wishes)
    protocol.write(Ready("s", "an engine", "en"))
    assert [*protocol.read(b"sound")] == [b"sound"]
    protocol.write(PARTIAL)
    protocol.write(HELLO_WORLD)
    started, partial, final, ended = said.take()
    assert (started["type"], started["timestamp"]) == ("SpeechStarted", 1.0)
    assert (partial["is_final"], partial["channel"]["alternatives"][0]["transcript"]) == (False, "Hello word")
    assert (final["is_final"], final["speech_final"], final["from_finalize"]) == (True, True, False)
    assert (final["start"], final["duration"]) == (1.0, 1.0)
    assert final["metadata"]["model_info"]["name"] == "an engine"
    [alternative] = final["channel"]["alternatives"]
    assert (alternative["transcript"], alternative["confidence"]) == ("Hello, world.", 0.75)
    hello = {"word": "hello", "start": 1.0, "end": 1.4, "confidence": 0.5, "punctuated_word": "Hello,"}
    assert alternative["words"][0] == hello
    assert (ended["type"], ended["last_word_end"]) == ("UtteranceEnd", 2.0)

    assert [*protocol.read('{"type": "KeepAlive"}')] == []
    assert [*protocol.read('{"type": "Finalize"}')] == [Command.FLUSH]
    protocol.write(AGAIN)
    protocol.write(Flushed(4.0))
    *_, flushed = said.take()
    assert (flushed["from_finalize"], flushed["channel"]["alternatives"][0]["transcript"]) == (True, "")
    assert [*protocol.read('{"type": "CloseStream"}')] == [*protocol.read(b"")] == [Command.FINISH]
    protocol.write(End(4.0))
    [metadata] = said.take()
    assert (metadata["type"], metadata["duration"]) == ("Metadata", 4.0)
    assert metadata["sha256"] == sha256(b"sound").hexdigest()


def test_what_was_not_asked_for_is_not_sent_and_speakers_are_numbers() -> None:
    said = Said()
    protocol = DeepgramProtocol(said.add, ASKED)
    protocol.write(PARTIAL)
    protocol.write(AGAIN)
    [final] = said.take()
    assert final["channel"]["alternatives"][0]["words"][0]["speaker"] == 1
    protocol.write(Error("idle", "No sound came."))
    assert said.take() == [{"type": "Error", "variant": "idle", "description": "No sound came."}]


@pytest.mark.parametrize("message", ['{"type": "Configure"}', "{}", "close", '{"type": null}'])
def test_a_message_that_is_unknown_ends_the_stream(message: str) -> None:
    with pytest.raises(BadInput):
        [*DeepgramProtocol(Said().add, ASKED).read(message)]
