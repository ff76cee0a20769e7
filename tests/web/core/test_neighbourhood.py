"""What sounds like a recording is looked for among the visitor's own, and in one space of vectors."""

from dataclasses import replace

from flask import session

from app.pipeline import artifacts, stages_of
from app.web.core.neighbourhood import Neighbourhood, neighbourhood
from tests.web.visitor import Visitor

VECTORIZED = stages_of(vectorize=True)


def near(visitor: Visitor, job_id: str) -> Neighbourhood | None:
    with visitor.app.test_request_context():
        session["owner"] = visitor.owner
        return neighbourhood(job_id)


def test_a_recording_has_its_owners_others_near_it_and_on_the_map(anna: Visitor, boris: Visitor) -> None:
    one, two, three = (anna.done(name, stages=VECTORIZED) for name in ("1.mp3", "2.mp3", "3.mp3"))
    boris.done("4.mp3", stages=VECTORIZED)
    found = near(anna, one.id)
    assert found is not None
    assert {alike.of.id for alike in found.alike} == {two.id, three.id}
    assert {place.of.id for place in found.places} == {one.id, two.id, three.id}


def test_vectors_of_another_engine_are_left_out(anna: Visitor) -> None:
    one, two, three = (anna.done(name, stages=VECTORIZED) for name in ("1.mp3", "2.mp3", "3.mp3"))
    recording = anna.jobs.results.recording(two)
    assert recording.embedding is not None
    other = replace(recording.embedding, engine="another")
    artifacts.save("vectorize", replace(recording, embedding=other))
    found = near(anna, one.id)
    assert found is not None
    assert [alike.of.id for alike in found.alike] == [three.id]
    assert found.places == (), "two make no map"


def test_without_a_vector_or_for_a_stranger_there_is_nothing(anna: Visitor, boris: Visitor) -> None:
    assert near(anna, anna.done().id) is None
    assert near(boris, anna.done("1.mp3", stages=VECTORIZED).id) is None
