"""A recording read by a link: by whoever has it, as long as it is valid, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from app.jobs.job import Job
from app.web.core.context import konspekt
from tests.web.pages.test_transcripts import LINE, send
from tests.web.visitor import JSON, Visitor


def link(anna: Visitor, job: Job, **fields: str) -> str:
    """Make a link by the form of the page; return its path."""
    assert anna.post(f"/jobs/{job.id}/shares", {"days": "7", **fields}).status_code == 303
    addresses = re.findall(r'value="(http://localhost/shared/[^"]+)"', anna.open(f"/jobs/{job.id}"))
    return urlsplit(addresses[0]).path


@pytest.fixture
def stranger(anna: Visitor) -> Visitor:
    return Visitor(anna.app.test_client())


def test_whoever_has_the_link_reads_what_was_corrected(anna: Visitor, stranger: Visitor) -> None:
    job = anna.done("совищание")
    assert send(anna, job.id, {"lines": {"0": LINE}}).status_code == 200
    path = link(anna, job, sound="1")
    answer = stranger.client.get(path)
    assert answer.status_code == 200
    assert LINE["text"] in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert LINE["text"] in stranger.client.get(f"{path}/download/transcript.txt").text
    assert stranger.client.get(f"{path}/transcript").json["lines"][0]["text"] == LINE["text"]
    assert stranger.client.get(f"{path}/listen", buffered=True).status_code == 200
    lecture = f"{path}/download/minutes.docx?form=lecture"
    assert lecture in answer.text
    assert stranger.client.get(lecture).data != stranger.client.get(f"{path}/download/minutes.docx").data
    assert stranger.client.get(f"{path}/download/minutes.docx?form=nothing", headers=JSON).status_code == 404
    for owners in ("<form", f"/jobs/{job.id}", 'id="correct"', "csrf", "As it was heard"):
        assert owners not in answer.text, owners
    for other in ("", "/transcript", "/listen", "/download/minutes.txt"):
        assert stranger.client.get(f"/jobs/{job.id}{other}").status_code == 404
    assert stranger.client.patch(f"{path}/transcript", data=b"{}").status_code in (400, 405)


def test_without_sound_nothing_is_heard(anna: Visitor, stranger: Visitor) -> None:
    path = link(anna, anna.done())
    assert "<audio" not in stranger.client.get(path).text
    for sound in ("listen", "watch"):
        assert stranger.client.get(f"{path}/{sound}", headers=JSON).status_code == 404


def test_taken_back_expired_deleted_and_forged_are_told_in_the_same_words(
    anna: Visitor, stranger: Visitor
) -> None:
    job, gone = anna.done(), anna.done("другое")
    path, of_gone = link(anna, job), link(anna, gone)
    shares = anna.jobs.shares
    (share,) = shares.of(job, datetime.now(UTC))
    anna.post(f"/jobs/{gone.id}/delete")
    long_ago = shares.create(job, datetime.now(UTC) - timedelta(days=9), timedelta(days=7), with_sound=True)
    with anna.app.test_request_context():
        from app.web.core.share_links import _signer

        expired = f"/shared/{_signer().dumps(long_ago.id)}"
    assert anna.post(f"/jobs/{job.id}/shares/{share.id}/revoke").status_code == 303
    told = {
        stranger.client.get(address, headers=JSON).text for address in (path, of_gone, expired, f"{path}x")
    }
    assert len(told) == 1
    assert "not valid any more" in told.pop()


def test_only_a_choice_of_the_form_makes_a_link(anna: Visitor) -> None:
    job = anna.done()
    for days in ("", "0", "-1", "365", "x"):
        assert anna.post(f"/jobs/{job.id}/shares", {"days": days}, headers=JSON).status_code == 422
    assert konspekt(anna.app).jobs.shares.of(job, datetime.now(UTC)) == []
