"""Tells what a sentence answers to the one before it: taken, nodded at, refused, taken back."""

import re
from enum import Enum

from app.summarization.phrases import one_of, phrase, spoken
from app.summarization.words import content


class Answer(Enum):
    """TAKEN: "agreed"; NODDED: "okay", which may only say "I hear"; REFUSED; TAKEN_BACK: a joke."""

    TAKEN = "taken"
    NODDED = "nodded"
    REFUSED = "refused"
    TAKEN_BACK = "taken back"


_MOST_STEMS = 3  # of an answer; what says more speaks of its own


def _opens(opening: str, *forms: str) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{spoken(opening)}\W+)*{spoken(one_of(*forms))}(?!\w)", re.IGNORECASE)


_RU = one_of("ну", "а", "и", "так", "вот", "всё", "все", "значит", "тогда", "ой", "о", "коллеги", "в общем")
_EN = one_of(
    "well", "so", "oh", "and", "um", "uh", "then", "right", "okay", "ok", "good", "great", "yes", "yeah"
)
_TAKEN = {
    "ru": _opens(
        one_of(_RU, "да", "ага", "хорошо", "ок", "окей", "ладно", "отлично"),
        "принято|принимается|решено|решили|договорились|согласовано|единогласно|утверждено|постановили|прошло",
        "(?:я )?(?:тоже )?соглас(?:ен|на|ны)|(?:я )?поддержива(?:ю|ем)|(?:я )?не против|никто не против"
        "|(?:я )?не возражаю|не возражаем|записал[аи]?|записываю",
        "возражений (?:нет|не было|не поступило)|нет возражений|все за|все согласны",
        "я (?:только |тоже |обеими руками )?(?:«за»|за)(?=\\W*$|[,.])",
        "[\\w ]{3,20} (?:годится|подойд[её]т|подходит|устроит|устраивает|нормально|реально)(?=\\W*$)|реально",
        "годится|по рукам|идёт(?=\\W)|сойдёт|устраивает|подходит|быть посему",
        "(?:так|на том) и (?:сделаем|поступим|запишем|порешим|порешили|решим|остановимся)",
        "(?:мне |нам )?(?:тоже )?(?:нравится|подходит)|правильно|хорошая (?:мысль|идея)|разумно|логично",
        "большинств(?:о|ом)|решение принято",
    ),
    "en": _opens(
        _EN,
        "agreed?|carried|seconded|i second(?: (?:that|it))?|second(?=\\W*$)|all in favou?r"
        "|no objections?|no one objects?",
        "(?:we|i|everyone|everybody|all) (?:all )?agrees?|everyone(?:'s| is) (?:happy|fine|okay|for it)",
        "(?:that )?(?:works|suits|sounds good|sounds right)(?: (?:for|to))?(?: (?:me|us))?"
        "|fine (?:by|with) (?:me|us)",
        "[\\w' ]{2,24}(?:'s| is| are) (?:fine|okay|ok|good|great|perfect|better)|i'm (?:happy|fine"
        "|okay) with",
        "makes sense|done|deal|(?:that's |that is )?settled|sold|i'm (?:all )?for (?:it|that)|i'm in"
        "|unanimous(?:ly)?",
        "definitely|absolutely|let's do (?:it|that|so)|so be it|good idea|same here|me too|understood"
        "|exactly",
        "(?:the )?motion (?:is )?(?:carries|carried|passes|passed)|approved|adopted|so moved"
        "|the ayes have it",
    ),
}
_NODDED = {
    "ru": _opens(
        _RU,
        "да|ага|угу|хорошо|ок|окей|ладно|давай(?!\\s+так|\\s+без)|давайте(?!\\s+так|\\s+без)|отлично|конечно|добро|супер|пон(?:ял|яла|яли)|приня(?:л|ла)",
        "понятно|сделаю|сделаем|будет сделано|без проблем|не вопрос|легко|успею|успеем|смогу|постараюсь|могу",
        "точно|верно|спасибо|можно|обязательно|безусловно|есть(?=\\W*$)|замечательно|прекрасно",
    ),
    "en": _opens(
        one_of("well", "so", "oh", "and", "um", "uh"),
        "yes|yeah|yep|yup|sure|ok|okay|right|fine|good|great|perfect|will do|got it|on it|no problem"
        "|of course"
        "|alright|all right|cool|certainly|i will|i can|thanks|thank you|please do|lovely|happy to|wonderful",
    ),
}
_REFUSED = {
    "ru": _opens(
        _RU,
        "нет|не надо|не нужно|не стоит|ни в коем случае|против|зачем|не пойд[её]т|не согласн?[ае]н?|вряд ли",
        "не сейчас|рано|ни за что|исключено|отклон\\w+|не прошло|не принято|не получится|в другой раз|потом",
    ),
    "en": _opens(
        one_of("well", "so", "oh", "and", "um", "uh", "i'm afraid", "honestly", "sorry"),
        "no|nope|not (?:happening|now|yet|this|really|going|a chance|sure)|i (?:wouldn't|don't think so"
        "|disagree)",
        "i'd rather not|please no|(?:that's )?out of the question|never|absolutely not|that would be silly",
        "maybe (?:later|another|next)|(?:the )?motion (?:fails|failed|is defeated)|defeated"
        "|over my dead body",
    ),
}
_TAKEN_BACK = {
    "ru": phrase(
        "шучу|шутка|шутим|шутю|отбой|отменяется|передумал[аи]?|снимаю (?:вопрос|предложение)|проехали"
        "|забудь(?:те)?"
    ),
    "en": phrase(
        "(?:just |only |i'm )?(?:kidding|joking)|just a joke|very funny|never ?mind|scrap that"
        "|forget (?:it|that|about (?:it|that))|ha|haha|i take (?:it|that) back|we can dream"
    ),
}
_SETTLES = {
    "ru": phrase(
        "принят[оа]|решено|решили|договорились|единогласно|утвержден[оаы]?|утверждаем|постановили|прошло"
        "|так и (?:сделаем|запишем)"
    ),
    "en": phrase("settled|carried|agreed|decided|approved|adopted|passed|unanimous(?:ly)?|sold|deal|done"),
}
_ASKS_ALL = {
    "ru": phrase("возражени[йя]|все согласны|никто не против|все за|согласны|кто против|не против"),
    "en": phrase(
        "everyone|everybody|objections?|agreed|all agree|any(?:one|body) against|happy with that|okay"
    ),
}
_SO = {
    "ru": phrase("(?:давай(?:те)?|решаем|остановимся|договоримся|поступим|сделаем) (?:так|вот как)"),
    "en": phrase("(?:let's|we'll) do (?:it like )?this|here's what we(?:'ll)? do|let's say"),
}
_BUT = {"ru": phrase("но|только если|если"), "en": phrase("but|if|unless")}


