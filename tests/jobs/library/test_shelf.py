"""How the owner calls, tags and keeps his recordings."""

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import BadInput, Conflict
from app.jobs.library.shelf import MOST_NAME_CHARACTERS, MOST_TAGS
from app.jobs.service import JobService
from tests.jobs.library.test_finding import find, names, said
from tests.jobs.test_store import on_both_databases


def tags(service: JobService) -> tuple[str, ...]:
    return find(service).items[0].tags


@on_both_databases
def test_a_renamed_recording_is_found_by_its_new_name_only(service: JobService) -> None:
    job = said(service, "Начнём.", "rec001.mp4")
    assert names(find(service, "rec001")) == ["rec001.mp4"]
    service.shelf.rename(job, "  Совет \n директоров\0 ")
    assert names(find(service, "совета")) == ["Совет директоров"]
    assert find(service, "rec001").n == 0


@pytest.mark.parametrize("name", ["", "  \n ", "\0"])
def test_a_recording_needs_a_name(service: JobService, name: str) -> None:
    job = said(service, "Начнём.")
    with pytest.raises(BadInput):
        service.shelf.rename(job, name)
    assert service.get("anna", job.id).name == job.name


def test_a_name_of_any_length_is_bounded(service: JobService) -> None:
    job = said(service, "Начнём.")
    service.shelf.rename(job, "я" * 10_000)
    assert len(service.get("anna", job.id).name) == MOST_NAME_CHARACTERS


@on_both_databases
def test_tags_are_what_was_given_last(service: JobService) -> None:
    job = said(service, "Начнём.")
    service.shelf.tag(job, (" совет ", "деньги", "совет", ""))
    assert tags(service) == ("деньги", "совет")
    assert names(find(service, "деньгами")) == [job.name]
    assert find(service).tags == ("деньги", "совет")
    service.shelf.tag(job, ())
    assert tags(service) == ()
    assert find(service, "деньги").n == 0


@pytest.mark.parametrize("wrong", [["x" * 41], [f"t{n}" for n in range(MOST_TAGS + 1)]])
def test_too_many_or_too_long_tags_change_nothing(service: JobService, wrong: list[str]) -> None:
    job = said(service, "Начнём.")
    service.shelf.tag(job, ("совет",))
    with pytest.raises(BadInput):
        service.shelf.tag(job, wrong)
    assert tags(service) == ("совет",)


@on_both_databases
def test_what_is_kept_does_not_expire_and_what_is_let_go_expires_from_then_on(service: JobService) -> None:
    kept, other = said(service, "Начнём.", "kept.mp4"), said(service, "Начнём.", "other.mp4")
    service.shelf.keep(kept)
    assert service.get("anna", kept.id).expires_at is None
    assert names(find(service, kept=True)) == ["kept.mp4"]
    later = datetime.now(UTC) + timedelta(days=400)
    assert service.janitor.sweep(later).expired == 1
    assert names(find(service)) == ["kept.mp4"]
    service.shelf.release(kept)
    expires_at = service.get("anna", kept.id).expires_at
    assert expires_at is not None
    assert expires_at - datetime.now(UTC) > timedelta(hours=23), "not at once"
    assert service.janitor.sweep(expires_at - timedelta(seconds=1)).expired == 0
    assert service.janitor.sweep(expires_at).expired == 1
    assert other.expires_at is not None


def test_no_more_is_kept_than_there_is_room_for(service: JobService) -> None:
    first, second = (said(service, "слово " * 1000, f"{n}.mp4") for n in range(2))
    service.shelf._keep_bytes = int(1.5 * service._folders.size_bytes(first.id))
    service.shelf.keep(first)
    with pytest.raises(Conflict, match="no room"):
        service.shelf.keep(second)
    assert service.get("anna", second.id).expires_at is not None
    service.shelf.release(first)
    service.shelf.keep(second)
