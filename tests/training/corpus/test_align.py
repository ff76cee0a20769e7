from app.audio.espeak import Phone
from app.training.corpus.align import aligned


def timed(*symbols: str) -> tuple[Phone, ...]:
    return tuple(Phone(symbol, i / 10, (i + 1) / 10) for i, symbol in enumerate(symbols))


def test_like_phones_get_each_others_times() -> None:
    target = tuple(Phone(s, 0, 0, s == "w") for s in ("h", "uː", "w", "ɪ", "l"))
    found = aligned(target, timed("hh", "uw", "w", "ih", "l"), "en")
    assert [(p.symbol, p.start, p.end) for p in found] == [
        (symbol, i / 10, (i + 1) / 10) for i, symbol in enumerate(("h", "uː", "w", "ɪ", "l"))
    ]
    assert [p.begins_word for p in found] == [False, False, True, False, False]


def test_phones_that_one_side_lacks_share_the_room() -> None:
    target = tuple(Phone(s, 0, 0) for s in ("mʲ", "e", "sʲ", "ʌ", "ts"))
    found = aligned(target, timed("mm", "ee", "ss", "c"), "ru")
    assert [p.symbol for p in found] == ["mʲ", "e", "sʲ", "ʌ", "ts"]
    assert found[0].start == 0
    assert found[-1].end == 0.4
    assert all(p.end > p.start for p in found)
    assert abs(found[-1].start - 0.3) < 1e-9
