"""Lines in which something may be decided or promised: more than there are, for a chat model to judge.

`line_by_line` asks about each. Missing one loses an item, proposing one too many costs a question.
"""

import re
from collections.abc import Container, Sequence
from functools import cache

from app.summarization import russian
from app.summarization.phrases import phrase
from app.summarization.sentences import Sentence
from app.summarization.words import content, tokens

_CUES = {
    "ru": phrase(
        r"с тебя|с вас|за тобой|за вами|за мной|на тебе|на вас|на мне|беру на себя|пусть|надо"
        r"|нужно|необходимо|должн\w+|обязан\w*|обеща\w+|поруч\w+|попрос\w+|прошу|ответственн\w+"
        r"|срок\w*|задача|принято|приняли|решен\w+|решили|решаем|договорились|утвержд\w+|утверд\w+"
        r"|единогласно|давай(?:те)?|тогда|значит|итого|ок(?:ей)?|ладно|хорошо|соглас\w+|оставляем"
        r"|отказ\w+|не будем|будем"
    ),
    "en": phrase(
        r"will|won't|shall|should|must|needs? to|have to|has to|got to|gotta|gonna|going to|let's"
        r"|let us|please|can you|could you|would you|agreed?|decided?|decision|approved?|settled?"
        r"|final(?:ly)?|make sure|responsible|assign\w*|action|todo|deadline|due"
        r"|by (?:mon|tues|wednes|thurs|fri|satur|sun)day|i can|\w+'ll|we're|go with|stick with"
        r"|instead|by tomorrow|next week|okay so|so we"
    ),
}
# How a meeting is led through its agenda: nobody has anything to do afterwards
_AGENDA = {
    "ru": phrase(
        "начн[её]м|начинаем|продолжим|продолжаем|закончим|заканчиваем|поехали",
        r"(?:переход\w+|перейд[её]м) к|(?:первый|второй|третий|следующий|последний) вопрос|всем спасибо",
    ),
    "en": phrase(
        "(?:let's|let us|we'll|we will|i'll|shall we) (?:start|begin|get started|continue|move on|carry on)",
        "(?:moving|going) on to|next (?:item|topic|question)|first (?:item|topic)|thank you all",
    ),
}
_VERBS = ("VERB", "1per"), ("VERB", "impr"), ("VERB", "3per", "futr"), ("VERB", "2per", "futr")
_LEAST_WORDS = 3


def candidates(
    sentences: Sequence[Sentence],
    sure: frozenset[float],
    language: str,
    unsure: Container[int] = (),
    unlikely: Container[int] = (),
) -> list[int]:
    """Return the numbers of the sentences to ask about.

    Args:
        sure: starts of the segments in which extraction has found something.
        unsure: sentences in which the rules have heard a request, an offer or a plan that nobody took up.
        unlikely: sentences of which a trained model says that they belong to nothing of the kind.
    """
    cues, agenda = _CUES.get(language), _AGENDA.get(language)
    found = []
    for number, sentence in enumerate(sentences):
        words = tokens(sentence.text)
        told = (
            sentence.start in sure
            or number in unsure
            or (
                not sentence.question
                and not (agenda is not None and agenda.search(sentence.text))
                and len(words) >= _LEAST_WORDS
                and (cues is None or bool(cues.search(sentence.text)) or (language == "ru" and _acts(words)))
            )
        )
        worth_asking = sentence.start in sure or number not in unlikely
        if told and worth_asking and content(sentence.text, language):
            found.append(number)
    return found


def speaks_of_oneself(text: str) -> bool:
    """Tell whether somebody says what he himself will do: "I'll send it", «сделаю»."""
    if re.search(r"\b(?:I|i)(?:'ll| will| can|'m going to| am going to)\b", text):
        return True
    return any(russian.has(word, "VERB", "1per", "sing", least=0.2) for word in _russian_words(text))


def _acts(words: Sequence[str]) -> bool:
    return any(_is_act(word) for word in words)


@cache
def _is_act(word: str) -> bool:
    return len(word) > 3 and any(russian.has(word, *grammemes, least=0.2) for grammemes in _VERBS)


def _russian_words(text: str) -> list[str]:
    return [word for word in tokens(text) if re.fullmatch("[а-яё]+", word)]
