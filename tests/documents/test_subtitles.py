import itertools
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.line_breaking import LINE_COLUMNS, Line
from app.documents.sanitize import one_line
from app.documents.subtitles import COLUMNS_PER_S, MAX_MS, MIN_MS, cues, render_srt, render_vtt
from app.documents.transcript import Segment, Word
from tests.documents.meetings import MEETINGS, said
from tests.documents.test_paragraphs import SEGMENTS, transcript


def cue_lines(*segments: Segment) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues(transcript(*segments), name_speakers=True)]


def test_a_short_segment_is_one_cue_at_its_own_time() -> None:
    (cue,) = cues(transcript(Segment(1.5, 3.25, "Good morning.")), name_speakers=True)
    assert (cue.start_ms, cue.end_ms, cue.lines) == (1500, 3250, ("Good morning.",))


def test_a_long_line_is_broken_near_its_middle_rather_after_a_comma() -> None:
    segment = Segment(0, 5, "We agreed on the budget today, and the move comes next week.")
    assert cue_lines(segment) == [("We agreed on the budget today,", "and the move comes next week.")]


def test_a_long_segment_is_cut_where_its_words_are_said() -> None:
    text = " ".join(f"word{n:02}" for n in range(20))
    words = tuple(
        Word(n + (10.0 if n >= 10 else 0.0), n + 0.5 + (10.0 if n >= 10 else 0.0), f"word{n:02}")
        for n in range(20)
    )
    found = cues(transcript(Segment(0, 30, text, words=words)), name_speakers=True)
    for cue in found:
        first = int(cue.lines[0][4:6])
        assert cue.start_ms == words[first].start * 1000
    assert len(found) > 2


