"""Which recordings sound alike, asked by a program with the session of a visitor."""

from dataclasses import replace

from app.pipeline import artifacts, stages_of
from tests.web.visitor import JSON, Visitor

VECTORIZED = stages_of(vectorize=True)


def test_similar_answers_the_owner_alone(anna: Visitor, boris: Visitor) -> None:
    one, two = anna.done("one.mp3", stages=VECTORIZED), anna.done("two.mp3", stages=VECTORIZED)
    boris.done("three.mp3", stages=VECTORIZED)
    answer = anna.client.get(f"/api/similar?job={one.id}")
    assert answer.status_code == 200
    assert [found["job"] for found in answer.json["similar"]] == [two.id]
    assert -1 <= answer.json["similar"][0]["similarity"] <= 1
    assert boris.client.get(f"/api/similar?job={one.id}").status_code == 404
    assert anna.client.get("/api/similar").status_code == 400
    assert anna.client.get(f"/api/similar?job={anna.done().id}").status_code == 404


def test_vectors_of_another_engine_are_not_compared(anna: Visitor) -> None:
    one, two = anna.done("one.mp3", stages=VECTORIZED), anna.done("two.mp3", stages=VECTORIZED)
    recording = anna.jobs.results.recording(two)
    assert recording.embedding is not None
    other = replace(recording.embedding, engine="another")
    artifacts.save("vectorize", replace(recording, embedding=other))
    assert anna.client.get(f"/api/similar?job={one.id}", headers=JSON).json["similar"] == []
