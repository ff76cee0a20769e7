from dataclasses import replace
from pathlib import Path

import pytest

from app.documents.corrections import Line
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.errors import StorageFull
from app.pipeline import corrections
from app.pipeline.change import Change
from app.pipeline.corrections import JOURNAL, load, save
from app.pipeline.recording import Recording

TRANSCRIPT = Transcript((Segment(0.0, 1.0, "one"), Segment(2.0, 3.0, "two")), "en", "an actor", 5.0)
WRITTEN = Minutes("en", "an actor", decisions=(Point("one", 0.0),))


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording("a.wav", tmp_path / "source", tmp_path, transcript=TRANSCRIPT, minutes=WRITTEN)


def texts(recording: Recording) -> list[str]:
    transcript = load(recording).recording.transcript
    assert transcript is not None
    return [segment.text for segment in transcript.segments]


def test_each_change_is_a_version_over_the_one_before(recording: Recording) -> None:
    assert load(recording).version == 0
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "One.")}))
    saved = save(recording, 1, Change({1: None}))
    assert saved is not None
    assert saved.version == 2
    assert saved.keys == (0,)
    assert texts(recording) == ["One."]
    assert load(recording) == saved
    assert recording.transcript == TRANSCRIPT, "what was heard stays"


def test_of_many_versions_the_last_word_on_each_line_holds(recording: Recording) -> None:
    changes: list[dict[int, Line | None]] = [
        {1: None},
        {1: Line(2.0, 3.0, "back"), 5: Line(4.0, 5.0, "new")},
        {5: None},
        {0: Line(0.0, 1.0, "One.")},
    ]
    for version, lines in enumerate(changes):
        assert save(recording, version, Change(lines))
    assert texts(recording) == ["One.", "back"]


def test_who_did_not_see_the_last_version_changes_nothing(recording: Recording) -> None:
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "mine")}))
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "theirs")})) is None
    assert texts(recording) == ["mine", "two"]


def test_a_line_that_a_kill_cut_off_is_as_if_never_sent(recording: Recording) -> None:
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "One.")}))
    journal = recording.folder / JOURNAL
    whole = journal.read_bytes()
    for torn in (b'{"at":"2026', b'{"at":"2026"}\n', b"\xff\n"):
        journal.write_bytes(whole + torn)
        assert load(recording).version == 1
    assert save(recording, 1, Change({1: Line(2.0, 3.0, "Two.")}))
    assert texts(recording) == ["One.", "Two."]
    assert torn not in journal.read_bytes()


def test_lines_stay_even_where_the_transcript_is_made_anew(recording: Recording) -> None:
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "One.")}))
    parted = replace(TRANSCRIPT, segments=(Segment(0.0, 0.5, "o"), *TRANSCRIPT.segments))
    assert texts(replace(recording, transcript=parted)) == ["One.", "two"]


def test_a_persons_minutes_stand_until_they_are_dropped(recording: Recording) -> None:
    mine = replace(WRITTEN, decisions=(Point("mine", 1.0),))
    saved = save(recording, 0, Change({}, minutes=mine))
    assert saved is not None
    assert saved.own_minutes
    assert saved.recording.minutes == mine
    saved = save(recording, 1, Change({}, drop_minutes=True))
    assert saved is not None
    assert not saved.own_minutes
    assert saved.recording.minutes == WRITTEN


def test_the_journal_is_bounded(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "MAX_BYTES", 400)
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "One.")}))
    with pytest.raises(StorageFull):
        save(recording, 1, Change({0: Line(0.0, 1.0, "x" * 300)}))
    assert texts(recording) == ["One.", "two"]


def test_a_voice_that_is_named_in_the_transcript_is_named_in_the_minutes_too(tmp_path: Path) -> None:
    said = (Segment(0.0, 1.0, "I will.", "Speaker 1"), Segment(2.0, 3.0, "Good.", "Speaker 2"))
    items = (
        ActionItem("Do it", 0.0, "Speaker 1"),
        ActionItem("See to it", 2.0, "Олег"),
        ActionItem("All", 2.0),
    )
    recording = Recording(
        "a.wav",
        tmp_path / "source",
        tmp_path,
        transcript=Transcript(said, "en", "an actor", 5.0),
        minutes=Minutes("en", "an actor", action_items=items),
    )
    saved = save(recording, 0, Change({0: Line(0.0, 1.0, "I will.", "Марина")}))
    assert saved is not None
    assert saved.recording.minutes is not None
    assert [item.who for item in saved.recording.minutes.action_items] == ["Марина", "Олег", None]
    assert not saved.own_minutes


def test_a_long_recording_is_read_once_until_it_is_changed(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "LONG_LINES", 1)
    assert save(recording, 0, Change({0: Line(0.0, 1.0, "One.")}))
    first = load(recording).recording.transcript
    assert load(recording).recording.transcript is first
    assert save(recording, 1, Change({0: Line(0.0, 1.0, "Two.")}))
    changed = load(recording).recording.transcript
    assert changed
    assert changed.segments[0].text == "Two."
    other = replace(recording, transcript=replace(changed, engine="another"))
    transcript = load(other).recording.transcript
    assert transcript
    assert transcript.engine == "another"
