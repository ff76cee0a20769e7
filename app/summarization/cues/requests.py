"""Tells who is asked for work, by «ты», «с тебя», "could you": the name that is called, where one is."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.phrases import one_of, phrase, spoken, word_list

_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*|\d+|[.,;:!?…—–]")
_RU_OWES = phrase(
    "(?:с|со|за|на|от) (?:тебя|вас|тобой|вами|тебе)(?! (?:слышно|видно|хватит|надеюсь|спасибо))",
    "твоя задача|ваша задача|это тебе|это вам|тебе (?:нужно|надо)|вам (?:нужно|надо|поручается)",
    "(?:попрошу|прошу) (?:тебя|вас)|поручаю (?:тебе|вам)|жд(?:у|ём|ем) от (?:тебя|вас)",
)
_RU_NEEDED = phrase("нуж(?:ен|на|но|ны)")
_RU_ABLE = phrase(
    "(?:с|у)?можешь|(?:с|у)?можете|мог(?:ла)? бы|могли бы|не мог(?:ла|ли)? бы|успеешь|успеете"
    "|возьм[её]шь|возьм[её]те"
)
_RU_QUIET = (
    "давай",
    "давайте",
    "смотри",
    "смотрите",
    "извини",
    "извините",
    "прости",
    "простите",
    "пусть",
    "слушай",
)
_RU_FAST = (
    "слушайте",
    "подожди",
    "подождите",
    "постой",
    "постойте",
    "погоди",
    "погодите",
    "держи",
    "держитесь",
    "знай",
)
_EN_VERB = r"(?:(?:please|just|also|then|maybe|kindly|quickly) )*(?P<verb>[a-z]+)"
_EN_ASKS = re.compile(
    spoken(
        one_of(
            rf"(?<!\w)(?:can|could|would|will|won't) you {_EN_VERB}",
            r"(?<!\w)would you mind (?P<verb2>[a-z]+?)(?:t|n|m|p|g)?ing(?!\w)",
            rf"(?<!\w)(?:i need|i want|i'd like|we need|i'd ask) you to {_EN_VERB.replace('verb', 'verb3')}",
            rf"^\W*(?:(?:and|so|then|okay|ok|right|good|also"
            rf"|first)\W+)*please {_EN_VERB.replace('verb', 'verb4')}",
            rf"(?<!\w)you (?:need to|have to|should|must|ought to|'ll have to|will have to) "
            rf"{_EN_VERB.replace('verb', 'verb5')}",
            r",\s*(?P<verb7>would|could|can|will) you(?: please)?\W*$",
            r"(?<!\w)(?P<verb6>over to you|that's (?:one )?for you|it's (?:all )?yours|you're on)(?!\w)",
        )
    ),
    re.IGNORECASE,
)
_EN_CALLED = re.compile(
    r"^(?:(?P<name>[A-Z][a-z'-]+),\s|(?P<unpunctuated>[a-z]+)\s+(?:can|could|would|will) you\s)"
)
_EN_CALLS_NOBODY = frozenset(
    ("again", "anyhow", "anyway", "besides", "come", "guys", "hang", "hello", "hold", "listen", "look",
     "madam", "meanwhile", "morning", "oh", "see", "sir", "sorry", "still", "wait", "whatever")
)  # fmt: skip
_WH = re.compile(r"(?:how|why|what|where|who|when)\W*$", re.IGNORECASE)
_EN_ORDER = re.compile(
    spoken(
        rf"^\W*(?:(?:and|so|then|okay|ok|right|good|also|first)\W+)*{_EN_VERB} (?:the|a|an|it|them|us|me"
        rf"|in|with|up|out)(?!\w)"
    ),
    re.IGNORECASE,
)
_EN_TALK = frozenset(
    ("hear", "see", "imagine", "believe", "remember", "guess", "know", "mean", "excuse", "be", "have")
)
_IF = {"ru": phrase("если"), "en": phrase("if")}


def requested(text: str, language: str) -> bool:
    """Tell whether a sentence asks whoever is addressed for work."""
    if _IF[language].search(text):
        return False
    return _russian(text) if language == "ru" else _english(text)


def owed(text: str, language: str) -> bool:
    """Tell whether a sentence gives work to whoever is addressed, without a verb: «с тебя отчёт»."""
    return language == "ru" and bool(_RU_OWES.search(text))


def addressed(text: str, language: str, people: frozenset[str]) -> str | None:
    """Return the name that is called: «Паш, спроси …», "…, Kamal?"; `people`: known names, in lower case."""
    words = _WORD.findall(text)
    for i, word in enumerate(words):
        if not word[0].isalpha():
            continue
        before, after = words[i - 1] if i else "", words[i + 1] if i + 1 < len(words) else ""
        if language == "ru":
            found = _called(words, i)
            if found:
                return found
        elif (
            after == ","
            and (not before or not before[0].isalpha() or before.lower() in word_list("lead_in.en"))
        ) or (before == "," and (not after or after in ".,?!")):
            known = word.lower() in people or word.lower() in word_list("names.en")
            if known and word.lower() not in word_list("lead_in.en"):
                return str(word[0].upper() + word[1:])
    return None


def called_by_request(text: str, people: frozenset[str]) -> str | None:
    """Return the name before an English request: "Jodie, the site needs changing, would you?".

    Also a name that nobody else says, for which `addressed` has too little to go by, and the unpunctuated
    "raj would you order more".
    """
    found = _EN_CALLED.match(text)
    if found is None:
        return None
    name = found["name"] or found["unpunctuated"]
    known = name.lower() in people or name.lower() in word_list("names.en")
    return name.title() if known or (found["name"] and _may_be_called(name) and _english(text)) else None


def _may_be_called(word: str) -> bool:
    """Tell whether a word before the comma of a request can be a name."""
    lower = word.lower()
    return not lower.endswith("ly") and lower not in (
        word_list("nobody.en") | word_list("lead_in.en") | _EN_CALLS_NOBODY
    )


def _called(words: Sequence[str], i: int) -> str | None:
    """Return the name at `i` with its patronymic, where commas or ends of the sentence stand around."""
    if i and words[i - 1][0].isalpha() and words[i - 1].lower() not in word_list("lead_in.ru"):
        return None
    called: list[str] = []
    end = i
    while end < len(words) and words[end][0].isupper() and len(called) < 3:
        name = _vocative(words[end])
        if name is None:
            break
        called.append(name)
        end += 1
    return " ".join(called) if called and (end == len(words) or words[end] in ",.!?") else None


def _vocative(word: str) -> str | None:
    """Return a name that can be called: «Ольга», and «Оль», which has the form of a genitive."""
    for parse in russian.parses(word):
        if any(kind in parse.tag for kind in ("Name", "Patr", "Surn")) and (
            parse.tag.case in ("nomn", "voct") or ("plur" in parse.tag and parse.tag.case == "gent")
        ):
            form = parse if parse.tag.case == "nomn" else parse.inflect({"nomn", "sing"})
            return str(form.word).title() if form else None
    return None


def _russian(text: str) -> bool:
    if _RU_OWES.search(text):
        return True
    words = _WORD.findall(text)
    if _RU_NEEDED.search(text) and not text.rstrip().endswith("?") and _called(words, 0):
        return True  # «Ренат, кондуктор нужен к пятнице»
    silent = word_list("talk.ru") | word_list("asked_to_talk.ru")
    for i, word in enumerate(words):
        if (
            not word[0].isalpha()
            or word.lower() in (*_RU_QUIET, *_RU_FAST)
            or (i and words[i - 1].lower() == "не")
        ):
            continue
        lemma = russian.lemma(word)
        if russian.has(word, "impr", "excl", least=0.3) and lemma not in silent:
            return True
        if _RU_ABLE.search(text) and russian.has(word, "INFN", least=0.5) and lemma not in silent:
            return True
        if russian.has(word, "VERB", "2per", "futr", least=0.3) and lemma not in silent | word_list(
            "no_work.ru"
        ):
            return True
    return False


def _english(text: str) -> bool:
    for match in _EN_ASKS.finditer(text):
        verb = next(value for value in match.groupdict().values() if value).lower()
        before, after = text[: match.start()], text[match.end() :]
        polite = "?" in after or "please" in text.lower() or before.rstrip().endswith(",")
        asked = match["verb"] is None or (polite and not _WH.search(before))
        if asked and verb not in (word_list("talk.en") | word_list("no_work.en") | _EN_TALK) - {
            "talk",
            "ask",
            "take",
            "share",
        }:
            return True
    order = _EN_ORDER.search(text)
    return bool(order and order["verb"].lower() in word_list("work.en"))
