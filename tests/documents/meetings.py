"""One realistic meeting in each language, as the stages leave it."""

from datetime import UTC, datetime, timedelta, timezone

from app.documents.document import Document
from app.documents.minutes import ActionItem, Minutes, Point, Topic
from app.documents.transcript import Segment, Transcript, Word

MOSCOW = timezone(timedelta(hours=3))


def spoken(start: float, end: float, text: str) -> tuple[Word, ...]:
    """Spread the words of a text over its time, a little pause between them."""
    pieces = text.split()
    each = (end - start) / len(pieces)
    return tuple(
        Word(round(start + n * each, 2), round(start + (n + 0.9) * each, 2), piece, 0.9)
        for n, piece in enumerate(pieces)
    )


def said(start: float, end: float, text: str, speaker: str | None = None, *, words: bool = False) -> Segment:
    return Segment(start, end, text, speaker, spoken(start, end, text) if words else ())


def russian() -> Document:
    transcript = Transcript(
        segments=(
            said(0.4, 4.9, "Добрый день, коллеги! Давайте начнём.", "Иванова", words=True),
            said(
                5.1,
                13.8,
                "На повестке два вопроса: бюджет на 2027 год и переезд в новый офис.",
                "Иванова",
                words=True,
            ),
            said(14.2, 21.0, "Пётр, расскажи, пожалуйста, что у нас с бюджетом.", "Иванова"),
            said(
                24.6,
                33.9,
                "Спасибо. Мы вышли на цифру двенадцать миллионов рублей, это на 8 % больше, чем в этом году.",
                "Смирнов",
                words=True,
            ),
            said(
                34.0,
                45.5,
                "Основной рост - это оборудование для стенда и лицензии, причём лицензии "
                "дорожают быстрее всего остального, и закладывать их нужно с запасом.",
                "Смирнов",
                words=True,
            ),
            said(46.0, 52.3, 'Отдельно вынесен проект "Север", его финансирует заказчик.', "Смирнов"),
            said(53.1, 58.0, "А резерв в этой сумме есть?", "Иванова"),
            said(58.4, 64.2, "Резерв есть - пять процентов, это шестьсот тысяч.", "Смирнов"),
            said(
                66.0,
                72.7,
                "Хорошо. Тогда решили: утверждаем бюджет в двенадцать миллионов.",
                "Иванова",
                words=True,
            ),
            said(
                73.0,
                81.4,
                "Пётр, подготовь, пожалуйста, смету по отделам до 27 ноября.",
                "Иванова",
                words=True,
            ),
            said(81.9, 84.0, "Да, сделаю.", "Смирнов"),
            Segment(
                84.2,
                96.0,
                "Продолжение следует... Продолжение следует... Продолжение следует...",
                None,
                (),
                True,
            ),
            said(3601.0, 3609.5, "Теперь второй вопрос. Переезд назначен на середину января.", "Иванова"),
            said(
                3610.0,
                3621.2,
                "Помещение готово, но нет договора с провайдером, без него переезжать нельзя.",
                "Кузнецова",
            ),
            said(
                3622.0, 3628.8, "Значит, договорились: переезжаем не раньше, чем подпишем договор.", "Иванова"
            ),
            said(
                3629.1,
                3637.0,
                "Ольга Сергеевна, за вами договор с провайдером, срок - до 15 декабря.",
                "Иванова",
            ),
            said(3637.5, 3644.0, "И ещё нужно будет разослать всем план рассадки.", "Кузнецова"),
            said(3652.0, 3656.5, "На этом всё, спасибо, всем хорошего дня!", "Иванова"),
        ),
        language="ru",
        engine="openai-whisper turbo",
        duration_s=3905.2,
    )
    minutes = Minutes(
        language="ru",
        engine="Llama model_32_16",
        topics=(
            Topic(
                "Бюджет на 2027 год",
                5.1,
                (
                    Point("Бюджет — 12 млн рублей, на 8 % больше, чем в этом году.", 24.6),
                    Point(
                        "Рост дают оборудование для стенда и лицензии; лицензии дорожают быстрее остального.",
                        34.0,
                    ),
                    Point('Проект "Север" вынесен отдельно - его финансирует заказчик.', 46.0),
                    Point("Резерв — 5 %, 600 тысяч рублей.", 58.4),
                ),
            ),
            Topic(
                "Переезд в новый офис",
                3601.0,
                (
                    Point("Переезд назначен на середину января.", 3601.0),
                    Point("Помещение готово, но договора с провайдером ещё нет.", 3610.0),
                ),
            ),
        ),
        decisions=(
            Point("Утвердить бюджет в 12 млн рублей.", 66.0),
            Point(
                "Переезжать не раньше, чем подпишем договор.",
                3622.0,
                "— Переезд назначен на середину января. — Помещение готово, но нет договора с провайдером.",
            ),
        ),
        action_items=(
            ActionItem("Подготовить смету по отделам", 73.0, "Пётр Смирнов", "до 27 ноября"),
            ActionItem(
                "Заключить договор с провайдером", 3629.1, "Ольга Сергеевна Кузнецова", "до 15 декабря"
            ),
            ActionItem("Разослать всем план рассадки", 3637.5, context="Переезд - в новый офис."),
        ),
        dropped=2,
        summary=(
            Point("Бюджет на 2027 год — 12 млн рублей, основной рост дают лицензии.", 24.6),
            Point("Переезд назначен на середину января, но договора с провайдером нет.", 3610.0),
        ),
    )
    moment = datetime(2026, 11, 21, 0, 40, 5, tzinfo=MOSCOW)
    return Document.of("совещание_по_бюджету.mp4", moment, transcript, minutes)


