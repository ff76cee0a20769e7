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
