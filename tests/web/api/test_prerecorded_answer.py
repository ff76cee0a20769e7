"""The form of Deepgram's answers, made of a transcript of two voices."""

from datetime import UTC, datetime
from uuid import UUID

from app.documents.transcript import Segment, Transcript, Word
from app.web.api.prerecorded_answer import Asked, Request, answer

TOLD = Request(UUID(int=1), "ab" * 32, datetime(2026, 11, 30, 12, tzinfo=UTC), ("a", "b"))


def said(text: str, start: float, speaker: str, probability: float | None = 0.5) -> Segment:
    words = text.split()
    times = [start + n / 2 for n in range(len(words))]
    spoken = tuple(Word(at, at + 0.5, word, probability) for at, word in zip(times, words, strict=True))
    return Segment(start, times[-1] + 0.5, text, speaker, spoken)


HEARD = Transcript(
    (
        said("Good morning, Anna.", 1.0, "Speaker 1"),
        said("We begin.", 2.6, "Speaker 1", None),
        said("Yes!", 4.0, "Speaker 2", 1.0),
        said("Later.", 9.0, "Speaker 2", 1.0),
    ),
    "en",
    "openai-whisper base",
    10.0,
)


def test_words_have_confidence_speaker_and_both_forms() -> None:
    told = answer(HEARD, Asked(), TOLD)
    assert told["metadata"] == {
        "transaction_key": "deprecated",
        "request_id": "00000000-0000-0000-0000-000000000001",
        "sha256": "ab" * 32,
        "created": "2026-11-30T12:00:00Z",
        "duration": 10.0,
        "channels": 1,
        "models": ["openai-whisper base"],
        "model_info": {"openai-whisper base": {"name": "openai-whisper base", "version": "", "arch": ""}},
        "tags": ["a", "b"],
    }
    [channel] = told["results"]["channels"]
    assert channel.keys() == {"alternatives"}
    [heard] = channel["alternatives"]
    assert heard["transcript"] == "Good morning, Anna. We begin. Yes! Later."
    assert heard["confidence"] == round((3 * 0.5 + 2 + 2) / 7, 4)
    assert heard["words"][2] == {
        "word": "anna", "start": 2.0, "end": 2.5, "confidence": 0.5, "punctuated_word": "Anna.", "speaker": 0,
    }  # fmt: skip
    assert [word["speaker"] for word in heard["words"]] == [0] * 5 + [1] * 2
    assert "utterances" not in told["results"]


def test_paragraphs_and_utterances_come_where_they_are_asked_for() -> None:
    told = answer(HEARD, Asked(paragraphs=True, utterances=True, detected_language=True), TOLD)
    channel = told["results"]["channels"][0]
    assert channel["detected_language"] == "en"
    found = channel["alternatives"][0]["paragraphs"]
    assert found["transcript"] == (
        "\nSpeaker 0: Good morning, Anna. We begin.\n\nSpeaker 1: Yes!\n\nSpeaker 1: Later."
    )
    assert [(one["speaker"], one["num_words"], one["start"], one["end"]) for one in found["paragraphs"]] == [
        (0, 5, 1.0, 3.6),
        (1, 1, 4.0, 4.5),
        (1, 1, 9.0, 9.5),
    ]
    assert [one["text"] for one in found["paragraphs"][0]["sentences"]] == [
        "Good morning, Anna.",
        "We begin.",
    ]
    utterances = told["results"]["utterances"]
    assert [(one["transcript"], one["speaker"], one["channel"]) for one in utterances] == [
        ("Good morning, Anna. We begin.", 0, 0),
        ("Yes!", 1, 0),
        ("Later.", 1, 0),
    ]
    assert len({one["id"] for one in utterances}) == 3
    longer = answer(HEARD, Asked(utterances=True, utt_split_s=5), TOLD)["results"]["utterances"]
    assert [one["transcript"] for one in longer] == ["Good morning, Anna. We begin.", "Yes! Later."]


def test_silence_is_an_empty_transcript() -> None:
    silent = Transcript((), None, "openai-whisper base", 2.0)
    told = answer(silent, Asked(paragraphs=True, utterances=True, detected_language=True), TOLD)
    [channel] = told["results"]["channels"]
    assert channel == {
        "alternatives": [
            {
                "transcript": "",
                "confidence": 0.0,
                "words": [],
                "paragraphs": {"transcript": "", "paragraphs": []},
            }
        ]
    }
    assert told["results"]["utterances"] == []
