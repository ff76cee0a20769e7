"""Tells whether a Russian sentence says what "we" do next: proposal, plan, conclusion; for `decisions`."""

import re
from collections.abc import Sequence

from app.summarization import russian
from app.summarization.cues.plan import Plan
from app.summarization.phrases import phrase, spoken, word_list

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[.,;:!?…—–]")
_CONCLUDES = re.compile(
    r"^\W*(?:(?:ну|а|и|так|да|ага|нет|всё|все|хорошо|ладно|отлично|окей|ок|коллеги|давай(?:те)?)\W+)*"
    r"(?:значит|итак|тогда|стало быть|следовательно|таким образом|ладно|короче|в общем|остановимся\W+так"
    r"|решаем\W+так|давайте\W+так|ну\W+вс[её]|хорошо|отлично|окей|нет)(?!\w)",
    re.IGNORECASE,
)
_THEREFORE = phrase("значит|итак|тогда|следовательно|стало быть|таким образом")
_SUGGESTS = phrase(
    "предлага(?:ю|ем)|предложил[аи]? бы|есть предложение|моё предложение|моя идея|ставлю на голосование"
    "|вношу предложение|может(?: быть)?|можем|можно|лучше|пусть|пускай|(?:давай|давайте)(?! так)|а если"
    "|почему бы",
    "по-хорошему|надо бы|хорошо бы|стоит|кто за|я за то|пора",
)
_ASKS = phrase(
    "что|чего|чем|как|какой|какая|какие|какую|кто|кому|кого|кем|где|куда|откуда|когда|почему|зачем|сколько|чей|или"
)
_LET = phrase("давай|давайте|предлагаю|предлагаем|пусть|ставлю на голосование")
_CLOSES = phrase("и точка|и всё|и все|и дело с концом|без вариантов|и хватит|раз и навсегда")
_NAMED_ONLY = re.compile(
    r"^\W*(?:(?:ну|хорошо|ладно|да)\W+)*(?:значит|итак)\W+(?:[^\W\d_]+\W*){1,3}$", re.IGNORECASE
)
_CLOSED = re.compile(
    r"^\W*(?:(?:ну|хорошо|ладно|да|так|окей)\W+)*(всё|все|тогда|значит|итак)\W+", re.IGNORECASE
)
_WONDERS = phrase("пора|можно|можем|может(?: быть)?|могли бы|почему бы|а если|хорошо бы|надо бы")
_HABIT = phrase(
    "мы|каждый|каждую|каждое|обычно|всегда|уже|сейчас|пока|постоянно|всё время|до сих пор|по-прежнему|ещё|еще"
    "|потому что|что|который|которые|которая|раз в|не только|едва"
)
_SHORT = 9  # words of a verdict
_BUT = phrase("но|хотя|хотел[аи]? бы|хочется")
_DENIED = re.compile(rf"(?<!\w){spoken('не буд(?:ем|ет|ут)|больше не|без')}(?!\w)", re.IGNORECASE)
_IF = phrase("если|когда бы|чтобы|пока не|бы")
_UNTIL = re.compile(r"(?<=\w),?\s+(?:до тех пор,?\s+)?пока\s+не\s.*$", re.IGNORECASE)
_AGREED_SO = phrase("давайте так|давай так|решаем так|остановимся так|договоримся так")


def plan(text: str) -> Plan | None:
    """Return how firmly a sentence says what is done next; None where it says nothing of the kind."""
    text = _without_end(text)
    words = _WORD.findall(text)
    question = text.rstrip('"»)”’ ').endswith("?")
    if question and _ASKS.search(text) and not re.search(r"\bкто за\b", text, re.IGNORECASE):
        return None
    suggests = bool(_SUGGESTS.search(text))
    together = _together(words)
    if suggests and (_BUT.search(text) or not (together or _deeds(words))):
        suggests = False
    if question:
        return Plan.PROPOSED if together or suggests or _infinitive_first(words) else None
    if suggests:
        return Plan.PROPOSED
    if _IF.search(text) and not _AGREED_SO.search(text):
        return None
    concludes = bool(_CONCLUDES.search(text))
    if together:
        return Plan.CONCLUDED if concludes or _CLOSES.search(text) or _verdict(words) else Plan.PLANNED
    denied = "не" in text.lower().split()
    if _NAMED_ONLY.search(text) and not denied:
        return Plan.CONCLUDED
    if _verdict_of_a_thing(words, text):
        return Plan.CONCLUDED
    if _infinitive_first(words) or _ordered(words):
        return Plan.PROPOSED
    if denied or not _others_do(words):
        return None  # «Значит, не дадут» only infers
    if _THEREFORE.search(text):
        return Plan.CONCLUDED
    return Plan.PLANNED if concludes else None


def _without_end(text: str) -> str:
    """Leave out until when something is done: of «закрываем, пока не починят» the second half."""
    return _UNTIL.sub("", text)