def test_a_segment_without_words_is_cut_evenly() -> None:
    found = cues(transcript(Segment(0, 10, "aaaa " * 24)), name_speakers=True)
    middle = found[len(found) // 2]
    assert middle.start_ms == pytest.approx(5000, abs=150)


@given(st.lists(st.integers(1, 42), min_size=1, max_size=30), st.floats(0.1, 60))
def test_no_word_that_fits_a_line_is_cut(lengths: list[int], lasts_s: float) -> None:
    words = ["abcdefghijklm"[n % 13] * n for n in lengths]
    shown = cues(transcript(Segment(0, lasts_s, " ".join(words))), name_speakers=False)
    assert [word for cue in shown for line in cue.lines for word in line.split()] == words
    assert all(len(line) <= 42 for cue in shown for line in cue.lines)


def test_a_script_without_spaces_is_cut_too() -> None:
    found = cues(transcript(Segment(0, 20, "漢字仮名交じり文" * 20)), name_speakers=True)
    assert "".join(line for cue in found for line in cue.lines) == "漢字仮名交じり文" * 20
    assert all(Line(line, None).columns() <= LINE_COLUMNS for cue in found for line in cue.lines)


def test_a_blink_of_a_cue_stays_long_enough_to_be_read() -> None:
    first, second = cues(transcript(Segment(1, 1.1, "Yes."), Segment(1.7, 1.8, "No.")), name_speakers=True)
    assert (first.start_ms, first.end_ms) == (1000, 1700)
    assert (second.start_ms, second.end_ms) == (1700, 2533)


def test_what_one_speaker_says_in_a_blink_is_shown_with_what_he_says_next() -> None:
    quick = (Segment(1, 1.3, "Yes.", "Ann"), Segment(1.4, 2.6, "We agreed on that.", "Ann"))
    assert cue_lines(*quick) == [("Ann: Yes. We agreed on that.",)]
    other = Segment(1.4, 2.6, "We did.", "Bob")
    assert cue_lines(quick[0], other) == [("Ann: Yes.",), ("Bob: We did.",)]


@given(SEGMENTS)
def test_a_cue_is_shorter_than_its_limits_only_where_the_next_one_begins(segments: list[Segment]) -> None:
    """Netflix's Timed Text Style Guide: 5/6 s at least, 17 characters a second, 7 s at most."""
    long = replace(transcript(*segments), duration_s=10_000.0)
    found = cues(long, name_speakers=False)
    for cue, following in itertools.pairwise(found):
        to_be_read_ms = round(1000 * sum(Line(line, None).columns() for line in cue.lines) / COLUMNS_PER_S)
        wanted_ms = min(max(to_be_read_ms, MIN_MS), MAX_MS)
        assert cue.end_ms - cue.start_ms >= wanted_ms or cue.end_ms == following.start_ms
    if found:
        last = found[-1]
        assert last.end_ms - last.start_ms >= min(MIN_MS, MAX_MS)


def test_srt_names_a_speaker_when_he_begins_and_vtt_always() -> None:
    meeting = transcript(
        Segment(0, 1, "One.", "Ann"), Segment(1, 2, "Two.", "Ann"), Segment(2, 3, "Three.", "Bob")
    )
    assert re.findall(r"(?m)^.*[a-z].*$", render_srt(meeting)) == ["Ann: One.", "Two.", "Bob: Three."]
    assert render_vtt(meeting).count("<v Ann>") == 2


def test_srt_text_cannot_become_markup() -> None:
    srt = render_srt(transcript(Segment(0, 1, "<font size=90>big</font> {\\an8} 1 < 2", "<b>Ann")))
    assert not re.search(r"<[A-Za-z/!]|\{\\", srt)
    assert "<font size=90>big</font> {\\an8} 1 < 2" in srt.replace("\u2060", "")


def test_vtt_text_cannot_become_markup() -> None:
    text = render_vtt(transcript(Segment(0, 1, "a --> b <i>&nbsp;", "x>\n\ny")))
    assert "<v x&gt; y>a --&gt; b &lt;i&gt;&amp;nbsp;\n" in text
    assert render_vtt(transcript(Segment(0, 1, "a", "Ann --"))).count("-->") == 1


def test_doubtful_text_is_marked() -> None:
    assert cue_lines(Segment(0, 2, "!!!!!!", doubtful=True)) == [("[?] !!!!!!",)]


@pytest.mark.parametrize(("starts", "duration_s"), [((0.0,), 0.8), ((59.9,) * 6, 60.0), ((0.0,) * 9, 0.9)])
def test_no_cue_outlives_the_recording(starts: tuple[float, ...], duration_s: float) -> None:
    words = tuple(Segment(start, duration_s, f"Word {n}.", f"Speaker {n}") for n, start in enumerate(starts))
    found = cues(replace(transcript(*words), duration_s=duration_s), name_speakers=False)
    assert len(found) == len(starts)
    assert found[-1].end_ms <= duration_s * 1000
    assert all(0 <= cue.start_ms < cue.end_ms for cue in found)
    assert all(cue.end_ms <= following.start_ms for cue, following in itertools.pairwise(found))


def test_a_silent_recording_gives_files_that_readers_take(tmp_path: Path) -> None:
    source = tmp_path / "subtitles.srt"
    source.write_text(render_srt(transcript()), encoding="utf-8")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-f", "srt", "-"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    assert render_vtt(transcript()) == "WEBVTT\n\nNOTE\nTranscribed by test\n"


@given(SEGMENTS)
def test_cues_never_overlap_never_stay_and_lose_nothing(segments: list[Segment]) -> None:
    found = cues(transcript(*segments), name_speakers=False)
    for cue, following in itertools.pairwise(found):
        assert cue.end_ms <= following.start_ms
    for cue in found:
        assert 0 <= cue.start_ms < cue.end_ms <= cue.start_ms + MAX_MS
        assert 1 <= len(cue.lines) <= 2
        assert all(line and Line(line, None).columns() <= LINE_COLUMNS for line in cue.lines)
    shown = "".join("".join(cue.lines) for cue in found).replace(" ", "").replace("[?]", "")
    spoken = "".join(one_line(s.text) for s in sorted(segments, key=lambda s: s.start))
    assert shown == spoken.replace(" ", "").replace("[?]", "")


@given(SEGMENTS)
def test_no_text_can_forge_a_cue(segments: list[Segment]) -> None:
    meeting = transcript(*segments)
    timing = re.compile(r"\d\d+:\d\d:\d\d[.,]\d{3} --> \d\d+:\d\d:\d\d[.,]\d{3}")
    n_cues = len(cues(meeting, name_speakers=True))
    blocks = [block for block in render_srt(meeting).split("\n\n") if block.strip()]
    assert len(blocks) == max(n_cues, 1)
    assert all(timing.fullmatch(block.split("\n")[1]) for block in blocks)
    assert render_vtt(meeting).count(" --> ") == len(cues(meeting, name_speakers=False))


@pytest.mark.parametrize("kind", ["srt", "vtt"])
@pytest.mark.parametrize("locale", MEETINGS)
def test_a_real_reader_finds_every_cue(locale: str, kind: str, tmp_path: Path) -> None:
    meeting = MEETINGS[locale]().transcript
    source = tmp_path / f"subtitles.{kind}"
    source.write_text({"srt": render_srt, "vtt": render_vtt}[kind](meeting), encoding="utf-8")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(source), "-f", "srt", "-"]
    read = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert read.stderr == b""
    times = [line for line in read.stdout.decode().splitlines() if " --> " in line]
    own = source.read_text(encoding="utf-8").replace(".", ",").splitlines()
    assert times == [line for line in own if " --> " in line]


def test_hours_of_speech_are_cut_in_a_moment() -> None:
    text = "слово " * 30_000
    found = cues(
        transcript(Segment(0, 8 * 3600, text, words=said(0, 8 * 3600, text, words=True).words)),
        name_speakers=True,
    )
    assert sum(len(" ".join(cue.lines).split()) for cue in found) == 30_000
