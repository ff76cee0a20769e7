"""Containers × states of recordings: what is said is found at its time, or a remark says why not.

A part of the table in every test run, all of it with `make trials`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.audio.decode import decode_speech
from app.audio.levelling import LevelledSound
from app.audio.limits import Limits
from app.audio.media import Media
from app.audio.wav import WavFile
from app.audio.waveform import Sound, Span
from app.engines.compute.device import Device
from app.engines.silero import SileroVoiceDetector
from tests.audio import media_matrix
from tests.audio.media_matrix import CONTAINERS, LATE_S, PICTURE_S, SECONDS, SPOKEN
from tests.long import LONG

TOLERANCE_S = 0.3  # the detector pads what it finds, and encoders begin with a little silence
JOIN_TOLERANCE_S = 1.3  # where a joined file's second part begins, players differ by what they count
Hear = Callable[[Path], tuple[list[float], Media]]


def of(*states: str, **wanted: bool) -> list[tuple[str, str]]:
    """Return the pairs to try: all of them, or some of every state and of every container."""
    names = [
        name for name, container in CONTAINERS.items() if all(getattr(container, what) for what in wanted)
    ]
    pairs = [(name, state) for i, name in enumerate(names) for j, state in enumerate(states)]
    return pairs if LONG else pairs[:: 6 if len(pairs) < 30 else 13]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return media_matrix.speech(tmp_path_factory.mktemp("said"))


@pytest.fixture(scope="module")
def detector() -> Iterator[SileroVoiceDetector]:
    with Device() as device:
        yield SileroVoiceDetector(device)


@pytest.fixture
def hear(detector: SileroVoiceDetector, tmp_path: Path) -> Hear:
    """Return where speech begins in a file, as the pipeline finds it, and what is known of the file."""

    def find(sound: Sound) -> tuple[Span, ...]:
        return tuple(detector.detect(LevelledSound(sound), lambda _: None))

    def heard(source: Path) -> tuple[list[float], Media]:
        target, limits = tmp_path / "speech.wav", Limits(disk_reserve_bytes=0)
        media = decode_speech(source, target, limits=limits, progress=lambda _: None, find_speech=find)
        return [span.start for span in find(WavFile(target))], media

    return heard


@pytest.mark.parametrize(("kind", "state"), of("plain", "quiet"))
def test_both_sentences_are_found_where_they_are_said_loud_or_at_minus_50_db(
    kind: str, state: str, said: Path, tmp_path: Path, hear: Hear
) -> None:
    starts, media = hear(getattr(media_matrix, state)(kind, said, tmp_path))
    assert starts == pytest.approx(SPOKEN, abs=TOLERANCE_S)
    assert media.remarks == ()


@pytest.mark.parametrize(("kind", "state"), of("late", video=True, late=True))
def test_sound_that_starts_after_the_picture_keeps_its_time(
    kind: str, state: str, said: Path, tmp_path: Path, hear: Hear
) -> None:
    starts, _ = hear(media_matrix.late(kind, said, tmp_path))
    assert starts == pytest.approx([at + LATE_S for at in SPOKEN], abs=TOLERANCE_S)


@pytest.mark.parametrize(("kind", "state"), of("tracks", tracks=True))
def test_the_track_on_which_somebody_speaks_is_heard(
    kind: str, state: str, said: Path, tmp_path: Path, hear: Hear
) -> None:
    starts, _ = hear(media_matrix.tracks(kind, said, tmp_path))
    assert starts == pytest.approx(SPOKEN, abs=TOLERANCE_S)


@pytest.mark.parametrize(("kind", "state"), of("cut", tells=True))
def test_what_is_left_of_a_file_is_heard_and_it_is_said_that_it_breaks_off(
    kind: str, state: str, said: Path, tmp_path: Path, hear: Hear
) -> None:
    starts, media = hear(media_matrix.cut(kind, said, tmp_path))
    assert starts == pytest.approx(SPOKEN[: len(starts)], abs=TOLERANCE_S)
    assert starts, "the first sentence is in it"
    assert media.remarks


@pytest.mark.parametrize(("kind", "state"), of("joined"))
def test_what_stands_behind_is_heard_at_the_time_that_a_player_shows_or_it_is_said(
    kind: str, state: str, said: Path, tmp_path: Path, hear: Hear
) -> None:
    starts, media = hear(media_matrix.joined_files(kind, said, tmp_path))
    assert starts[:2] == pytest.approx(SPOKEN, abs=TOLERANCE_S)
    if len(starts) == 2:
        assert media.remarks, "half of it is not heard, and nobody is told"
        return
    whole_s = PICTURE_S if CONTAINERS[kind].video and len(starts) == 4 and starts[2] > 12 else SECONDS
    assert starts[2:] == pytest.approx([at + whole_s for at in SPOKEN], abs=JOIN_TOLERANCE_S)
