"""Finds the deadline in a sentence: the words that name a date, a weekday or a span of time."""

import re

from app.summarization.phrases import one_of, phrase

_RU_MONTH = one_of(
    "(?:январ|феврал|апрел|июн|июл|сентябр|октябр|ноябр|декабр)[ьяюе]",
    "март[ауе]?",
    "ма[йяюе]",
    "август[ауе]?",
)
_RU_WEEKDAY = one_of(
    "(?:понедельник|вторник|четверг)[ау]?", "сред[аыеу]", "пятниц[аыеу]", "суббот[аыеу]", "воскресень[еяю]"
)
_RU_ORDINAL = (
    "(?:двадцат[ьи] |тридцат[ьи] )?"
    "(?:перв|втор|треть|четв[её]рт|пят|шест|седьм|восьм|девят|десят|двадцат|тридцат|[а-яё]{2,8}надцат)"
    "(?:ого|ому|его|ему|ое)"
)
_RU_DAY = one_of(r"\d{1,2}(?:-?(?:го|му|е|ое))?", _RU_ORDINAL)
_RU_THIS = "(?:(?:следующ|эт|ближайш|будущ|текущ|след|рабоч)[а-яё]* )?"
_RU_DATE = one_of(
    rf"{_RU_DAY} (?:{_RU_MONTH}|числ[ауо])(?: \d{{4}}(?: года)?)?",
    r"\d{1,2}\.\d{1,2}(?:\.\d{2,4})?",
    r"\d{1,2}-(?:го|му|е)",
    rf"{_RU_ORDINAL}(?=\W|$)",
)
_RU_PART = (
    f"(?:кон(?:ца|цу|це)|середин[ыеу]|начал[ауе]) {_RU_THIS}(?:дня|недели|месяца|квартала|года|{_RU_MONTH})"
)
_RU_EVENT = _RU_THIS + one_of(
    "завтра", "послезавтра", "обед[ау]?", "вечер[ау]?", "утр[ау]?", "полудн[яю]", "нов(?:ого|ому) год[ау]",
    "недел[иею]", "месяц[ау]", "квартал[ау]", "встреч[иеу]", "совещани[яю]", "собрани[яю](?: в [а-яё]+)?",
    "заняти[яю]", "урок[ау]", "семинар[ау]", "лекци[ию]", "праздник(?:ов|ам)", "майских", "отъезд[ау]",
    "план[её]рк[иеу]",
    "релиз[ау]", "отпуск[ау]", "зим[ыеу]", "лет[ау]", "осени", "весн[ыеу]",
)  # fmt: skip
_RU_HOUR = one_of(r"\d{1,2}[:.]\d{2}", "(?:[0-9]{1,2}|[а-яё]+) час(?:ов|ам|а|у)")
_RU_TARGET = one_of(_RU_DATE, _RU_THIS + _RU_WEEKDAY, _RU_PART, _RU_EVENT, _RU_HOUR, rf"{_RU_MONTH}(?!\w)")
_RU_TIME = (
    "(?: (?:утром|вечером|ночью|дн[её]м|до обеда|к обеду|после обеда|с утра|включительно"
    "|(?:до|к) [0-9]{1,2}[:.][0-9]{2}))?"
)
_RU_NUMBER = one_of(
    r"\d+", "пар[уы]", "полтор[аы]", "од(?:ин|ну|ного|ной)", "дв(?:а|е|ух)", "тр(?:и|[её]х)",
    "четыр(?:е|[её]х)", "пят[ьи]", "шест[ьи]", "сем[ьи]", "десят[ьи]", "несколько", "ближайш[а-яё]+",
)  # fmt: skip
_RU = (
    phrase(f"(?:сегодня|завтра|послезавтра) (?:до|к) (?:обед[ау]|вечер[ау]|конца дня|концу дня|{_RU_HOUR})"),
    phrase(f"(?:не позднее|не позже|до|к|ко) {_RU_TARGET}{_RU_TIME}"),
    phrase(
        rf"срок(?:а|у|ом)?(?: исполнения| сдачи)?(?:\W+|\W+(?:до|к|на|это|в) )(?P<said>{_RU_TARGET})",
        rf"дедлайн(?:\W+|\W+(?:до|к|на|это|в) )(?P<said2>{_RU_TARGET})",
    ),
    phrase(
        f"(?:в течение|через|за) {_RU_NUMBER} (?:рабочих )?(?:дня|дней|день|недел[июья]|недель|месяц(?:а"
        f"|ев)?|час(?:а|ов)?)",
        "(?:в течение|через|за) (?:недел[июья]|месяц[а]?|час[а]?|день|дня)",
    ),
    phrase(
        "(?:на|в) (?:следующ|эт|ближайш|будущ|текущ)[а-яё]+ (?:недел[еюи]|месяц[еа]?|квартал[еа]?|год[уа]?)"
    ),
    phrase(f"во? {_RU_THIS}(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье){_RU_TIME}"),
    phrase(f"(?:сегодня|послезавтра|завтра){_RU_TIME}"),
    phrase(f"(?:в|на) {_RU_THIS}выходн(?:ые|ых)|в начале недели|в конце (?:недели|месяца|дня|квартала|года)"),
    phrase(
        f"со? {_RU_THIS}(?:понедельника|вторника|среды|четверга|пятницы|субботы|воскресенья)"
        f"|с завтрашнего дня"
    ),
    phrase(f"{_RU_DAY} {_RU_MONTH}"),
)

