"""Questions on the page of a recording: the answer with its moments, or why there is none."""

import json
import re

import pytest
from flask import Flask

from app.engines.compute.device import Priority
from app.progress import Progress
from app.summarization.prompt import Prompt
from app.web.core.context import konspekt
from tests.summarization.obedient import Obedient
from tests.web.visitor import HTMX, JSON, Visitor

SAID = {"quotes": [{"line": 0, "words": "тайное совещание"}], "answer": "Тайное совещание."}


class Chatting(Obedient):
    """A summarizer that is a chat model."""

    def say(self, answer: str) -> None:
        self._answer = lambda prompt: answer

    def chat(self, priority: Priority, progress: Progress) -> Obedient:
        assert priority is Priority.INTERACTIVE
        return self


@pytest.fixture
def asking(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Chatting:
    model = Chatting(lambda prompt: json.dumps(SAID, ensure_ascii=False))
    engines = type(konspekt(app).engines)
    monkeypatch.setattr(engines, "summarizer", lambda *args: model)
    monkeypatch.setattr("app.web.pages.questions.answers_questions", lambda *args: True)
    return model


def test_the_answer_comes_as_json_as_a_part_of_the_page_and_as_a_page(
    anna: Visitor, asking: Chatting
) -> None:
    job = anna.done("тайное совещание")
    assert 'id="questions"' in anna.open(f"/jobs/{job.id}")
    address, question = f"/jobs/{job.id}/questions", {"question": "Какое совещание?"}
    answer = anna.post(address, question, headers=JSON).json
    assert (answer["said"], answer["answer"]) == (True, "Тайное совещание.")
    assert answer["moments"] == [{"text": "тайное совещание", "start": 0.0}]
    part = anna.post(address, question, headers=HTMX)
    assert part.text.startswith("<p") or "<html" not in part.text
    assert 'href="#t0"' in part.text
    whole = anna.post(address, question, headers={"Accept": "text/html"})
    assert f"/jobs/{job.id}#t0" in whole.text


@pytest.mark.parametrize("question", ["", "   ", "a" * 501])
def test_no_question_and_too_long_a_one_are_refused(anna: Visitor, asking: Chatting, question: str) -> None:
    job = anna.done()
    answer = anna.post(f"/jobs/{job.id}/questions", {"question": question}, headers=JSON)
    assert answer.status_code == 422
    assert asking.asked == []


def test_without_a_chat_model_page_and_answer_say_how_to_get_one(anna: Visitor) -> None:
    job = anna.done()
    assert "flask models fetch" in anna.open(f"/jobs/{job.id}")
    answer = anna.post(f"/jobs/{job.id}/questions", {"question": "Что решили?"}, headers=JSON)
    assert answer.status_code == 503
    assert "flask models fetch" in answer.json["error"]["message"]


def test_all_recordings_are_asked_and_each_moment_names_its_own(
    anna: Visitor, boris: Visitor, asking: Chatting
) -> None:
    asking._answer = lambda prompt: json.dumps(
        {"quotes": [{"line": prompt_line(prompt, "совещание"), "words": "тайное совещание"}], "answer": ""},
        ensure_ascii=False,
    )
    anna.done("погода хорошая")
    job = anna.done("тайное совещание")
    boris.done("совещание у Бориса")
    question = {"question": "Какое было совещание?"}
    answer = anna.post("/recordings/questions", question, headers=JSON).json
    assert answer["moments"] == [
        {"text": "тайное совещание", "start": 0.0, "job_id": job.id, "name": "тайное совещание"}
    ]
    assert "Бориса" not in asking.asked[-1].user
    assert "погода" not in asking.asked[-1].user
    part = anna.post("/recordings/questions", question, headers=HTMX).text
    assert f'href="/jobs/{job.id}#t0"' in part
    whole = anna.post("/recordings/questions", question, headers={"Accept": "text/html"}).text
    assert f'href="/jobs/{job.id}#t0"' in whole
    assert 'href="/recordings"' in whole
    assert 'id="question"' in anna.open("/recordings")


def prompt_line(prompt: Prompt, word: str) -> int:
    """Return the number of the line that a model is shown with this word in it."""
    numbers = re.findall(rf"^\[(\d+)\] .*{word}", prompt.user, re.MULTILINE)
    return int(numbers[0]) if numbers else -1


@pytest.mark.parametrize("question", ["Что с бюджетом?", "а и но", "?!", "«' OR 1=1 \"*:^"])
def test_of_what_no_recording_speaks_nothing_is_asked(anna: Visitor, asking: Chatting, question: str) -> None:
    anna.done("тайное совещание")
    answer = anna.post("/recordings/questions", {"question": question}, headers=JSON).json
    assert (answer["said"], answer["moments"], asking.asked) == (False, [], [])


def test_an_own_prompt_becomes_a_document_of_its_points(anna: Visitor, asking: Chatting) -> None:
    point = {"text": "Тайное совещание.", "source": [0]}
    written = {"topics": [{"title": "Совещание", "points": [point]}], "decisions": [], "action_items": []}
    asking.say(json.dumps(written, ensure_ascii=False))
    job = anna.done("тайное совещание")
    answer = anna.post(f"/jobs/{job.id}/own/minutes.md", {"prompt": "О чём говорили?"})
    assert "О чём говорили?" in answer.text
    assert "Тайное совещание" in answer.text
    assert anna.post(f"/jobs/{job.id}/own/transcript.txt", {"prompt": "а"}).status_code == 404
    assert anna.post(f"/jobs/{job.id}/own/minutes.md", {"prompt": " "}).status_code == 422
