import numpy as np
import pytest

from app.engines.diarization import DiarizeOptions
from app.engines.speakers import clustering
from app.engines.speakers.clustering import cluster, pooled
from app.engines.speakers.embedding import Voices


def voices(n_people: int, n_each: int, spread: float = 0.25, short: int = 0, seed: int = 0) -> Voices:
    """Return voices of people who speak one after the other, two in each window; `short`: strange bits."""
    rng = np.random.default_rng(seed)
    people = np.linalg.qr(rng.standard_normal((192, n_people + short)))[0].T
    who = np.concatenate([np.tile(np.arange(n_people), n_each), n_people + np.arange(short)])
    vectors = people[who] + spread * rng.standard_normal((len(who), 192)) / np.sqrt(192) * 3
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    seconds = np.where(who < n_people, 3.0, 0.5)
    windows = np.arange(len(who)) // 2
    return Voices(windows, np.arange(len(who)) % 2, vectors.astype(np.float32), seconds)


def found(given: Voices, options: DiarizeOptions = DiarizeOptions()) -> list[int]:  # noqa: B008
    labels = cluster(given, (int(given.window[-1]) + 1, 589, 3), options)
    assert (labels[:, 2] == -1).all(), "nobody was there"
    return [int(labels[w, v]) for w, v in zip(given.window, given.voice, strict=True)]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_people_are_counted_and_told_apart(n: int) -> None:
    said = found(voices(n, 12))
    assert len(set(said)) == n
    assert said == [said[index % n] for index in range(12 * n)]


def test_bits_like_nobody_are_no_people() -> None:
    assert len(set(found(voices(3, 12, short=4)))) == 3


@pytest.mark.parametrize(("least", "most", "n"), [(2, 2, 2), (5, 5, 5), (1, 3, 3), (4, 9, 4), (6, 9, 6)])
def test_a_number_or_a_range_that_is_given_is_kept(least: int, most: int, n: int) -> None:
    assert len(set(found(voices(4, 20), DiarizeOptions(least, most)))) == n


def in_two_rooms(noise: float, short: int = 0) -> Voices:
    """Return one person who sounds a little otherwise in a second room; `short`: strange bits after it."""
    rng = np.random.default_rng(0)
    person, *rooms = np.linalg.qr(rng.standard_normal((192, 3 + short)))[0].T
    heard = [person + 0.45 * rooms[n // 30] for n in range(60)]
    said = np.stack([*heard, *rooms[2:]])
    said[:60] += noise * rng.standard_normal((60, 192)) / np.sqrt(192)
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    seconds = np.where(np.arange(len(said)) < 60, 3.0, 0.5)
    return Voices(np.arange(len(said)), np.zeros(len(said), int), said.astype(np.float32), seconds)


def test_one_person_in_two_rooms_is_one_by_the_means_though_the_voices_are_far_from_each_other() -> None:
    heard = in_two_rooms(noise=1.14)
    halves = heard.vectors[:30] @ heard.vectors[30:].T
    assert 1.0 - halves.mean() > clustering.THRESHOLD
    assert len(set(found(heard))) == 1
    assert len(set(found(heard, DiarizeOptions(2, 2)))) == 2


def test_who_says_little_is_found_before_a_person_is_parted() -> None:
    heard = in_two_rooms(noise=1.0, short=1)
    assert len(set(found(heard))) == 1
    assert found(heard, DiarizeOptions(2, 2)) == [0] * 60 + [1]


def test_a_bit_of_a_long_recording_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    many = voices(3, 300)
    many.seconds[:] = 3.0
    bits = voices(1, 2, seed=5)
    joined = Voices(
        np.concatenate([many.window, bits.window + 450]),
        np.concatenate([many.voice, bits.voice]),
        np.concatenate([many.vectors, bits.vectors]),
        np.concatenate([many.seconds, bits.seconds]),
    )
    assert len(set(found(joined))) == 3
    monkeypatch.setattr(clustering, "SHARE", 0.0)
    assert len(set(found(joined))) == 4


def test_two_voices_of_a_window_are_two_people_where_there_are_two() -> None:
    alike = voices(2, 10)
    alike.vectors[0] = alike.vectors[1]
    said = found(alike)
    assert said[0] != said[1]


def test_one_voice_alone_is_one_person_and_none_is_nobody() -> None:
    one = voices(1, 1)
    assert found(one) == [0]
    nobody = Voices(one.window[:0], one.voice[:0], one.vectors[:0], one.seconds[:0])
    assert (cluster(nobody, (4, 589, 3), DiarizeOptions(3, 3)) == -1).all()


def test_more_people_than_voices_is_as_many_as_there_are() -> None:
    assert len(set(found(voices(2, 1), DiarizeOptions(7, 7)))) == 2


def test_long_recordings_are_pooled_before_they_are_clustered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clustering, "MAX_POINTS", 100)
    many = voices(4, 300)
    vectors, seconds = pooled(many.vectors, many.seconds)
    assert len(vectors) <= 100
    assert seconds.sum() == pytest.approx(many.seconds.sum())
    said = found(many)
    assert said == [said[index % 4] for index in range(len(said))]
    assert len(set(said)) == 4
