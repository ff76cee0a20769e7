from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.config import Config
from app.engines.diarization import KnownVoice
from app.errors import Conflict, NotAllowed, NotFound
from app.jobs import voices as module
from app.jobs.store import JobStore
from app.jobs.voices import Voices

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobStore]:
    store = JobStore(Config(_env_file=None, data_dir=tmp_path_factory.mktemp("data")))  # type: ignore[call-arg]
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def voices(store: JobStore) -> Voices:
    Voices(store, 0).expire(NOW)  # none of the test before
    return Voices(store, 30)


def voice(name: str, *vector: float, model: str = "a model") -> KnownVoice:
    return KnownVoice(name, np.array(vector, np.float32), model)


def test_a_voice_is_its_owners_alone_and_goes_when_he_says_so(voices: Voices) -> None:
    voices.remember("anna", voice("Борис", 1, 0), NOW)
    voices.remember("vera", voice("Борис", 0, 1), NOW)
    (mine,) = voices.of("anna")
    assert (mine.name, mine.n, mine.used_at) == ("Борис", 1, NOW)
    (known,) = voices.known("anna")
    assert (known.name, known.vector.tolist(), known.model) == ("Борис", [1.0, 0.0], "a model")
    with pytest.raises(NotFound):
        voices.forget("vera", mine.id)
    voices.forget("anna", mine.id)
    assert voices.of("anna") == []
    assert voices.known("anna") == ()
    voices.forget_all("anna")
    assert len(voices.of("vera")) == 1


def test_a_name_that_is_remembered_again_becomes_the_mean_of_one_model(voices: Voices) -> None:
    for vector in ((1, 0), (0, 1)):
        voices.remember("anna", voice("Борис", *vector), NOW)
    (known,) = voices.known("anna")
    assert known.vector.tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
    assert voices.of("anna")[0].n == 2
    voices.remember("anna", voice("Борис", 0, 1, model="another"), NOW)
    (known,) = voices.known("anna")
    assert (known.vector.tolist(), known.model, voices.of("anna")[0].n) == ([0.0, 1.0], "another", 1)


def test_a_voice_that_is_not_heard_is_forgotten_and_one_that_is_lasts(voices: Voices) -> None:
    for name in ("Борис", "Вера"):
        voices.remember("anna", voice(name, 1, 0), NOW)
    voices.used("anna", {"Вера"}, NOW + 10 * DAY)
    voices.expire(NOW + 31 * DAY)
    assert [one.name for one in voices.of("anna")] == ["Вера"]


def test_the_one_setting_switches_it_off_and_deletes_what_was_kept(store: JobStore, voices: Voices) -> None:
    voices.remember("anna", voice("Борис", 1, 0), NOW)
    off = Voices(store, 0)
    assert off.known("anna") == ()
    with pytest.raises(NotAllowed):
        off.remember("anna", voice("Вера", 1, 0), NOW)
    off.expire(NOW)
    assert voices.of("anna") == []


def test_there_are_at_most_so_many_voices_of_an_owner(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_OF_AN_OWNER", 1)
    voices.remember("anna", voice("Борис", 1, 0), NOW)
    voices.remember("anna", voice("Борис", 1, 0), NOW)
    with pytest.raises(Conflict):
        voices.remember("anna", voice("Вера", 1, 0), NOW)
