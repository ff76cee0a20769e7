import pytest

from app.documents.minutes import ActionItem, Point
from app.documents.transcript import Segment
from app.summarization.answer import Said
from app.summarization.sources import Sources, plain
from tests.meetings import meeting

RU = meeting("ru_release").transcript.segments
EN = meeting("en_sprint").transcript.segments


def number(words: str, segments: tuple[Segment, ...] = RU) -> int:
    return next(i for i, segment in enumerate(segments) if words in segment.text)


def point(
    text: str, cited: str | None, segments: tuple[Segment, ...] = RU, language: str = "ru"
) -> Point | None:
    source = () if cited is None else (number(cited, segments),)
    return Sources(segments, language).point(Said(text, source), range(len(segments)))


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Решили выпустить версию 2.0 без модуля отчётов.", "выпускаем версию"),
        ("Модуль отчётов не готов: найдены четыре критические ошибки.", "модуль отчётов у нас не готов"),
        ("Старый провайдер поднял цены на 30 %, за месяц было 3 падения сервера.", "поднял цены"),
        ("Перерасход бюджета составил 200 000 рублей из-за рекламы.", "перерасход"),
        ("Реклама в апреле принесла 42 заявки.", "мало заявок"),
    ],
)
def test_a_point_that_the_cited_segment_supports_is_kept_with_its_time(text: str, cited: str) -> None:
    found = point(text, cited)
    assert found is not None
    assert abs([s.start for s in RU].index(found.start) - number(cited)) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Старый провайдер поднял цены на 40 процентов.",
        "Перерасход бюджета составил 300 000 рублей из-за рекламы.",
        "Директор уволил Петрова за срыв релиза версии.",
        "Компания купила новый офис в центре города.",
        "По словам Анны, модуль отчётов не готов.",
        "Реклама в апреле принесла 420 заявок.",
    ],
)
@pytest.mark.parametrize("cited", ["поднял цены", "перерасход", None])
def test_a_point_that_nobody_said_is_dropped_whatever_it_cites(text: str, cited: str | None) -> None:
    assert point(text, cited) is None


def test_a_wrong_or_missing_citation_is_put_right() -> None:
    right = RU[number("Резервные копии будут")].start
    for cited in (None, "Коллеги"):
        found = point("Резервные копии будут храниться в другом датацентре.", cited)
        assert found is not None
        assert found.start == right
    elsewhere = Sources(RU, "ru").find(
        "Резервные копии будут храниться в другом датацентре.", [10**6, -3], range(len(RU))
    )
    assert elsewhere == number("Резервные копии будут")


def test_a_point_is_looked_for_within_its_own_part_only() -> None:
    sources = Sources(RU, "ru")
    text = "Резервные копии будут храниться в другом датацентре."
    assert sources.find(text, [], range(0, 10)) is None


def test_an_assignment_keeps_only_the_name_and_date_that_were_said() -> None:
    sources, here = Sources(RU, "ru"), number("Иван до пятницы")
    said = Said("Подготовить смету на второй квартал", (here,), "Иван", "до пятницы")
    start = RU[here].start
    assert sources.action_item(said, range(len(RU))) == ActionItem(
        "Подготовить смету на второй квартал.", start, "Иван", "до пятницы"
    )
    wrong = Said("Подготовить смету на второй квартал", (here,), "Пётр", "к 20 июня")
    assert sources.action_item(wrong, range(len(RU))) == ActionItem(
        "Подготовить смету на второй квартал.", start
    )


def test_a_name_in_another_case_is_the_same_name() -> None:
    segments = (Segment(0, 3, "Поручить Ивану Петрову заключить договор с подрядчиком не позднее 3 июня."),)
    item = Sources(segments, "ru").action_item(
        Said("Заключить договор с подрядчиком", (0,), "Иван Петров", "3 июня"), range(1)
    )
    assert item == ActionItem("Заключить договор с подрядчиком.", 0, "Иван Петров", "3 июня")


def test_who_speaks_may_be_who_is_to_do_it() -> None:
    here = number("release notes", EN)
    item = Sources(EN, "en").action_item(
        Said("Write the release notes", (here,), "Maria", "Friday"), range(len(EN))
    )
    assert item is not None
    assert (item.who, item.by_when) == ("Maria", "Friday")


def test_a_doubtful_segment_supports_nothing() -> None:
    segments = (Segment(0, 3, "Решили купить новый принтер для отдела.", doubtful=True), *RU)
    assert (
        Sources(segments, "ru").find("Решили купить новый принтер для отдела.", [0], range(len(segments)))
        is None
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Смотрите https://evil.example/x?y=1 сейчас", "Смотрите сейчас."),
        ("Нажмите [сюда](http://evil.example) скорее", "Нажмите сюда скорее."),
        ("![](http://evil.example/pixel.png) Итог", "Итог."),
        ("**Важно**: `код` <b>жирно</b>", "Важно: код жирно."),
        ("www.evil.example", ""),
        ("HTTPS : //evil.example", ""),
    ],
)
def test_no_link_and_no_markup_gets_out(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_a_long_point_is_cut_at_a_word() -> None:
    assert len(plain("слово " * 200)) <= 300