def wonders(text: str) -> bool:
    """Tell whether a sentence only says what could be done, so that a nod does not decide it."""
    return bool(_WONDERS.search(text))


def denies(text: str) -> bool:
    """Tell whether a plan is not to do something: «камеры не ставим», «отказываться не будем»."""
    words = _WORD.findall(text)
    return bool(_DENIED.search(text)) or any(
        word.lower() == "не" and i + 1 < len(words) and _ours(words[i + 1]) for i, word in enumerate(words)
    )


def _together(words: Sequence[str]) -> bool:
    """Find «делаем», «сделаем», «не будем делать»; not what is about the talk, and not what happens to us."""
    for i, word in enumerate(words):
        if _ours(word):
            return True
        if word.lower() == "будем" and any(
            russian.has(after, "INFN", least=0.5) and _deed(russian.lemma(after))
            for after in (*words[i + 1 : i + 3], *words[max(0, i - 2) : i])
        ):
            return True
    return False


def _verdict(words: Sequence[str]) -> bool:
    """Tell whether «we» is left out and the present used, as by who decides: «Берём архив»."""
    said = [word for word in words if word[0].isalpha() or word[0].isdigit()]
    if len(said) > _SHORT or _HABIT.search(" ".join(said)):
        return False
    return any(_ours(word) and russian.has(word, "VERB", "pres", "1per", "plur", least=0.2) for word in said)


def _ours(word: str) -> bool:
    if not word[0].isalpha() or word.lower() in ("будем", "давайте", "скажем", "допустим", "положим"):
        return False
    return any(
        p.score >= 0.2
        and p.tag.POS == "VERB"
        and "1per" in p.tag
        and "plur" in p.tag
        and _deed(p.normal_form)
        for p in russian.parses(word)
    )


def _others_do(words: Sequence[str]) -> bool:
    """Find a verb of doing in the present or future, of anybody but the speaker: «крышу делает Гарант»."""
    if any(word.lower() in ("я", "мне", "меня") for word in words):
        return False
    return any(
        p.score >= 0.3
        and p.tag.POS == "VERB"
        and p.tag.tense in ("pres", "futr")
        and p.tag.person in ("2per", "3per")
        and _deed(p.normal_form)
        for word in words
        if word[0].isalpha()
        for p in russian.parses(word)[:1]
    )


def _infinitive_first(words: Sequence[str]) -> bool:
    """Tell whether the sentence is an order without a person: «Отдать Гаранту», «Утвердить смету»."""
    said = [word for word in words if word[0].isalpha()][:1]
    return any(russian.has(word, "INFN", least=0.5) and _deed(russian.lemma(word)) for word in said)


def _ordered(words: Sequence[str]) -> bool:
    """Tell whether a sentence has no verb but the infinitive of a deed: «Людей туда не пускать»."""
    said = [word for word in words if word[0].isalpha()]
    if any(russian.has(word, kind, least=0.5) for word in said for kind in ("VERB", "PRED", "ADJS", "PRTS")):
        return False
    return any(russian.has(word, "INFN", least=0.5) and _deed(russian.lemma(word)) for word in said)


def _verdict_of_a_thing(words: Sequence[str], text: str) -> bool:
    """Tell whether a sentence closes a matter without a verb: «Всё, переезд в субботу»."""
    closes = _CLOSED.match(text)
    if not closes:
        return False
    said = [word for word in words if word[0].isalnum()]
    rest = _WORD.findall(text[closes.end() :])
    if closes[1].lower() in ("всё", "все") and (not rest or russian.has(rest[0], "PREP", least=0.5)):
        return False  # «Всё, по местам»
    if len(said) > _SHORT or any(
        russian.has(word, kind, least=0.3)
        for word in said
        for kind in ("VERB", "INFN", "PRED", "INTJ", "NPRO")
    ):
        return False
    noun = any(russian.has(word, "NOUN", least=0.5) and not russian.person(word) for word in said)
    return noun and any(
        word.isdigit() or russian.has(word, kind, least=0.5) for word in said for kind in ("PREP", "NUMR")
    )


def _deeds(words: Sequence[str]) -> bool:
    """Tell whether a suggestion is of a deed, or of a thing: «без карты», not «давайте начнём»."""
    verbs = [
        russian.lemma(word)
        for word in words
        if word[0].isalpha()
        and (russian.has(word, "INFN", least=0.5) or russian.has(word, "VERB", least=0.5))
    ]
    verbs = [verb for verb in verbs if verb not in ("давать", "предлагать", "пустить", "мочь", "ставить")]
    return any(map(_deed, verbs)) if verbs else bool(_LET.search(" ".join(words)))


def _deed(lemma: str) -> bool:
    return lemma not in word_list("no_work.ru") | word_list("talk.ru") | word_list("no_plan.ru")
