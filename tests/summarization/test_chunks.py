from dataclasses import replace

import pytest

from app.documents.transcript import Segment, Transcript
from app.summarization.chunks import chunks, lines
from tests.meetings import meeting
from tests.summarization.obedient import Obedient, quoting

RU = meeting("ru_release").transcript


@pytest.mark.parametrize("room", [60, 150, 3000])
def test_chunks_follow_each_other_cover_every_segment_and_fit(room: int) -> None:
    chat = Obedient(quoting, room=room)
    cut = chunks(chat, RU)
    assert [number for chunk in cut for number in chunk] == list(range(len(RU.segments)))
    assert all(chat.count("\n".join(lines(chat, RU, chunk))) <= room for chunk in cut)


def test_chunks_are_of_about_equal_length() -> None:
    chat = Obedient(quoting, room=150)
    sizes = [chat.count("\n".join(lines(chat, RU, chunk))) for chunk in chunks(chat, RU)]
    assert len(sizes) > 2
    assert min(sizes) > max(sizes) / 2


def test_a_doubtful_segment_is_not_shown_to_the_model() -> None:
    chat = Obedient(quoting)
    doubtful = replace(RU, segments=(replace(RU.segments[0], doubtful=True), *RU.segments[1:]))
    [chunk] = chunks(chat, doubtful)
    assert len(lines(chat, doubtful, chunk)) == len(RU.segments) - 1


def test_silence_has_no_chunk() -> None:
    assert chunks(Obedient(quoting), Transcript((Segment(0, 1, " "),), "ru", "test", 1)) == []
