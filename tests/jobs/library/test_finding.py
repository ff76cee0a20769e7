"""What a visitor finds among all his recordings, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.documents.corrections import Line
from app.jobs.job import Job
from app.jobs.library.finding import PAGE, Found, Wanted
from app.jobs.library.tables import PassageRow, TagRow
from app.jobs.service import JobService
from app.jobs.tables import JobRow
from app.pipeline import corrections
from app.pipeline.change import Change
from tests.jobs.acting import upload
from tests.jobs.test_store import on_both_databases


def said(service: JobService, text: str, name: str = "запись.mp4", owner: str = "anna") -> Job:
    """Have a recording in which somebody says `text`; its minutes say it in capitals."""
    job = service.submit(owner, name, upload(service, text), language="ru")
    assert service.worker.run_once()
    return service.get(owner, job.id)


def names(found: Found) -> list[str]:
    return [item.job.name for item in found.items]


def find(service: JobService, text: str = "", owner: str = "anna", **wanted: object) -> Found:
    return service.finder.find(owner, Wanted(text, **wanted))  # type: ignore[arg-type]


@on_both_databases
def test_what_was_said_is_found_in_any_form_with_its_moments(service: JobService) -> None:
    budget = said(service, "Утвердили бюджет нового сайта.", "один.mp4")
    said(service, "Поговорили о погоде.", "два.mp4")
    found = find(service, "бюджета сайты")
    assert names(found) == ["один.mp4"]
    (item,) = found.items
    assert (item.job.id, item.n_hits) == (budget.id, 2)
    assert {(hit.kind, hit.start) for hit in item.hits} == {("transcript", 0.0), ("minutes", 0.0)}
    assert names(find(service, "бюджет погода")) == [], "all words are asked for"
    assert names(find(service, "«нового сайта»")) == ["один.mp4"]
    assert names(find(service, "«сайта нового»")) == []
    assert names(find(service, "погод*")) == ["два.mp4"]
    assert names(find(service, "утверд")) == ["один.mp4"], "beginnings, where no word is so"


@on_both_databases
def test_nobody_finds_what_another_has_said(service: JobService) -> None:
    said(service, "Тайный бюджет.")
    assert find(service, "бюджет").n == 1
    assert find(service, "бюджет", owner="boris").items == ()
    assert find(service, owner="boris") == Found((), 0, 0)


@on_both_databases
def test_what_was_corrected_is_found_and_what_was_misheard_is_not(service: JobService) -> None:
    job = said(service, "Утвердили биджет.")
    assert names(find(service, "биджет")) == [job.name]
    heard = service.results.recording(job)
    line = Line(0.0, 2.0, "Утвердили бюджет.", "Анна Петрова")
    assert corrections.save(heard, 0, Change({0: line}))
    assert [hit.text for hit in find(service, "бюджет").items[0].hits] == ["Утвердили бюджет."]
    found = find(service, "петровой")
    assert [hit.kind for hit in found.items[0].hits] == ["speaker"]
    assert found.speakers == ("Анна Петрова",)
    assert names(find(service, speaker="Анна Петрова")) == [job.name]
    assert names(find(service, speaker="Анна")) == []


@on_both_databases
def test_recordings_are_filtered_and_sorted(service: JobService) -> None:
    long, short = said(service, "Один.", "Б.mp4"), said(service, "Два.", "а.mp4")
    waiting = service.submit("anna", "в.mp4", upload(service))
    service.shelf.tag(short, ("совет",))
    day = timedelta(days=1)
    now = datetime.now(UTC)
    with service.finder._store.begin() as session:
        session.execute(
            update(JobRow).where(JobRow.id == long.id).values(created_at=now - 3 * day, duration_s=999.0)
        )
    assert names(find(service)) == ["в.mp4", "а.mp4", "Б.mp4"]
    assert names(find(service, order="oldest")) == ["Б.mp4", "а.mp4", "в.mp4"]
    assert names(find(service, order="name")) == ["а.mp4", "Б.mp4", "в.mp4"]
    assert names(find(service, order="longest"))[0] == "Б.mp4"
    assert names(find(service, state="active")) == [waiting.name]
    assert names(find(service, state="done")) == ["а.mp4", "Б.mp4"]
    assert names(find(service, tag="совет")) == ["а.mp4"]
    assert names(find(service, until=now - day)) == ["Б.mp4"]
    assert names(find(service, since=now - day)) == ["в.mp4", "а.mp4"]
    assert names(find(service, language="ru")) == ["а.mp4", "Б.mp4"]
    assert find(service).languages == ("ru",)
    assert names(find(service, alone=short.id)) == ["а.mp4"]


def test_a_page_has_so_many_and_the_rest_is_on_the_next(make_service: Callable[..., JobService]) -> None:
    service = make_service(max_active_jobs=1000)
    for n in range(PAGE + 1):
        service.submit("anna", f"{n:02}.mp4", upload(service))
    found = find(service, order="name")
    assert (len(found.items), found.n, found.n_pages, found.n_all) == (PAGE, PAGE + 1, 2, PAGE + 1)
    assert names(find(service, order="name", page=2)) == [f"{PAGE}.mp4"]
    assert names(find(service, page=99)) == []


@on_both_databases
def test_with_a_recording_goes_all_that_was_searched(service: JobService) -> None:
    job = said(service, "Утвердили бюджет.")
    service.shelf.tag(job, ("совет",))
    assert names(find(service, "бюджет")) == [job.name]
    service.delete("anna", job.id)
    assert find(service, "бюджет").n == 0
    with service.finder._store.begin() as session:
        for table in (PassageRow, TagRow):
            assert session.scalars(select(func.count()).select_from(table)).one() == 0


@on_both_databases
@pytest.mark.parametrize(
    "text", ["'", '"', "a' OR 1=1 --", "stems:x", "(", "NEAR(a b)", "a & b | !c", "\0a", "*"]
)
def test_no_question_breaks_the_search(service: JobService, text: str) -> None:
    assert find(service, text).n == 0


def test_what_is_not_indexed_in_time_is_said(service: JobService) -> None:
    for n in range(3):
        said(service, f"Запись {n}")
    assert service.finder.index.refresh("anna", patience_s=-1.0) == 2
    assert service.finder.index.refresh("anna", patience_s=-1.0) == 1
    assert service.finder.index.refresh("anna", patience_s=-1.0) == 0


def test_a_recording_is_indexed_once(service: JobService, monkeypatch: pytest.MonkeyPatch) -> None:
    said(service, "Утвердили бюджет.")
    find(service)
    indexed: list[Job] = []
    index: Callable[[Job, str], None] = lambda job, stamp: indexed.append(job)  # noqa: E731
    monkeypatch.setattr(service.finder.index, "_index", index)
    find(service, "бюджет")
    assert indexed == []


@on_both_databases
def test_a_question_finds_the_recordings_that_it_is_about_the_best_first(service: JobService) -> None:
    both = said(service, "Утвердили бюджет нового сайта.", "один.mp4")
    said(service, "Поговорили о погоде.", "два.mp4")
    one = said(service, "О сайте ещё поговорим потом, когда вернутся все остальные.", "три.mp4")
    said(service, "Бюджет сайта.", owner="boris")
    asked = "Какой утвердили бюджет на новый сайт?"
    assert [job.id for job in service.finder.about("anna", asked, 8)] == [both.id, one.id]
    assert [job.id for job in service.finder.about("anna", asked, 1)] == [both.id]
    for nothing in ("Кто и что о нём?", "?!", "", "\"' OR * :"):
        assert service.finder.about("anna", nothing, 8) == []
