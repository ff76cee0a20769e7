import pytest

from app.summarization.cues.assignments import assignments
from app.summarization.sentences import Sentence


def sentences(*texts: str, speaker: str | None = None) -> list[Sentence]:
    return [Sentence(text, float(i), i, speaker) for i, text in enumerate(texts)]


ASSIGNED = {
    "ru": [
        ("Иван подготовит отчёт до пятницы.", "Иван", "до пятницы"),
        ("Отчёт до пятницы подготовит Иван.", "Иван", "до пятницы"),
        ("иван подготовит отчёт до пятницы", "Иван", "до пятницы"),
        ("Поручить Петровой проверить смету к 15 мая.", "Петрова", "к 15 мая"),
        ("Сергею нужно обзвонить клиентов завтра.", "Сергей", "завтра"),
        ("Ольга, пришли мне протокол, пожалуйста.", "Ольга", None),
        ("Ольга, ты подготовишь презентацию к среде?", "Ольга", "к среде"),
        ("За подготовку зала отвечает Михаил Юрьевич.", "Михаил Юрьевич", None),
        ("Бухгалтерия оплатит счёт в течение трёх дней.", "Бухгалтерия", "в течение трёх дней"),
        ("Анна должна согласовать договор до конца месяца.", "Анна", "до конца месяца"),
        ("Нужно заказать пропуска до понедельника.", None, "до понедельника"),
        ("Попросим Дмитрия проверить сервер.", "Дмитрий", None),
        ("Наталья будет вести переписку с заказчиком.", "Наталья", None),
    ],
    "en": [
        ("Maria will send the report by Friday.", "Maria", "by Friday"),
        ("maria will send the report by friday", "Maria", "by friday"),
        ("Tom, could you book the room for Monday?", "Tom", None),
        ("Can you check the invoice by tomorrow, Anna?", "Anna", "by tomorrow"),
        ("The legal team will review the contract within two weeks.", "The legal team", "within two weeks"),
        ("Action item for John: update the roadmap.", "John", None),
        ("Let's ask Peter to call the bank.", "Peter", None),
        ("This is assigned to Olga, write the summary by noon.", "Olga", "by noon"),
        ("Rachel needs to finish the slides before Thursday.", "Rachel", "before Thursday"),
        ("We need to renew the licence by May 15th.", None, "by May 15th"),
        ("Susan is responsible for the budget.", "Susan", None),
    ],
}
NOT_ASSIGNED = {
    "ru": [
        "Иван подготовил отчёт.",
        "Иван подготовит отчёт?",
        "Если Иван подготовит отчёт, посмотрим.",
        "Мария будет в отпуске до пятницы.",
        "Сергей не сделает это до пятницы.",
        "Ольга придёт в понедельник.",
        "Я думаю, до пятницы успеем.",
        "Сейчас я расскажу про бюджет.",
        "Иван, скажи, пожалуйста, слышно?",
        "Скидка действует до конца месяца.",
        "На прошлой неделе Иван обещал отчёт.",
        "Надо же, какой дождь.",
        "Поставщик повысит цены.",
    ],
    "en": [
        "Maria sent the report.",
        "Will Maria send the report?",
        "If Maria will send it, good.",
        "Maria will be on vacation until Friday.",
        "Tom won't finish it by Friday.",
        "It will rain on Monday.",
        "The prices will rise next month.",
        "I will repeat that for everybody.",
        "Can you hear me, Tom?",
        "Last week John had to call the bank.",
        "The discount is valid until Monday.",
        "People will love it.",
    ],
}


@pytest.mark.parametrize(
    ("language", "text", "who", "when"), [(la, *case) for la, cases in ASSIGNED.items() for case in cases]
)
def test_an_assignment_is_found_with_who_and_by_when(
    language: str, text: str, who: str | None, when: str | None
) -> None:
    found = assignments(sentences(text), language)
    assert [(one.who, one.by_when, one.text) for one in found] == [(who, when, text)]


@pytest.mark.parametrize(
    ("language", "text"), [(la, text) for la, texts in NOT_ASSIGNED.items() for text in texts]
)
def test_what_happens_is_asked_or_is_only_talk_is_no_assignment(language: str, text: str) -> None:
    assert [one for one in assignments(sentences(text), language) if one.sure] == []


@pytest.mark.parametrize(
    ("language", "text"),
    [("ru", "Я подготовлю отчёт до пятницы."), ("en", "I'll prepare the report by Friday.")],
)
def test_who_says_i_is_who_speaks_where_that_is_known(language: str, text: str) -> None:
    assert [one.who for one in assignments(sentences(text, speaker="Анна"), language)] == ["Анна"]
    assert [one.who for one in assignments(sentences(text), language)] == [None]


