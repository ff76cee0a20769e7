from app.documents.diarization import Diarization, NotDiarized, Turn, speaker_id

TURNS = (
    Turn(0.0, 4.0, speaker_id(1)),
    Turn(3.0, 10.0, speaker_id(2)),
    Turn(10.0, 11.0, speaker_id(1)),
)


def test_voices_are_listed_as_they_are_heard_first() -> None:
    assert Diarization(TURNS, "a net").speakers == ("Speaker 1", "Speaker 2")
    assert Diarization((), "a net").speakers == ()


def test_why_nobody_was_told_apart_reads_as_a_sentence() -> None:
    assert str(NotDiarized("Needs %(mb)s MB.", {"mb": 3})) == "Needs 3 MB."
    assert str(NotDiarized("100 % silence")) == "100 % silence"