def english() -> Document:
    lines = (
        (0.0, 5.2, "good morning everyone shall we start with the release"),
        (
            5.6,
            14.1,
            "the beta has been out for two weeks and we have thirty one reports "
            "most of them about the import of old files",
        ),
        (14.9, 22.3, "nine of them are real bugs the rest is documentation"),
        (25.0, 31.8, "so we agreed to move the release to the first of december"),
        (32.5, 39.0, "anna will fix the import by friday"),
        (39.4, 46.9, "and mark please write the page about old files <before> the release & tell support"),
        (51.0, 58.2, "next the price of the server it is four hundred and twenty a month"),
        (58.9, 66.0, "we decided to keep the server until march and look again then"),
        (66.5, 71.0, "that is all thank you"),
    )
    transcript = Transcript(
        segments=tuple(said(start, end, text, words=True) for start, end, text in lines),
        language="en",
        engine="PocketSphinx en-us",
        duration_s=72.4,
    )
    minutes = Minutes(
        language="en",
        engine="extractive",
        topics=(
            Topic(
                "Reports from the beta",
                0.0,
                (
                    Point(lines[1][2], 5.6),
                    Point(lines[2][2], 14.9),
                ),
            ),
            Topic("Price of the server", 51.0, (Point(lines[6][2], 51.0),)),
        ),
        decisions=(Point(lines[3][2], 25.0), Point(lines[7][2], 58.9, "it is four hundred * 2 <a month>")),
        action_items=(
            ActionItem("fix the import", 32.5, "anna", "friday"),
            ActionItem("write the page about old files <before> the release & tell support", 39.4, "mark"),
        ),
        summary=(Point(lines[1][2], 5.6), Point(lines[6][2], 51.0)),
    )
    return Document.of("Release sync.m4a", datetime(2026, 11, 21, 9, 5, tzinfo=UTC), transcript, minutes)


def silent(name: str = "Тишина.wav", language: str | None = None) -> Document:
    transcript = Transcript((), language, "openai-whisper turbo", 12.0)
    moment = datetime(2026, 11, 21, 12, 0, tzinfo=MOSCOW)
    return Document.of(name, moment, transcript, Minutes(language, "extractive"))


MEETINGS = {"ru": russian, "en": english}
