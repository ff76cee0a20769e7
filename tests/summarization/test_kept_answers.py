"""What was answered before a kill is not asked again, and the minutes come out the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.documents.transcript import Segment, Transcript
from app.pipeline.answer_checkpoint import AnswerCheckpoint
from app.pipeline.checkpoint import Checkpoint
from app.summarization.chat import End, Reply
from app.summarization.kept_answers import kept
from app.summarization.map_reduce import write_minutes
from app.summarization.prompt import Prompt
from tests.summarization.obedient import Obedient, quoting

LINES = [f"Мы решили перенести выпуск номер {n} на хостинг, потому что он дешевле." for n in range(60)]
TRANSCRIPT = Transcript(tuple(Segment(n, n + 1, line) for n, line in enumerate(LINES)), "ru", "test", 60.0)
ROOM = 100  # tokens: some chunks of a few lines


class KilledError(Exception):
    """Stands for the kill."""


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], AnswerCheckpoint]:
    """Open the checkpoint as a process would that has just started."""
    return lambda: AnswerCheckpoint(Checkpoint(tmp_path / "summarize.part", {"engine": "a"}, lambda: None))


def test_minutes_that_were_killed_ask_only_what_is_left(opened: Callable[[], AnswerCheckpoint]) -> None:
    whole_chat = Obedient(quoting, ROOM)
    whole = write_minutes(whole_chat, TRANSCRIPT, lambda _: None)
    n_questions = len(whole_chat.asked)
    assert n_questions > 8
    answered: list[Prompt] = []

    def dying(prompt: Prompt) -> str:
        if len(answered) == 6:
            raise KilledError
        answered.append(prompt)
        return quoting(prompt)

    with pytest.raises(KilledError):
        write_minutes(kept(Obedient(dying, ROOM), opened()), TRANSCRIPT, lambda _: None)
    chat, seen = Obedient(quoting, ROOM), list[float]()
    again = write_minutes(kept(chat, opened()), TRANSCRIPT, seen.append)
    assert again == whole
    assert len(chat.asked) == n_questions - 4, "all but the last few, which were asked together"
    assert not {repr(prompt) for prompt in answered[:4]} & {repr(prompt) for prompt in chat.asked}
    assert seen == sorted(seen)


def test_who_is_away_is_asked_again_and_what_is_cut_is_not(opened: Callable[[], AnswerCheckpoint]) -> None:
    prompts = [Prompt("system", f"line {n}") for n in range(3)]
    ends = (End.NONE, End.CUT, End.TOO_LONG)
    chat = Obedient(quoting)
    chat.ask = lambda prompts, progress: [Reply(p.user, ends[int(p.user[-1])]) for p in prompts]  # type: ignore[method-assign]
    kept(chat, opened()).ask(prompts, lambda _: None)
    later = Obedient(lambda prompt: "later")
    replies = kept(later, opened()).ask(prompts, lambda _: None)
    assert [reply.text for reply in replies] == ["later", "line 1", "line 2"]
    assert [reply.end for reply in replies] == [End.WHOLE, End.CUT, End.TOO_LONG]


def test_another_question_is_another(opened: Callable[[], AnswerCheckpoint]) -> None:
    chat = kept(Obedient(lambda prompt: prompt.system + prompt.user), opened())
    one, other = Prompt("a", "b"), Prompt("ab", "")
    assert [reply.text for reply in chat.ask([one, other], lambda _: None)] == ["ab", "ab"]
    inner = Obedient(lambda prompt: "new")
    chat = kept(inner, opened())
    replies = chat.ask([one, Prompt("a", "b", {"type": "string"})], lambda _: None)
    assert [reply.text for reply in replies] == ["ab", "new"]
    assert len(inner.asked) == 1


def test_without_anything_to_keep_them_in_nothing_is_between() -> None:
    chat = Obedient(quoting)
    assert kept(chat, None) is chat
