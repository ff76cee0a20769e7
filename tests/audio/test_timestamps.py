"""Recordings whose rate or channels change in mid-file: what is said after it keeps its time."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.audio.changing_media import CHANGES, EACH_S, LIMITS, changing, heard
from tests.long import LONG
from tests.making import make_media

LATE_S = 1.0
CONTAINERS = {
    "mp3": ("ts", "mkv", "mp4", "mov", "flv"),
    "mp2": ("ts", "mkv", "mov", "mpg"),
    "ac3": ("ts", "m2ts", "mkv", "mp4", "avi", "vob"),
    "aac": ("ts",),
}


def possible(codec: str, container: str, change: str) -> bool:
    """Tell whether there is such a file: AC-3 has no low rates, MP4 takes no rate that rises."""
    rates = [rate for rate, _ in CHANGES[change]]
    if codec == "ac3" or container == "avi":
        return rates[0] == rates[1]
    if codec == "aac":  # of a rate that rises, ffmpeg guesses the times between two that it is told
        return rates[0] >= rates[1]
    return rates[0] >= rates[1] or container not in ("mp4", "mov")


ALL = [
    (codec, container, change)
    for codec, containers in CONTAINERS.items()
    for container in containers
    for change in CHANGES
    if possible(codec, container, change)
]
SOME = [
    ("mp3", "mkv", "48 to 16 kHz"),
]


@pytest.mark.parametrize(("codec", "container", "change"), ALL if LONG else SOME)
def test_what_follows_a_change_of_rate_or_channels_keeps_its_time(
    codec: str, container: str, change: str, tmp_path: Path
) -> None:
    media, begins_s = heard(changing(tmp_path, codec, container, change))
    assert begins_s == pytest.approx(EACH_S, abs=0.2)
    assert media.duration_s == pytest.approx(2 * EACH_S, abs=0.3)
    assert media.remarks == ()


def test_a_gap_at_the_change_is_silence(tmp_path: Path) -> None:
    _, begins_s = heard(changing(tmp_path, "mp2", "ts", "44.1 to 22.05 kHz", gap_s=1.5))
    assert begins_s == pytest.approx(EACH_S + 1.5, abs=0.2)


def test_many_changes_make_no_recording_too_long(tmp_path: Path) -> None:
    """As in an evening of television; each would put in all the time from the beginning."""
    made = changing(tmp_path, "mp3", "mkv", "mono to stereo", rounds=3)
    media, begins_s = heard(made, replace(LIMITS, max_duration_s=8 * EACH_S))
    assert begins_s == pytest.approx(EACH_S, abs=0.2)
    assert media.duration_s == pytest.approx(6 * EACH_S, abs=0.5)


def test_sound_that_starts_late_and_changes_keeps_its_time_on_both_tracks(tmp_path: Path) -> None:
    made = changing(tmp_path, "mp3", "mkv", "mono to stereo")
    late = ("-itsoffset", str(LATE_S), "-i", str(made))
    picture = ("-f", "lavfi", "-i", f"color=c=gray:s=64x48:r=5:d={2 * EACH_S}")
    both = ("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a", "copy", "-c:v", "mpeg4")
    media, begins_s = heard(make_media(tmp_path / "late.mkv", *picture, *late, *both))
    assert begins_s == pytest.approx(EACH_S + LATE_S, abs=0.2)
    assert len(media.tracks) == 2
