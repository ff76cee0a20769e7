import pytest

from app.summarization.cues.plan import Plan
from app.summarization.cues.plans_ru import denies, plan, wonders


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Значит, склад закрываем.", Plan.CONCLUDED),
        ("Склад мы закрываем, потому что он пустой.", Plan.PLANNED),
        ("Закрываем, пока не починят.", Plan.CONCLUDED),
        ("Пока не починят, склад закрыт.", None),
        ("Всё, переезд в субботу.", Plan.CONCLUDED),
        ("Тогда по две смены.", Plan.CONCLUDED),
        ("Всё, по местам.", None),
        ("Людей туда не пускать.", Plan.PROPOSED),
        ("Значит, не дадут.", None),
        ("Предлагаю закрыть склад.", Plan.PROPOSED),
        ("Может, закроем склад?", Plan.PROPOSED),
        ("Когда закроем склад?", None),
        ("Давайте начнём.", None),
        ("Если закроем склад, сэкономим.", None),
        ("Мы ждём ответа.", None),
        ("Склад пустой.", None),
    ],
)
def test_how_firmly_something_is_planned(text: str, expected: Plan | None) -> None:
    assert plan(text) is expected


def test_a_denial_and_a_wonder_are_known() -> None:
    assert denies("Камеры не ставим.")
    assert not denies("Камеры ставим.")
    assert wonders("Можно закрыть склад.")
