from app.documents.transcript import Segment
from app.summarization.retrieval import relevant


def segments(*texts: str) -> list[Segment]:
    return [Segment(float(n), n + 1.0, text) for n, text in enumerate(texts)]


TALK = segments(*(f"Обсуждаем погоду и урожай номер {n}." for n in range(40)))


def test_the_lines_that_share_words_with_the_question_come_with_those_beside_them() -> None:
    said = [*TALK[:20], *segments("Сколько стоит аренда склада?", "Восемьдесят тысяч в месяц."), *TALK[20:]]
    found = relevant(said, "Какая аренда у склада?", "ru", 24)
    assert {19, 20, 21} <= set(found)
    assert found == sorted(found)
    assert len(found) <= 24


def test_of_a_short_talk_all_is_shown_and_of_a_long_one_nothing_that_is_far_from_the_question() -> None:
    assert relevant(TALK[:5], "Что-нибудь другое?", "ru", 24) == [0, 1, 2, 3, 4]
    assert relevant(TALK, "Сколько стоит ракета?", "ru", 24) == []