def answer(text: str, language: str) -> Answer | None:
    """Return what a sentence answers; None where it speaks of its own."""
    if language not in _TAKEN:
        return None
    short = len(content(text, language)) <= _MOST_STEMS
    if short and _TAKEN_BACK[language].search(text):
        return Answer.TAKEN_BACK
    if text.rstrip('"»)”’ ').endswith("?"):
        return None
    if _REFUSED[language].search(text):
        return Answer.REFUSED
    if short and not _BUT[language].search(text):
        if _TAKEN[language].search(text):
            return Answer.TAKEN
        if _NODDED[language].search(text):
            return Answer.NODDED
    return None


def asks_all(text: str, language: str) -> bool:
    """Tell whether somebody asks whether all agree: «Возражения есть?», "everyone happy with that?"."""
    return text.rstrip('"»)”’ ').endswith("?") and bool(_ASKS_ALL[language].search(text))


def settles(text: str, language: str) -> bool:
    """Tell whether a sentence closes a matter, and does not only agree: «Принято», "that's settled"."""
    return bool(_SETTLES[language].search(text))


def settles_so(text: str, language: str) -> bool:
    """Tell whether a sentence only says that the next one is how it is to be: «Давайте так.»."""
    return len(content(text, language)) <= 1 and bool(_SO[language].search(text))


def answered(text: str, language: str) -> str:
    """Return what a sentence says beside its answering word: of «Согласна, оставляем» the second."""
    for forms in (_TAKEN, _NODDED, _REFUSED):
        found = forms[language].match(text)
        if found:
            return text[found.end() :].lstrip(" ,.;:–—-")
    return text


def assents(text: str, language: str) -> bool:
    """Tell whether a sentence takes or nods at what was said."""
    return answer(text, language) in (Answer.TAKEN, Answer.NODDED)
