"""Tells whether a sentence decides something, by Russian and English cue phrases; for `cues`."""

from app.summarization.phrases import one_of, phrase

_WE_DO = one_of(
    "бер[её]м|оста[её]мся|делаем|запускаем|переходим|закрываем|покупаем|нанимаем|оставляем|выпускаем|отменяем",
    "меняем|заказываем|закупаем|открываем|продлеваем|расторгаем|сокращаем|увеличиваем|останавливаем|отдаём|отдаем",
)
_DECIDED = {
    "ru": phrase(
        "(?:мы )?(?:решили|порешили|постановили|договорились|условились|утвердили|одобрили|согласовали"
        "|определились)",
        "постановляем|утверждаем|одобряем|решаем|решен[оаы]?|решён|постановлено|утвержден[аоы]?|утверждён",
        "одобрен[аоы]?|согласован[аоы]?|единогласно|принят[оаы]|принимаем|приняли|принимается",
        "сойд[её]мся|сходимся на|так и (?:пишу|запишу|записываю|запишем)|останавливаемся на"
        "|остановились на|остановимся на|выбрали|выбираем|отказываемся|отказались",
        rf"(?:тогда|значит|итак)\W+(?:\w+\W+){{0,5}}?{_WE_DO}(?! к )",
        "переносим|откладываем|фиксируем|зафиксируем|зафиксировали",
        "(?:тогда|давайте|так) и (?:запишем|сделаем|порешим|поступим|зафиксируем|решим)",
        "итоговое решение|наше решение|решение (?:такое|следующее|принято)",
    ),
    "en": phrase(
        r"(?:we|the (?:board|committee|council|team|meeting|trustees|members)|i)(?:'ve| have)? (?:all "
        r"|just |also |finally |unanimously |collectively )?"
        "(?:decided|agreed|resolved|settled on|approved|voted|chose|chosen)",
        "it(?:'s| is| was| has been) (?:been )?(?:decided|agreed|settled|resolved|approved)",
        "(?:so )?(?:the )?decision (?:is|was|made|taken|here is)|final decision|agreed then|so agreed"
        "|agreed that|agreed to|we (?:all )?agree(?: that| to| on)",
        "(?:let's|we'll|we will|we are going to|we're going to) go (?:with|ahead with)",
        "(?:we're|we are) (?:going (?:with|ahead with)|postponing|cancelling|canceling|dropping"
        "|moving(?! on))",
        "(?:the )?motion (?:is )?(?:passes|passed|carries|carried|approved)",
        "(?:is|are|was|were|been|be) (?:hereby )?(?:unanimously )?approved|unanimously|consensus is",
        "(?:let's|we'll|we will|we're going to|we are going to) "
        "(?:postpone|cancel|drop|stick with|keep|settle on"
        "|move the|adopt|switch to|discontinue|call off)|settled on",
    ),
}
_NOT_DECIDED = {
    "ru": phrase(
        r"не (?:мы |до конца )?(?:решили|решено|решён|договорились|утвержд\w+|утвердили|согласова\w+"
        r"|определились|принят\w|приняли"
        r"|одобр\w+|выбрали|переносим|откладываем)",
        r"(?:решили|решаем|решен[аоы]?|решён) (?:(?:эту|эти|этот|все|свои|такую|нашу|ту) )?(?:проблем|баг"
        r"|ошибк|задач|вопрос)\w*",
        r"(?:проблем\w+|вопрос\w*|баг\w*|ошибк\w+|задач\w+) (?:\w+ ){0,3}?(?:решили|решен\w*|решён)",
        r"надо реш\w+|если (?:бы )?(?:мы )?(?:реш|договор|утверд|соглас)\w+|пока (?:не|мы не)",
        r"(?:что|как|почему|зачем|когда) (?:же )?(?:мы )?(?:решили|договорились)\W*$",
    ),
    "en": phrase(
        r"(?:haven't|hasn't|didn't|not|never|don't|nobody|no one|nothing|isn't|wasn't|aren't"
        r"|hardly) (?:\w+ ){0,2}?"
        "(?:decided|agreed|agree|decide|resolved|settled|approved|approve)",
        r"(?:need|have|want|try|trying|going|hard|up to \w+) to (?:decide|agree)",
        r"(?:if|whether|once|until|unless|when) (?:we|it|they)\b[^,]*\b(?:decided?|agreed?|approved?)",
        "i (?:agreed|resolved|decided|voted|chose)|(?:what|why|how) (?:have )?we (?:decided|agreed)",
    ),
}
_REMEMBERED = {
    "ru": phrase(
        r"в прошл(?:ый|ом) (?:раз|год[уа]|месяц[еа]|квартал[еа])|на прошл\w+ \w+|тогда ещё|вчера|позавчера"
        r"|ранее|раньше|в прошлую \w+"
    ),
    "en": phrase(
        "last (?:time|week|month|year|meeting|quarter|sprint)|yesterday|previously|earlier this|back in"
        "|at the last"
    ),
}
_WEAK = phrase(
    "приняли|принимаем|принимается|принят[оаы]|переносим|откладываем|отказались|решаем|выбираем|выбрали"
)
_WEAK_NEEDS = phrase(
    r"решени\w*|предложени\w*|вариант\w*|бюджет\w*|план\w*|поправк\w*|за основу|на \w+|до \w+|от \w+|что"
    r"|дат\w+|срок\w*"
)


def remembered(text: str, language: str) -> bool:
    """Tell whether a sentence speaks of an earlier meeting."""
    return bool(_REMEMBERED[language].search(text))


def decided(text: str, language: str) -> str | None:
    """Return the sentence without its cue where it decides something, else None."""
    found = _DECIDED[language].search(text)
    if not found or _NOT_DECIDED[language].search(text) or remembered(text, language):
        return None
    if _WEAK.fullmatch(found.group()) and not _WEAK_NEEDS.search(text[found.end() :]):
        return None  # «приняли на работу», «выбрали цвет» need more than the word
    return _DECIDED[language].sub("", text)
