from collections import defaultdict

import torch

from app.audio.waveform import Span
from app.engines.base import Heard
from app.engines.whisper.languages import SpokenLanguages
from app.engines.whisper.windows import Chances, EncodedWindow, Window


def part(*spans: tuple[float, Chances]) -> EncodedWindow:
    """Build a window of spans of so many seconds, a second apart."""
    placed: list[Span] = []
    for seconds, _ in spans:
        start = placed[-1].end + 1 if placed else 0.0
        placed.append(Span(start, start + seconds))
    whole: Chances = defaultdict(float)
    for seconds, chances in spans:
        for code, chance in chances.items():
            whole[code] += chance * seconds / sum(seconds for seconds, _ in spans)
    return EncodedWindow(Window(tuple(placed)), torch.zeros(1), whole, tuple(of_it for _, of_it in spans))


def spoken(wanted: str = "auto", kept: Heard | None = None, alone: Chances | None = None) -> SpokenLanguages:
    """Build them; alone: what a stretch seems to be in without its neighbours."""
    return SpokenLanguages(wanted, kept or Heard(), lambda _: alone or {})


def heard_in(languages: SpokenLanguages, *parts: EncodedWindow) -> list[list[tuple[str, int]]]:
    """Return, for each window, its runs: the language, and how many spans."""
    languages.learn(parts)
    return [[(code, len(window.spans)) for code, window in languages.runs(one)] for one in parts]


RU, EN = {"ru": 0.95, "en": 0.03}, {"ru": 0.03, "en": 0.95}


def test_a_window_is_cut_where_its_language_changes() -> None:
    mixed = part((11, EN), (3, RU), (2, RU), (4, EN))
    assert heard_in(spoken(alone=RU), mixed) == [[("en", 1), ("ru", 2), ("en", 1)]]


def test_a_sentence_that_its_window_drowns_is_listened_to_by_itself() -> None:
    drowned = part((10.7, EN), (10.1, EN), (3.6, {"ru": 0.48, "zh": 0.23, "en": 0.01}), (1.6, EN))
    assert heard_in(spoken(alone=RU), drowned) == [[("en", 2), ("ru", 1), ("en", 1)]]
    assert heard_in(spoken(alone={"ru": 0.45, "en": 0.01}), drowned) == [[("en", 4)]], "nor is it sure then"


def test_a_recording_in_one_language_is_not_cut() -> None:
    window = part((5, EN), (1.5, {"en": 0.3, "br": 0.4}), (0.5, {"br": 0.9, "en": 0.05}), (9, EN))
    assert heard_in(spoken(alone=RU), window) == [[("en", 4)]]


def test_a_stretch_that_is_short_or_unsure_or_not_so_by_itself_brings_no_new_language() -> None:
    cough, alone_too = part((1.4, {"cy": 0.95, "en": 0.01})), {"cy": 0.9, "cs": 0.9}
    noisy = part((6, {"cy": 0.78, "en": 0.22})), part((7, {"cs": 0.16, "pl": 0.1, "en": 0.02}))
    assert heard_in(spoken(alone=alone_too), part((28, EN)), cough, *noisy) == [[("en", 1)]] * 4
    assert heard_in(spoken(alone=EN), part((28, EN), (6, RU))) == [[("en", 2)]]


def test_a_recording_may_begin_with_short_sentences_of_two_languages() -> None:
    first = part((2, {"en": 0.99, "ru": 0.001}), (5, RU), (4, RU))
    assert heard_in(spoken(alone={"en": 0.99}), first) == [[("en", 1), ("ru", 2)]]


def test_a_short_stretch_may_be_in_a_language_that_is_known() -> None:
    windows = part((28, EN), (6, RU)), part((9, EN), (1.5, RU))
    assert heard_in(spoken(alone=RU), *windows)[1] == [("en", 1), ("ru", 1)]


def test_what_is_unsure_beside_others_is_listened_to_alone() -> None:
    kept = Heard(60.0, (), {"en": 50.0, "ru": 6.0}, {"en": 50.0, "ru": 6.0})
    mixed = part((5, RU), (2, {"tl": 0.4, "en": 0.2, "ru": 0.1}), (5, EN), (0.5, {"ru": 0.5, "en": 0.4}))
    assert heard_in(spoken(kept=kept, alone=EN), mixed) == [[("ru", 1), ("en", 3)]]
    assert heard_in(spoken(kept=kept), mixed) == [[("ru", 2), ("en", 2)]], "it goes with what is before it"


def test_a_chosen_language_is_every_stretchs() -> None:
    languages = spoken("ru")
    assert languages.sure
    assert languages.runs(EncodedWindow(Window((Span(0, 5), Span(6, 9))), torch.zeros(1)))[0][0] == "ru"


def test_it_is_sure_only_when_one_language_stands_out() -> None:
    languages = spoken()
    languages.learn([part((10, {"ru": 0.5, "uk": 0.3}))])
    assert not languages.sure
    languages.learn([part((28, RU))])
    assert languages.sure


def test_languages_that_were_spoken_before_a_kill_are_known_after_it() -> None:
    kept = Heard(60.0, (), {"en": 50.0, "ru": 6.0}, {"en": 50.0, "ru": 6.0})
    assert heard_in(spoken(kept=kept), part((9, EN), (1.5, RU))) == [[("en", 1), ("ru", 1)]]
    assert spoken(kept=kept).main == "en"


def test_the_first_language_is_what_the_window_as_a_whole_sounds_like() -> None:
    one = part((3.6, {"zh": 0.45, "ru": 0.37}), (4, {"zh": 0.5, "ru": 0.4}))
    whole = EncodedWindow(one.window, one.features, {"ru": 0.97, "zh": 0.01}, one.languages)
    assert heard_in(spoken(alone=RU), whole) == [[("ru", 2)]]
