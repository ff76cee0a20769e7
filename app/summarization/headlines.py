"""Finds short sentences by which people name what comes next: «По билетам.», "Third, parking."."""

import re

from app.summarization import russian
from app.summarization.words import content

_MOST_WORDS = 5
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_RU_OPENS = re.compile(
    r"^(?:(?:и|а|ну|так|теперь|дальше|далее|ещё|еще|следующее|последнее|напоследок|и последнее|перв\w+"
    r"|втор\w+|трет\w+"
    r"|четв[её]рт\w+|пят\w+|вопрос|пункт|тема|по|про|насч[её]т|о|об)[\s,:—–-]+)*",
    re.IGNORECASE,
)
_EN_OPENS = re.compile(
    r"^(?:(?:and|so|now|next|then|right|okay|ok|also|first|second|third|fourth|finally|lastly|firstly|secondly|thirdly"
    r"|last thing|next item|item|up|about|on|as for|regarding|the|our|this)[\s,:—–-]+)*",
    re.IGNORECASE,
)
_EN_VERBS = re.compile(
    r"(?:^|\W)(?:yeah|yep|yup|nope|nah|oh|ah|like|gotcha|hurrah|hooray|hallelujah|bless|ouch|ugh|yay|cheers|sorted|noted|morning|m+|hm+|mm-hmm|uh-huh|wow|cool|exactly|bravo|wait|come|oops|is|are|was|were|be|am|has|have|had|do|does|did|will|would|can|could|should|may|must|it|that|this|i|you"
    r"|we|he|she|they|there|let|please|not|no|yes|sure|thanks|thank|hi|hello|bye|sorry|good|great|fine|me|\w+'\w+)(?:\W|$)",
    re.IGNORECASE,
)

_ORDINAL = re.compile(
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|перв|втор|трет|четв[её]рт|пят|шест)\w*",
    re.IGNORECASE,
)

_EXCLAIMED = re.compile(
    "кошмар|ужас|беда|красота|молод(?:ец|цы)|спасибо|ерунда|чушь|класс|супер|факт|правда", re.IGNORECASE
)


def headline(text: str, language: str) -> str | None:
    """Return what a sentence names as the next topic, without «теперь» or "next"; None where it does more."""
    words = _WORD.findall(text)
    if not words or len(words) > _MOST_WORDS or not text.rstrip().endswith((".", ":", "…")):
        return None
    opens = (_RU_OPENS if language == "ru" else _EN_OPENS).match(text)
    named = text[opens.end() if opens else 0 :].strip(" .:…,")
    if not named or not content(named, language) or _ORDINAL.fullmatch(named):
        return None
    if len({word.lower() for word in words}) < len(words):
        return None  # "Wait wait wait.", "Aaa aaa.": nobody names a topic so
    return named if (_russian(words, named) if language == "ru" else not _EN_VERBS.search(named)) else None


def _russian(words: list[str], named: str) -> bool:
    """Tell whether the words are a noun with what belongs to it, and no sentence, greeting or name."""
    if any(
        russian.parses(word)[0].tag.POS in ("VERB", "INFN", "PRED", "INTJ", "GRND", "PRTS", "ADJS")
        for word in words
    ):
        return False
    if russian.parses(named.split()[0])[0].tag.POS in ("PREP", "CONJ", "NPRO", "ADVB", "PRCL"):
        return False
    if _EXCLAIMED.fullmatch(named):
        return False
    if any(russian.person(word) for word in _WORD.findall(named)):
        return False
    return any(russian.has(word, "NOUN", least=0.4) for word in _WORD.findall(named))
