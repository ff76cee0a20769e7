from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.documents.corrections import Line
from app.documents.minutes import ActionItem, Minutes, Point
from app.documents.transcript import Segment, Transcript
from app.pipeline import corrections
from app.pipeline.change import Change
from app.pipeline.corrections import load, save
from app.pipeline.recording import Recording
from app.pipeline.versions import PAUSE, LineChange, change_back, versions

TRANSCRIPT = Transcript((Segment(0.0, 1.0, "one"), Segment(2.0, 3.0, "two")), "en", "an actor", 5.0)
HEARD = Minutes("en", "an actor", decisions=(Point("one", 0.0),))
OWN = replace(HEARD, decisions=(Point("We wait.", 0.0),))
ONE, TWO = Line(0.0, 1.0, "one"), Line(2.0, 3.0, "two")


class Clock:
    """The time at which changes are saved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 30, tzinfo=UTC)

    def now(self, _zone: object) -> datetime:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(corrections, "datetime", clock)
    return clock


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording("a.wav", tmp_path / "source", tmp_path, transcript=TRANSCRIPT, minutes=HEARD)


def change(recording: Recording, **change: object) -> None:
    assert save(recording, load(recording).version, Change(**{"lines": {}, **change}))  # type: ignore[arg-type]


def texts(recording: Recording) -> list[str]:
    transcript = load(recording).recording.transcript
    assert transcript is not None
    return [segment.text for segment in transcript.segments]


def test_nobody_has_changed_anything(recording: Recording) -> None:
    assert versions(recording) == []
    assert change_back(recording, 1) is None
    assert change_back(recording, -1) is None


def test_what_is_saved_in_one_sitting_is_one_version(recording: Recording, clock: Clock) -> None:
    change(recording, lines={0: Line(0.0, 1.0, "On")})
    clock.time += PAUSE
    change(recording, lines={0: Line(0.0, 1.0, "One.")})
    clock.time += PAUSE + timedelta(seconds=1)
    change(recording, lines={1: None}, minutes=OWN)
    second, first = versions(recording)
    assert (first.number, first.lines) == (2, (LineChange(ONE, Line(0.0, 1.0, "One.")),))
    assert first.ended - first.began == PAUSE
    assert (second.number, second.lines) == (3, (LineChange(TWO, None),))
    assert not first.minutes_changed
    assert (second.minutes_before, second.minutes_after) == (("one",), ("We wait.",))


def test_what_a_sitting_took_back_itself_is_none(recording: Recording, clock: Clock) -> None:
    change(recording, lines={0: None})
    change(recording, lines={0: ONE})
    assert versions(recording) == []


def test_an_earlier_version_comes_back_and_the_later_stays(recording: Recording, clock: Clock) -> None:
    change(recording, lines={0: Line(0.0, 1.0, "One.")}, minutes=OWN)
    clock.time += 2 * PAUSE
    change(recording, lines={1: None, 7: Line(4.0, 5.0, "three")})
    clock.time += 2 * PAUSE
    for number, said, minutes in ((1, ["One.", "two"], OWN), (0, ["one", "two"], HEARD)):
        back = change_back(recording, number)
        assert back is not None
        assert save(recording, *back)
        assert texts(recording) == said
        assert load(recording).recording.minutes == minutes
        clock.time += 2 * PAUSE
    again = change_back(recording, 2)
    assert again is not None
    assert save(recording, *again)
    assert texts(recording) == ["One.", "three"]
    assert len(versions(recording)) == 5


def test_minutes_name_voices_as_people_call_them(recording: Recording) -> None:
    item = ActionItem("Write.", 0.0, who="speaker:1", done=True)
    change(recording, minutes=replace(HEARD, action_items=(item,)))
    (version,) = versions(recording, name={"speaker:1": "Vera"}.__getitem__)
    assert version.minutes_after == ("one", "Write. · Vera · ✓")


def test_a_speaker_who_gets_a_name_everywhere_is_one_version_of_its_own(
    recording: Recording, clock: Clock
) -> None:
    named = {key: replace(line, speaker="Anna") for key, line in ((0, ONE), (1, TWO))}
    for number, change in enumerate(({0: replace(ONE, text="One.")}, named, {1: replace(TWO, speaker="B")})):
        lines = {key: replace(line, text="One.") if key == 0 else line for key, line in change.items()}
        assert save(recording, number, Change(dict(lines)))
        clock.time += timedelta(seconds=20)
    assert [(one.number, len(one.lines)) for one in versions(recording)] == [(3, 1), (2, 2), (1, 1)]
    for second in ("Two.", "Two!"):  # of one line, within a minute: one version, and undone step by step
        assert save(
            recording, len(versions(recording)) + (second == "Two!"), Change({1: replace(TWO, text=second)})
        )
        clock.time += timedelta(seconds=20)
    assert [one.number for one in versions(recording)] == [5, 2, 1]


def test_minutes_written_anew_stay_among_the_versions_and_come_back(
    recording: Recording, clock: Clock
) -> None:
    assert save(recording, 0, Change({}, OWN))
    assert load(recording).own_sections == {"decisions"}
    clock.time += timedelta(seconds=20)
    anew = Change({}, drop_minutes=True, replaced=HEARD, anew=("decisions",), language="ru")
    assert save(recording, 1, anew)
    waiting = replace(recording, minutes=None)  # the stage has not run yet
    assert load(waiting).recording.minutes == OWN, "meanwhile the page shows what there was"
    made = replace(HEARD, language="ru", decisions=(Point("Один", 0.0),), written_in="ru")
    recording = replace(recording, minutes=made)
    assert load(recording).recording.minutes == made
    assert load(recording).own_sections == frozenset()
    found = versions(recording)
    assert [(one.minutes_before, one.minutes_after) for one in found] == [
        (("We wait.",), ("Один",)),
        (("one",), ("We wait.",)),
    ]
    for number, minutes, own in ((1, OWN, {"decisions"}), (0, HEARD, set()), (2, made, set())):
        change = change_back(recording, number)
        assert change
        saved = save(recording, *change)
        assert saved
        assert (saved.recording.minutes, saved.own_sections) == (minutes, own), number


def test_of_minutes_written_anew_in_part_the_others_stay_a_persons(recording: Recording) -> None:
    both = replace(OWN, summary=(Point("Mine.", 0.0),))
    assert save(recording, 0, Change({}, both))
    assert save(recording, 1, Change({}, drop_minutes=True, replaced=HEARD, anew=("decisions",)))
    made = replace(both, decisions=(Point("anew", 0.0),))
    assert load(replace(recording, minutes=made)).own_sections == {"summary"}