_EN_MONTH = one_of(
    "january|february|march|april|may|june|july|august|september|october|november|december",
    r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?",
)
_EN_WEEKDAY = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_EN_ORDINAL = r"(?:(?:twenty|thirty)[\s-])?" + one_of(
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth",
    "fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth",
)
_EN_DAY = one_of(r"\d{1,2}(?:st|nd|rd|th)?", _EN_ORDINAL)
_EN_DATE = one_of(
    rf"{_EN_MONTH} (?:the )?{_EN_DAY}(?:,? \d{{4}})?",
    rf"(?:the )?{_EN_DAY} (?:of )?{_EN_MONTH}(?: \d{{4}})?",
    r"the \d{1,2}(?:st|nd|rd|th)(?!\w)",
    rf"the {_EN_ORDINAL}(?=\W*$|[,.;!?]| (?:of|and|so|at|then|because|or|to)(?!\w))",
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?",
    r"\d{4}-\d{2}-\d{2}",
)
_EN_SPAN = "(?:day|week|month|quarter|year|sprint)"
_EN_PART = (
    "(?:the )?(?:end|middle|start|beginning|close) of (?:the |this |next )?(?:business )?"
    f"(?:{_EN_SPAN}|business|play|{_EN_MONTH}|today|tomorrow|{_EN_WEEKDAY})(?: (?:today|tomorrow"
    f"|{_EN_WEEKDAY}))?"
)
_EN_CLOCK = r"\d{1,2}(?::\d{2})? ?(?:am|pm|o'clock)"
_EN_TIME = rf"(?: (?:morning|afternoon|evening|night|noon|(?:at )?{_EN_CLOCK}|at \d{{1,2}}(?::\d{{2}})?))?"
_EN_TARGET = one_of(
    _EN_PART,
    f"(?:this |next |coming |the )?{_EN_WEEKDAY}{_EN_TIME}",
    _EN_DATE,
    f"tomorrow{_EN_TIME}",
    "tonight|today|noon|midnight|eod|eow|cob|lunch(?:time)?|christmas|new year",
    f"(?:the )?next (?:{_EN_SPAN}|meeting|release|call)",
    r"(?:the|our) (?:first|next|last) [a-z]+",
    "(?:the |our )?(?:launch|release|meeting|holidays?|weekend|conference|deadline)",
    "(?:the )?(?:summer|winter|spring|autumn)",
    f"this {_EN_SPAN}",
    _EN_CLOCK,
    rf"{_EN_MONTH}(?!\w)",
)
_EN_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|a couple of|a few)"
_EN = (
    phrase(f"(?:by|before|until|till|no later than|not later than) {_EN_TARGET}"),
    phrase(
        rf"(?:deadline|due(?: date)?)(?:\s+(?:is|for \w+ is|will be|on|by|it|at))*\W+(?P<said>{_EN_TARGET})"
    ),
    phrase(f"(?:within|in) (?:the next )?{_EN_NUMBER} (?:business |working )?(?:hours?|{_EN_SPAN}s?)"),
    phrase(f"(?:on|this|next|coming) (?:the )?(?:next )?{_EN_WEEKDAY}{_EN_TIME}"),
    phrase(f"(?:at )?{_EN_PART}"),
    phrase(f"(?:later )?(?:this|next) {_EN_SPAN}"),
    phrase(f"(?:first thing )?(?:tomorrow{_EN_TIME}|tonight|today|eod|eow)"),
    phrase(f"(?:on|for) {_EN_DATE}"),
    phrase(
        "(?:over|on|at|before|after) the weekend|this (?:morning|afternoon|evening)"
        "|before we (?:next )?meet(?: next)?"
    ),
    phrase(f"(?:from|starting) {_EN_WEEKDAY}"),
    phrase(f"{_EN_MONTH} {_EN_DAY}"),
)
_PATTERNS = {"ru": _RU, "en": _EN}  # the firmest kind first: «до пятницы» before «завтра»
_DAYS = {
    "ru": phrase(f"(?:на |в )?(?:{_RU_THIS}{_RU_WEEKDAY}|{_RU_DATE})", "на недел[еюи]"),
    "en": phrase(f"(?:this |next )?{_EN_WEEKDAY}{_EN_TIME}", _EN_DATE, f"the {_EN_ORDINAL}"),
}
_RU_OCCASION = one_of(
    "выходн(?:ых|ым)", "каникул(?:ам)?", "открыти[яю]", "закрыти[яю]", "субботник[ау]", "концерт[ау]",
    "спектакл[яю]", "премьер[ыеу]", "выставк[иеу]", "экзамен(?:а|ов|у|ам)", "поездк[иеу]",
    "при(?:езд|ход)[ау]", "проверк[иеу]", "запуск[ау]", "старт[ау]",
    "(?:начал[ау]|конца|концу) (?:сезона|смены|четверти|семестра)",
)  # fmt: skip
_EN_OCCASION = one_of(
    "meeting", "call", "session", "lesson", "rehearsal", "stand-?up", "show", "concert", "inspection",
    "audit", "launch", "release", "opening", "trip", "visit", "exam", "fair", "term", "season", "shift",
)  # fmt: skip
# Too weak to say that something is to be done; where that is known, they say by when
_HOURS = {
    "ru": phrase(
        "(?:к|до) "
        + one_of(
            "час[ау]", "дв(?:ум|ух)", "тр[её][мх]", "четыр[её][мх]", "пяти", "шести", "семи", "восьми",
            "девяти", "десяти", "одиннадцати", "двенадцати",
        )
        + r"(?: (?:утра|дня|вечера))?(?=\W*$|[,.;!?]| чтобы(?!\w))",
        "в обед|после обеда",
        f"(?:до|к) {_RU_OCCASION}|после (?:выходных|праздников|каникул)|на той неделе"
        "|(?:к|до) следующе(?:му|го) раз[уа]",
    ),
    "en": phrase(
        "by (?:half past )?(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
        r"(?=\W*$|[,.;!?]| (?:at the latest|sharp|so|then|today|tomorrow|tonight)(?!\w))",
        f"(?:at|for|by|before) (?:the |our )?next (?:time|{_EN_OCCASION})",
        f"(?:by|before|after) (?:the )?(?:holidays|half[ -]term|easter|christmas|new year|{_EN_OCCASION})",
        "(?:at the|this|next) weekend|within the (?:day|week|month)",
        "when we next meet",
    ),
}  # fmt: skip
_DUE = {"ru": phrase(r"срок\w*", r"дедлайн\w*"), "en": phrase("deadline", "due")}


def by_when(text: str, language: str) -> str | None:
    """Return the deadline in the words of the speaker."""
    for pattern in _PATTERNS.get(language, ()):
        match = pattern.search(text)
        if match:
            said = next((part for part in match.groups() if part), match.group())
            return re.sub(r"\s+", " ", said).strip(" ,.:;")
    return None


def due(text: str, language: str) -> bool:
    """Tell whether a sentence is about a deadline, as «Срок — до пятницы» is."""
    return language in _DUE and bool(_DUE[language].search(text)) and by_when(text, language) is not None


def day_named(text: str, language: str) -> str | None:
    """Return a day that is only named, with no word that makes it a deadline: «Пятница.», "Wednesday?"."""
    found = _DAYS[language].search(text) if language in _DAYS else None
    return re.sub(r"\s+", " ", found.group()) if found else None


def hour_named(text: str, language: str) -> str | None:
    """Return an hour or a meeting by which something is to be done: «к десяти», "at the next call"."""
    found = _HOURS[language].search(text) if language in _HOURS else None
    return re.sub(r"\s+", " ", found.group()) if found else None
