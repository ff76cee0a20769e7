"""/recordings: what a visitor sees of all his recordings, and does with several."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.web.visitor import HTMX, Visitor

NEXT = {"next": "/recordings?q=x"}


def found(page: str) -> list[str]:
    return re.findall(r'aria-label="Choose “([^”]+)”', page)


def test_without_recordings_the_page_says_the_next_step(anna: Visitor) -> None:
    page = anna.open("/recordings")
    assert "There is nothing here yet" in page
    assert 'type="search"' not in page


def test_what_is_found_is_marked_and_leads_to_its_moment(anna: Visitor) -> None:
    job = anna.done("Утвердили бюджет.")
    anna.done("Погода.")
    page = anna.open("/recordings?q=бюджета")
    assert found(page) == ["Утвердили бюджет."]
    assert f'href="/jobs/{job.id}#t0"' in page
    assert "<mark>бюджет</mark>" in page
    assert "1 recording found" in page
    assert found(anna.open("/recordings")) == ["Погода.", "Утвердили бюджет."]
    assert "None of your recordings says" in anna.open("/recordings?q=смета")


def test_strange_questions_are_answered(anna: Visitor) -> None:
    anna.done("Погода.")
    for query in (
        *("page=-5", "page=x", "page=99999999999999999999", "order=drop", "state=x", "recording=.."),
        *("since=0001-01-01", "until=9999-12-31", "since=yesterday", "tag=%00", "speaker=%00x"),
        *("language=" + "x" * 999, "q=" + "a%00" * 300),
    ):
        anna.open(f"/recordings?{query}")


def test_a_name_and_tags_are_given_and_shown_as_text(anna: Visitor) -> None:
    job = anna.done("rec.mp4")
    answer = anna.post(f"/jobs/{job.id}/label", {"name": "<b>Совет</b>", "tags": "деньги, 100%, <i>", **NEXT})
    assert (answer.status_code, answer.location) == (303, "/recordings?q=x")
    page = anna.open("/recordings")
    assert "&lt;b&gt;Совет&lt;/b&gt;" in page
    assert "<b>Совет" not in page
    assert "100%" in page
    assert found(anna.open("/recordings?tag=деньги")) == ["&lt;b&gt;Совет&lt;/b&gt;"]
    assert anna.post(f"/jobs/{job.id}/label", {"name": " ", "tags": ""}).status_code == 422
    assert f'action="/jobs/{job.id}/label"' in anna.open(f"/jobs/{job.id}")
    assert anna.post(f"/jobs/{job.id}/label", {"name": "Совет"}).status_code == 303
    assert found(anna.open("/recordings?tag=деньги")) == ["Совет"], "its own page has no field for tags"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_a_form_leads_to_this_site_only(anna: Visitor, elsewhere: str) -> None:
    job = anna.done()
    for path in (f"/jobs/{job.id}/keep", f"/jobs/{job.id}/label"):
        answer = anna.post(path, {"next": elsewhere, "name": "x"})
        assert answer.location.startswith("/")
        assert not answer.location.startswith(("//", "/\\"))


def test_what_is_kept_says_so_and_is_let_go_again(anna: Visitor) -> None:
    job = anna.done()
    assert "will be deleted in" in anna.open("/recordings")
    assert anna.post(f"/jobs/{job.id}/keep", NEXT).location == "/recordings?q=x"
    page = anna.open("/recordings")
    assert "will be deleted in" not in page
    assert f"/jobs/{job.id}/release" in page
    assert f"/jobs/{job.id}/release" in anna.open(f"/jobs/{job.id}"), "on its own page too"
    assert f"row-{job.id}" in anna.post(f"/jobs/{job.id}/release", headers=HTMX).text
    assert "will be deleted in" in anna.open("/recordings")


def test_several_are_deleted_once_the_visitor_has_seen_which(anna: Visitor) -> None:
    jobs = [anna.done(f"{n}.mp4") for n in range(3)]
    chosen = {"id": [job.id for job in jobs[:2]], **NEXT}
    page = anna.post("/recordings/delete", chosen).text
    assert "Delete these 2 recordings?" in page
    assert len(anna.names()) == 3
    answer = anna.post("/recordings/delete", {**chosen, "sure": "1"})
    assert answer.location == "/recordings?q=x"
    assert anna.names() == ["2.mp4"]


def test_another_s_recording_is_not_among_several(anna: Visitor, boris: Visitor) -> None:
    mine, foreign = anna.done("mine.mp4"), boris.done("foreign.mp4")
    page = anna.post("/recordings/delete", {"id": [mine.id, foreign.id]}).text
    assert "Delete this recording?" in page
    assert "foreign.mp4" not in page
    assert anna.post("/recordings/delete", {"id": [foreign.id], "sure": "1"}).status_code == 422
    assert boris.names() == ["foreign.mp4"]


@pytest.mark.parametrize("ids", [[], ["x"], ["0" * 32], ["0" * 32] * 101])
def test_none_and_too_many_are_refused(anna: Visitor, ids: list[str]) -> None:
    assert anna.post("/recordings/delete", {"id": ids, "sure": "1"}).status_code == 422
    assert anna.client.get("/recordings/zip", query_string={"id": ids}).status_code == 422


def test_what_was_kept_for_long_is_in_the_library_and_not_in_the_queue(
    make_app: Callable[..., Flask],
) -> None:
    anna = Visitor(make_app(retention_s=0.001).test_client())
    anna.open()
    job = anna.done("kept.mp4")
    assert f"row-{job.id}" in anna.open(), "its owner has not said yet whether he keeps it"
    anna.jobs.shelf.keep(job)
    assert f"row-{job.id}" not in anna.open()
    assert found(anna.open("/recordings")) == ["kept.mp4"]
