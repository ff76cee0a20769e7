from collections.abc import Iterable

import numpy as np
import pytest

from app.audio.waveform import Sound, Span, Waveform
from app.engines.speakers.channels import Channel, Levels, hear_different_people, own_speech, turns_by_channel

RATE = 16_000


def sound(*levels_db: float, seed: int = 0) -> Waveform:
    """Return a second of noise for each level."""
    rng = np.random.default_rng(seed)
    samples = [10 ** (level / 20) * rng.standard_normal(RATE) for level in levels_db]
    return Waveform(np.concatenate(samples).astype(np.float32)[None], RATE)


def all_of_it(sound: Sound) -> Iterable[Span]:
    return [Span(0.0, sound.duration_s)]


def told(*channels: Sound) -> list[tuple[float, float, str]]:
    turns = turns_by_channel(channels, all_of_it, lambda _: None)
    return [(turn.start, turn.end, turn.speaker) for turn in turns]


LOUD, BLEED, ROOM, NOTHING = -20.0, -38.0, -24.0, -80.0


def test_who_speaks_is_heard_in_his_own_channel_also_where_others_are_heard_through() -> None:
    first = sound(LOUD, LOUD, BLEED, BLEED, LOUD)
    second = sound(BLEED, BLEED, LOUD, LOUD, BLEED, seed=1)
    found = told(first, second)
    assert [speaker for *_, speaker in found] == ["Speaker 1", "Speaker 2", "Speaker 1"]
    assert [start for start, *_ in found] == pytest.approx([0, 2, 4], abs=0.15)


def test_people_who_talk_at_once_are_both_told() -> None:
    found = told(sound(LOUD, LOUD, LOUD, NOTHING, NOTHING), sound(NOTHING, NOTHING, LOUD, LOUD, LOUD, seed=1))
    assert [(round(start), round(end)) for start, end, _ in found] == [(0, 3), (2, 5)]


def test_a_quiet_microphone_counts_as_much_as_a_loud_one() -> None:
    found = told(sound(LOUD, LOUD, BLEED, BLEED), sound(BLEED - 15, BLEED - 15, LOUD - 15, LOUD - 15, seed=1))
    assert [speaker for *_, speaker in found] == ["Speaker 1", "Speaker 2"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((LOUD, ROOM, LOUD, ROOM), (ROOM, LOUD, ROOM, LOUD)),  # two microphones in one room
        ((LOUD, LOUD, LOUD), (LOUD, LOUD, LOUD)),  # the same twice
        ((LOUD, LOUD, LOUD), (NOTHING, NOTHING, NOTHING)),  # one of them is dead
    ],
)
def test_channels_without_voices_of_their_own_tell_nothing(
    first: tuple[float, ...], second: tuple[float, ...]
) -> None:
    assert told(sound(*first), sound(*second, seed=1)) == []


def test_tracks_need_not_be_as_long_as_each_other_and_may_be_many() -> None:
    tracks = [sound(*([NOTHING] * n), LOUD, LOUD, seed=n) for n in (0, 2, 4)]
    assert [speaker for *_, speaker in told(*tracks)] == ["Speaker 1", "Speaker 2", "Speaker 3"]


def test_a_channel_is_read_alone() -> None:
    both = Waveform(np.stack([np.zeros(RATE), np.ones(RATE)]).astype(np.float32), RATE)
    assert Channel(both, 1).cut(0.2, 0.4).mono().min() == 1.0
    assert (Channel(both, 0).duration_s, Channel(both, 0).sample_rate) == (1.0, RATE)
    assert told(sound(LOUD).cut(0, 0), sound(LOUD).cut(0, 0)) == []


def spoken(seed: int, seconds: int = 8) -> Waveform:
    """Return noise whose loudness rises and falls as that of speech does."""
    rng = np.random.default_rng(seed)
    loudness = np.interp(
        np.arange(seconds * RATE) / RATE,
        np.arange(0, seconds + 1, 0.2),
        rng.uniform(-40, -10, 5 * seconds + 5),
    )
    samples = 10 ** (loudness / 20) * rng.standard_normal(seconds * RATE)
    return Waveform(samples.astype(np.float32)[None], RATE)


def later(sound: Waveform, by_s: float, gain: float) -> Waveform:
    n = round(by_s * RATE)
    moved = np.pad(gain * sound.samples, ((0, 0), (n, 0)))[:, : sound.samples.shape[1]]
    noise = np.random.default_rng(9).normal(0, 0.001, moved.shape)
    return Waveform((moved + noise).astype(np.float32), RATE)


@pytest.mark.parametrize(("by_s", "gain"), [(0.0, 1.0), (0.015, 0.5), (0.15, 0.2)])
def test_what_another_microphone_or_a_loudspeaker_hears_is_of_one_source(by_s: float, gain: float) -> None:
    assert not heard_apart(spoken(1), later(spoken(1), by_s, gain))


def test_two_who_speak_at_once_are_two_sources() -> None:
    assert heard_apart(spoken(1), spoken(2))
    assert not heard_apart(spoken(1, 2), spoken(2, 2)), "of two seconds nothing can be said"


def heard_apart(*sounds: Waveform) -> bool:
    found: list[bool] = []

    def look(levels: Levels) -> bool:
        found.append(hear_different_people(levels))
        return False

    own_speech(sounds, all_of_it, lambda _: None, look)
    return found[0]
