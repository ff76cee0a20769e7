"""What a visitor has becomes an account's, once; what an account has goes with it."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.engines.diarization import KnownVoice
from app.jobs import ownership
from app.jobs.job import JobStatus
from app.jobs.store import JobStore
from app.jobs.voices import Voices
from tests.jobs.test_store import accept, on_both_databases

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def voice(name: str, *vector: float, model: str = "a model") -> KnownVoice:
    return KnownVoice(name, np.array(vector, np.float32), model)


@on_both_databases
def test_recordings_move_once_in_whatever_state_they_are(store: JobStore) -> None:
    for owner in ("visitor", "visitor", "other"):
        accept(store, owner)
    with store.begin() as session:
        assert ownership.move(session, "visitor", "account:a") == 2
    with store.begin() as session:
        assert ownership.move(session, "visitor", "account:b") == 0
    assert [len(store.list(owner)) for owner in ("visitor", "account:a", "account:b", "other")] == [
        0,
        2,
        0,
        1,
    ]


@on_both_databases
def test_voices_of_one_name_become_one(store: JobStore) -> None:
    voices = Voices(store, 30)
    for owner, name, vector in (
        ("anna", "Борис", (1, 0)),
        ("visitor", "Борис", (0, 1)),
        ("visitor", "Вера", (0, 1)),
    ):
        voices.remember(owner, voice(name, *vector), NOW)
    with store.begin() as session:
        ownership.move(session, "visitor", "anna")
    assert [(one.name, one.n) for one in voices.of("anna")] == [("Борис", 2), ("Вера", 1)]
    assert voices.of("visitor") == []
    joined = next(one for one in voices.known("anna") if one.name == "Борис")
    assert joined.vector == pytest.approx([0.5**0.5, 0.5**0.5])


@pytest.mark.parametrize("newer", ["anna", "visitor"])
def test_of_voices_of_two_models_the_newer_stays(store: JobStore, newer: str) -> None:
    voices = Voices(store, 30)
    for owner, model in (("anna", "old"), ("visitor", "new")):
        voices.remember(
            owner, voice("Борис", 1, 0, model=model), NOW.replace(hour=13 if owner == newer else 12)
        )
    with store.begin() as session:
        ownership.move(session, "visitor", "anna")
    (left,) = voices.known("anna")
    assert left.model == ("old" if newer == "anna" else "new")


def test_all_that_an_account_has_is_given_up(store: JobStore) -> None:
    for owner in ("account:a", "account:b"):
        accept(store, owner)
    Voices(store, 30).remember("account:a", voice("Борис", 1, 0), NOW)
    with store.begin() as session:
        assert ownership.give_up(session, "account:a") == 1
    assert (store.list("account:a"), len(store.list("account:b"))) == ([], 1)
    assert Voices(store, 30).of("account:a") == []
    assert store.counts()[JobStatus.CANCELLED] == 1  # nobody works on it any more