def test_one_sentence_may_hold_two_assignments() -> None:
    found = assignments(sentences("Иван подготовит отчёт до пятницы, а Мария отправит письмо клиенту."), "ru")
    assert [(one.who, one.by_when) for one in found] == [("Иван", "до пятницы"), ("Мария", None)]
    found = assignments(sentences("Tom will fix the bug by Monday and Maria will write the notes."), "en")
    assert [(one.who, one.by_when) for one in found] == [("Tom", "by Monday"), ("Maria", None)]


def test_the_next_sentence_may_add_who_and_by_when() -> None:
    found = assignments(
        sentences("Нужно обновить сайт до релиза.", "Ответственная Мария, срок пятница."), "ru"
    )
    assert [(one.who, one.text) for one in found] == [("Мария", "Нужно обновить сайт до релиза.")]
    found = assignments(sentences("Maria will update the whole site.", "The deadline is Friday."), "en")
    assert [(one.who, one.by_when) for one in found] == [("Maria", "Friday")]


def test_a_language_without_rules_has_none() -> None:
    said = sentences("Wir haben beschlossen, dass Maria den Bericht bis Freitag schickt.")
    assert assignments(said, "de") == []


def dialogue(*texts: str) -> list[Sentence]:
    pairs = [text.split(": ", 1) for text in texts]
    return [Sentence(text, float(i), i, speaker) for i, (speaker, text) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("language", "texts", "who", "when"),
    [
        ("ru", ("Павел: Оль, скинь мне отчёт за май.", "Ольга: Скину до среды."), "Ольга", "до среды"),
        ("ru", ("Анна: Скиньте, пожалуйста, отчёт за май.", "Олег: Сделаю."), "Олег", None),
        ("ru", ("Анна: Олег, за вами отчёт за май.", "Олег: Хорошо."), "Олег", None),
        ("ru", ("Анна: Могу съездить на склад.", "Олег: Спасибо."), "Анна", None),
        ("ru", ("Анна: Отчёт за май пришлю завтра.", "Олег: Ага."), "Анна", "завтра"),
        ("en", ("Ann: Could you print the new signs?", "Lee: Sure, by Friday."), "Lee", "by Friday"),
        ("en", ("Ann: Lee, please print the new signs.", "Lee: Will do."), "Lee", None),
        ("en", ("Ann: I'm printing the new signs on Monday.", "Lee: Good."), "Ann", "on Monday"),
    ],
)
def test_a_request_and_its_acceptance_are_one_assignment(
    language: str, texts: tuple[str, ...], who: str, when: str | None
) -> None:
    [found] = [one for one in assignments(dialogue(*texts), language) if one.sure]
    assert (found.who, found.by_when) == (who, when)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ru", ("Анна: Скиньте отчёт за май.", "Олег: Нет, не скину.")),
        ("ru", ("Анна: Если дадут денег, закажу новый стол.", "Олег: Ага.")),
        ("en", ("Ann: Could you print the new signs?", "Lee: No, not this week.")),
        ("en", ("Ann: This Zoom link will also work next week.", "Lee: Good.")),
        ("en", ("Ann: I'll sing a song at the wedding.", "Lee: Ha.")),
    ],
)
def test_what_is_refused_conditional_or_a_joke_is_no_assignment(
    language: str, texts: tuple[str, ...]
) -> None:
    assert [one for one in assignments(dialogue(*texts), language) if one.sure] == []


@pytest.mark.parametrize(
    ("language", "said", "who", "by_when"),
    [
        ("en", ("A: Shall I order the books?", "B: Yes please."), "A", None),
        ("ru", ("А: На дверь бумажку повесьте.", "Б: Бумажку завтра."), "Б", "завтра"),
        ("ru", ("А: Мне заказать бумагу?", "Б: Да, конечно."), "А", None),
    ],
)
def test_what_is_offered_or_asked_for_in_few_words_is_one_assignment(
    language: str, said: tuple[str, ...], who: str, by_when: str | None
) -> None:
    (one,) = [found for found in assignments(dialogue(*said), language) if found.sure]
    assert (one.who, one.by_when) == (who, by_when)


def test_an_assignment_carries_no_other_one() -> None:
    said = sentences("Anna will print the posters by Friday.", "I'll do the rest tomorrow.", speaker="Lee")
    first, second = assignments(said, "en")
    assert "posters" in first.text
    assert "posters" not in second.text


def test_thanks_name_who_promised_where_the_speakers_are_unknown() -> None:
    (one,) = assignments(sentences("I can phone the owner tomorrow.", "Thanks, Petra."), "en")
    assert (one.who, one.sure) == ("Petra", True)
