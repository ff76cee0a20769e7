"""The list of versions, and how one comes back."""

from app.web.pages import versions
from tests.web.pages.test_transcripts import LINE, send
from tests.web.visitor import JSON, Visitor

SCRIPT = "<script>alert(1)</script>"


def test_a_version_shows_what_changed_and_comes_back(anna: Visitor) -> None:
    job = anna.done("совищание")
    path = f"/jobs/{job.id}/versions"
    assert "Nobody has corrected anything yet" in anna.open(path)
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    page = anna.open(path)
    assert "<del>совищание</del>" in page
    assert "<ins>Тайное совещание.</ins>" in page
    assert "<ins>Анна</ins>" in page
    answer = anna.post(f"{path}/0/restore")
    assert answer.headers["Location"] == f"/jobs/{job.id}"
    (line,) = anna.client.get(f"/jobs/{job.id}/transcript").json["lines"]
    assert line["text"] == "совищание"
    assert anna.post(f"{path}/1/restore").status_code == 303
    (line,) = anna.client.get(f"/jobs/{job.id}/transcript").json["lines"]
    assert line["text"] == LINE["text"]


def test_texts_are_no_markup(anna: Visitor) -> None:
    job = anna.done()
    assert (
        send(anna, job.id, {"lines": {"0": {**LINE, "text": SCRIPT, "speaker": SCRIPT}}}).status_code == 200
    )
    page = anna.open(f"/jobs/{job.id}/versions")
    assert SCRIPT not in page
    assert page.count("&lt;script&gt;") == 2


def test_a_version_that_is_none_and_a_recording_at_work_are_refused(anna: Visitor) -> None:
    job = anna.done()
    assert anna.post(f"/jobs/{job.id}/versions/5/restore", headers=JSON).status_code == 404
    waiting = anna.send()
    assert anna.post(f"/jobs/{waiting.id}/versions/0/restore", headers=JSON).status_code == 409
    assert anna.client.get(f"/jobs/{waiting.id}/versions", headers=JSON).status_code == 404


def test_of_very_many_changed_lines_the_first_are_shown(anna: Visitor) -> None:
    job = anna.done()
    many = {
        str(key): {**LINE, "text": f"line {key}", "speaker": None} for key in range(versions.MOST_LINES + 5)
    }
    assert send(anna, job.id, {"lines": many}).status_code == 200
    page = anna.open(f"/jobs/{job.id}/versions")
    assert page.count("<ins>") == versions.MOST_LINES
    assert "And 5 lines more." in page
