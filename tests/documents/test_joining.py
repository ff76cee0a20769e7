import json

import pytest

from app.documents.joining import joined
from app.documents.paragraphs import paragraphs
from app.documents.transcript import Segment, Transcript
from app.web.api.transcription_answers import last_events


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        (("We begin.", "Then we end."), "We begin. Then we end."),
        (("大家好。", "今天我们讨论", "明年的预算。"), "大家好。今天我们讨论明年的预算。"),
        (("会議を", "始めます。"), "会議を始めます。"),
        (("สวัสดี", "ครับ"), "สวัสดีครับ"),
        (("회의를", "시작합니다."), "회의를 시작합니다."),
        (("好，", "OK", "好"), "好， OK 好"),
        (("a", "", "b"), "a b"),
        ((), ""),
    ],
)
def test_a_blank_stands_only_where_the_script_has_one(texts: tuple[str, ...], whole: str) -> None:
    assert joined(texts) == whole
    said = Transcript(tuple(Segment(n, n + 1, text) for n, text in enumerate(texts)), None, "e", 9.0)
    assert said.text == whole
    assert [one.text for one in paragraphs(said)] == [whole][: bool(whole)]
    *_, done = last_events(said, "", with_speakers=False)
    assert json.loads(done.partition("data: ")[2])["text"] == whole
