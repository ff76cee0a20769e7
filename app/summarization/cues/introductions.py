"""Finds the name that a speaker gives himself: «меня зовут Марина», "this is John speaking"."""

import re

from app.summarization import russian
from app.summarization.phrases import one_of, spoken, word_list

_MOST_WORDS = 3  # of a name: «Анна Сергеевна Иванова»
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_RU_GREETING = one_of("алло", "да", "так", "всем", "коллеги", "привет", "здравствуйте", "добр[а-яё]+ [а-яё]+")
_RU_SURE = re.compile(spoken(r"(?<!\w)(?:меня зовут|мо[её] имя)[\s,:—–-]+"), re.IGNORECASE)
_RU_LIKELY = re.compile(
    spoken(
        one_of(
            r"(?<!\w)я\s*[—–-]?\s*(?=(?-i:[А-ЯЁ]))",
            rf"^\W*(?:{_RU_GREETING}\W+)*(?:это|говорит|на связи|с вами|у микрофона)\s+(?=(?-i:[А-ЯЁ]))",
            r"[.,!] (?:на связи|с вами|у микрофона) (?=(?-i:[А-ЯЁ]))",
        )
    ),
    re.IGNORECASE,
)
_RU_AFTER = re.compile(spoken(r"\s*(?:[.,!;—–-]|$|из |и я |на связи|у телефона|слушаю)"), re.IGNORECASE)
_EN_GREETING = one_of(
    "hi", "hello", "hey", "yes", "yeah", "so", "okay", "good [a-z]+", "everyone", "everybody", "all"
)
_EN_SURE = re.compile(spoken(r"(?<!\w)(?:my name is|my name's|my name’s)\s+"), re.IGNORECASE)
_EN_LIKELY = re.compile(
    spoken(
        one_of(
            r"(?<!\w)(?:i am|i'm|i’m) ",
            rf"^\W*(?:{_EN_GREETING}\W+)*(?:this is|it's|it’s) ",
        )
    ),
    re.IGNORECASE,
)
_EN_AFTER = re.compile(
    spoken(r"\s*(?:[.,!;—–-]|$|(?:from|speaking|here|calling|and i|with)(?!\w))"), re.IGNORECASE
)
_EN_HERE = re.compile(
    rf"^\W*(?i:{_EN_GREETING}\W+)*(?P<name>[A-Z][\w'’-]+)\s+(?:here|speaking)\s*(?:[.,!]|$)"
)


def introduced(text: str, language: str) -> str | None:
    """Return the name by which the speaker of a sentence calls himself, in the nominative."""
    if text.rstrip('"»)”’ ').endswith("?"):  # "I'm John, am I?" gives no name
        return None
    if language == "ru":
        return _given(text, _RU_SURE, _RU_LIKELY, _RU_AFTER, language)
    if language != "en":
        return None
    here = _EN_HERE.match(text)
    if here and here["name"].lower() in word_list("names.en"):
        return here["name"]
    return _given(text, _EN_SURE, _EN_LIKELY, _EN_AFTER, language)


def _given(
    text: str, sure: re.Pattern[str], likely: re.Pattern[str], after: re.Pattern[str], language: str
) -> str | None:
    """Return the name after a phrase that gives one; after a likely one, what follows must end it."""
    for lead in sure.finditer(text):
        name, _ = _name(text, lead.end(), language, sure=True)
        if name:
            return name
    for lead in likely.finditer(text):
        name, end = _name(text, lead.end(), language, sure=False)
        if name and after.match(text, end):
            return name
    return None


def _name(text: str, at: int, language: str, *, sure: bool) -> tuple[str | None, int]:
    """Return the name that begins at a place, and where it ends."""
    words: list[str] = []
    end = at
    for word in _WORD.finditer(text, at):
        if len(words) == _MOST_WORDS or text[end : word.start()].strip():
            break
        read = _russian(word[0]) if language == "ru" else _english(word[0], first=not words)
        read = read or (word[0] if sure and word[0][0].isupper() and not words else None)
        if read is None:
            break
        words.append(read)
        end = word.end()
    return " ".join(words) or None, end


def _russian(word: str) -> str | None:
    """Return a name as it is in the nominative; «Анны» and «Новый» are none."""
    for rank, parse in enumerate(russian.parses(word)):
        named = any(kind in parse.tag for kind in ("Name", "Surn", "Patr"))
        if named and parse.tag.case == "nomn" and (word[0].isupper() or rank == 0):
            return word.title()
    return None


def _english(word: str, *, first: bool) -> str | None:
    """Return a first name of the list, or what stands with a capital after one."""
    if first:
        return word[0].upper() + word[1:] if word.lower() in word_list("names.en") else None
    return word if word[0].isupper() and word.lower() not in word_list("nobody.en") else None
