"""Whether a small chat model judges lines better than extraction finds them: on known lines."""

from collections.abc import Sequence

from app.documents.transcript import Segment, Transcript
from app.progress import Progress
from app.summarization.acts.items import items
from app.summarization.chat import Chat
from app.summarization.json_text import UnusableError
from app.summarization.line_prompt import line_prompt, read_judged
from app.summarization.sentences import split

# What stands before, the line, and whether it decides or assigns something. Written for this.
LINES: dict[str, tuple[tuple[Sequence[str], str, bool], ...]] = {
    "ru": (
        (("Инна: Что с афишами?",), "Олег: Распечатаю их завтра и развешу в холле.", True),
        (("Олег: Печать подорожала.",), "Инна: Надо бы вообще поискать другую типографию.", False),
        (("Олег: Спонсор просит место для логотипа.",), "Инна: Хорошо, логотип ставим на обложку.", True),
        (("Инна: Кто вёл прошлый концерт?",), "Олег: Тогда вёл Денис, и он всё забыл.", False),
        (("Инна: Свет в зале старый.",), "Олег: Если дадут денег, можно заменить.", False),
        (("Денис: Я свободен в среду.",), "Инна: Денис, договорись с охраной на вечер.", True),
        (("Денис: Билеты по пятьсот или по триста?",), "Инна: По триста, на этом и остановимся.", True),
        (("Инна: Дождь обещают.",), "Денис: Мне кажется, люди всё равно придут.", False),
    ),
    "en": (
        (("Ina: What about the posters?",), "Oleg: I'll print them tomorrow and hang them up.", True),
        (("Oleg: Printing has become expensive.",), "Ina: We should look around for another printer.", False),
        (("Oleg: The sponsor wants room for a logo.",), "Ina: Fine, the logo goes on the cover.", True),
        (("Ina: Who hosted the last concert?",), "Oleg: Dennis did, and he forgot everything.", False),
        (("Ina: The lights are old.",), "Oleg: If there is money, we could replace them.", False),
        (("Dennis: I'm free on Wednesday.",), "Ina: Dennis, please talk to the guards.", True),
        (("Dennis: Tickets at five or at three?",), "Ina: At three, let's settle on that.", True),
        (("Ina: They say it will rain.",), "Dennis: I think people will come all the same.", False),
    ),
}


def passes(chat: Chat, language: str, progress: Progress) -> bool:
    """Tell whether the model's F1 on the lines is above that of extraction.

    Languages other than Russian are asked about in English.
    """
    lines = LINES.get(language, LINES["en"])
    prompts = [
        line_prompt(before, line, language if language in LINES else "en") for before, line, _ in lines
    ]
    judged = [_is_item(reply.text) for reply in chat.ask(prompts, progress)]
    true = [item for _, _, item in lines]
    extracted = [_is_extracted(before, line, language) for before, line, _ in lines]
    return None not in judged and _f1(judged, true) > _f1(extracted, true)


def _is_extracted(before: Sequence[str], line: str, language: str) -> bool:
    said = [one.partition(": ") for one in (*before, line)]
    segments = tuple(Segment(5.0 * n, 5.0 * n + 4, text, who) for n, (who, _, text) in enumerate(said))
    transcript = Transcript(segments, language, "self-check", 5.0 * len(segments))
    found = items(split(transcript), language if language in LINES else "en")
    last = len(segments) - 1
    return any(
        one.segment == last for item in (*found.decisions, *found.assignments) for one in item.sentences
    )


def _is_item(answer: str) -> bool | None:
    try:
        return read_judged(answer) is not None
    except UnusableError:
        return None


def _f1(judged: Sequence[bool | None], true: Sequence[bool]) -> float:
    both = sum(one is True and other for one, other in zip(judged, true, strict=True))
    return 2 * both / max(1, sum(one is True for one in judged) + sum(true))
