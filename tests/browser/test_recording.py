"""A recording's page in a real browser: heard, followed, searched."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opened import SAID, Opened, until

pytestmark = pytest.mark.slow


def test_the_sound_is_played_and_the_text_goes_along(opened: Callable[..., Opened]) -> None:
    page = opened().page
    renewed = """query => {
        const address = media.getAttribute("src").split("?")[0] + query;
        Idiomorph.morph(media, Object.assign(media.cloneNode(), { src: address }));
        return new URL(media.src).search;
    }"""
    assert [page.evaluate(renewed, query) for query in ("?decoded=1", "")] == ["?decoded=1", ""]
    second, third = (page.locator(".line").nth(number) for number in (1, 2))
    third.locator("p").click(position={"x": 30, "y": 10})
    expect(third).to_have_attribute("aria-current", "true")
    until(page, "!media.paused && media.currentTime > 10.2")
    assert page.evaluate(renewed, "?decoded=1") == "", "what plays plays on"
    assert page.evaluate("!media.paused && media.currentTime > 10.2")
    assert page.evaluate("CSS.highlights.get('unsure-word').size") > 5
    page.keyboard.press("Space")
    until(page, "media.paused")
    until(page, "location.hash.startsWith('#t=')")
    page.evaluate("media.currentTime = 10.4")
    until(page, "CSS.highlights.get('said-word').size === 1")
    page.keyboard.press("]")
    assert page.evaluate("media.playbackRate") == 1.25
    page.keyboard.press("ArrowLeft")
    until(page, "media.currentTime < 10")
    expect(second).to_have_attribute("aria-current", "true")
    page.locator("#minutes").get_by_role("link", name="0:10").click()
    expect(third).to_have_attribute("aria-current", "true")
    page.goto(page.url.partition("#")[0] + "#t=15.5")
    page.reload()
    until(page, "Math.abs(media.currentTime - 15.5) < 0.2")
    expect(page.locator(".line").nth(3)).to_have_attribute("aria-current", "true")


def test_what_is_looked_for_is_counted_and_gone_through(opened: Callable[..., Opened]) -> None:
    page = opened().page
    page.get_by_label("Find in the transcript").fill("BUDGET")
    expect(page.locator("#found")).to_have_text("1 / 2")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("2 / 2")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#found")).to_have_text("1 / 2")
    page.get_by_label("Find in the transcript").fill("nobody said this")
    expect(page.locator("#found")).to_have_text("nothing")


def test_without_javascript_there_are_the_sound_the_text_and_the_links(opened: Callable[..., Opened]) -> None:
    page = opened(javascript=False).page
    expect(page.locator("audio#media")).to_be_visible()
    page.locator("#minutes").get_by_role("link", name="0:10").click()
    expect(page.locator(".line:target")).to_contain_text("landlord by Friday")


def line(page: Page, number: int) -> Locator:
    return page.locator(".line").nth(number)


def text(page: Page, number: int) -> Locator:
    return line(page, number).locator("p").first


def correct(page: Page, number: int, more: str) -> None:
    """Write something at the end of a line, by a double click."""
    text(page, number).dblclick()
    expect(text(page, number)).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(more)
    expect(text(page, number)).to_contain_text(more.strip())
    page.keyboard.press("Escape" if not more else "Enter")
    page.keyboard.press("Escape")


def test_lines_are_corrected_split_joined_undone_and_found_again(opened: Callable[..., Opened]) -> None:
    recording = opened()
    page, saved = recording.page, recording.page.locator("#saved")
    page.get_by_role("button", name="Correct", exact=True).click()
    text(page, 1).click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Delete")
    page.keyboard.type("Our t")
    page.keyboard.press("Shift+Enter")  # nothing is split but what the caret is in
    expect(page.locator(".line")).to_have_count(5)
    expect(text(page, 1)).to_have_text("Our t")
    page.keyboard.press("Backspace")
    expect(page.locator(".line")).to_have_count(4)
    expect(text(page, 1)).to_contain_text("Our t he budget is approved")
    page.keyboard.press("Escape")
    for _ in range(2):
        page.locator("#undo").click()
    expect(text(page, 1)).to_have_text(SAID[1][2])
    page.get_by_label("Find in the transcript").fill("offers")
    page.get_by_label("Replace by").fill("offices")
    page.get_by_role("button", name="Everywhere").click()
    expect(text(page, 1)).to_contain_text("we rent the offices in May")
    line(page, 1).locator(".who").click()
    page.get_by_label("Name of the speaker").fill("Anna")
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_have_text(["Anna"])
    page.locator(".who").click()
    page.get_by_label("Name of the speaker").fill("Anna Petrova")
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_have_text(["Anna Petrova"])
    expect(page.locator(".line.speaker-0")).to_have_count(4)  # who is renamed keeps his colour
    page.locator("#undo").click()
    expect(page.locator(".who")).to_have_text(["Anna"])
    expect(saved).to_have_text("Saved")
    page.reload()
    expect(page.locator(".who")).to_have_text(["Anna"])
    expect(text(page, 1)).to_contain_text("we rent the offices in May")
    srt = page.request.get(f"{recording.url}/download/transcript.srt").text()
    assert "Anna: Good morning" in srt
    assert "offices" in srt
    assert "Boris:" not in srt
    page.get_by_role("link", name="As it was heard").click()
    expect(text(page, 1)).to_contain_text("we rent the offers in May")


def test_a_page_that_asks_how_things_stand_keeps_what_is_written_in_it(opened: Callable[..., Opened]) -> None:
    recording = opened()
    page = recording.page
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url))
    text(page, 1).dblclick()
    expect(text(page, 1)).to_be_focused()
    page.keyboard.type("Now ")
    with page.expect_response(recording.url):
        page.evaluate("poll()")  # as it does without a stream
    page.wait_for_timeout(300)
    page.keyboard.type("then ")
    page.keyboard.press("Enter")
    expect(text(page, 1)).to_contain_text("Now then ")
    expect(page.locator("#saved")).to_have_text("Saved")
    expect(page.locator(".lines[data-loaded]")).to_have_count(1)
    line(page, 1).locator(".who").click()
    page.get_by_label("Name of the speaker").fill("Bo")
    with page.expect_response(recording.url):
        page.evaluate("poll()")
    page.wait_for_timeout(300)
    expect(page.get_by_label("Name of the speaker")).to_have_value("Bo")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(line(page, 1).locator(".who")).to_have_text("Bo")
    asked.clear()
    page.evaluate("heardAt = 0")  # nothing was heard for long, and nothing is expected
    page.wait_for_timeout(2500)
    assert recording.url not in asked


def test_one_speaker_becomes_two_from_a_line_on_and_two_become_one(opened: Callable[..., Opened]) -> None:
    page = opened().page
    for number, where, name, speakers in (
        (2, "on", "Carla", ["Anna", "Boris", "Carla", "Boris"]),
        (1, "on", "Dora", ["Anna", "Dora", "Carla", "Dora"]),
        (3, "one", "Anna", ["Anna", "Dora", "Carla", "Anna"]),
        (2, "all", "Dora", ["Anna", "Dora", "Anna"]),
    ):
        line(page, number).locator(".who").click()
        page.get_by_label("Name of the speaker").fill(name)
        page.locator(f"#speaker [value={where}]").check()
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".who")).to_have_text(speakers)
    expect(page.locator("#saved")).to_have_text("Saved")


def test_a_line_that_is_clicked_stays_under_the_pointer(opened: Callable[..., Opened]) -> None:
    page = opened().page
    page.set_viewport_size({"width": 390, "height": 700})
    last = page.locator(".line").nth(3)
    page.evaluate("scrollTo(0, 0)")
    last.evaluate("(line) => scrollBy(0, line.getBoundingClientRect().bottom - innerHeight + 4)")
    box = last.locator("p").bounding_box()
    assert box
    x, y = box["x"] + 20, box["y"] + 10
    page.mouse.click(x, y)
    expect(last).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(300)
    page.mouse.click(x, y, click_count=2)
    expect(last.locator("p")).to_be_focused()


def test_of_two_tabs_and_a_lost_connection_nothing_is_lost(opened: Callable[..., Opened]) -> None:
    recording = opened()
    here, context = recording.page, recording.page.context
    there = context.new_page()
    there.goto(recording.url)
    expect(there.locator(".lines[data-loaded]")).to_have_count(1)
    context.set_offline(True)
    correct(here, 0, " HERE")
    correct(there, 0, " THERE")
    correct(there, 2, " TOO")
    expect(here.locator("#saved")).to_have_text("No connection; kept in this browser")
    context.set_offline(False)
    expect(here.locator("#saved:is([data-state=saved], [data-state=conflict])")).to_have_count(1)
    expect(there.locator("#saved:is([data-state=saved], [data-state=conflict])")).to_have_count(1)
    conflicts = {tab: tab.locator(".conflict") for tab in (here, there)}  # whoever comes later has it
    deadline = time.monotonic() + 60
    while not any(found.count() for found in conflicts.values()):
        stand = [(tab.locator("#saved").text_content(), text(tab, 0).text_content()) for tab in (here, there)]
        assert time.monotonic() < deadline, stand
        here.wait_for_timeout(50)
    page = there if conflicts[there].count() else here
    expect(page.locator(".conflict")).to_contain_text("HERE")
    expect(page.locator(".conflict")).to_contain_text("THERE")
    page.get_by_role("button", name="Keep yours").click()
    expect(page.locator("#saved")).to_have_text("Saved")
    for tab in (here, there):  # each learns of the other by itself
        expect(text(tab, 2)).to_contain_text("Friday. TOO")
        expect(text(tab, 0)).to_contain_text(" THERE" if page == there else " HERE")

    context.set_offline(True)
    correct(there, 3, " LATER")
    there.close()
    context.set_offline(False)
    expect(text(here, 3)).to_contain_text("bills? LATER")
    expect(here.locator("#saved")).to_have_text("Saved")


def test_what_another_tab_changed_is_taken_up_when_the_server_answers_again(
    opened: Callable[..., Opened],
) -> None:
    recording = opened()
    here = recording.page
    there = here.context.new_page()
    there.goto(recording.url)
    expect(there.locator(".lines[data-loaded]")).to_have_count(1)
    asked: list[str] = []
    here.route("**/transcript", lambda route: (asked.append(route.request.method), route.abort()))
    correct(there, 2, " TOO")
    expect(there.locator("#saved")).to_have_text("Saved")
    until_asked = time.monotonic() + 60
    while not asked:
        assert time.monotonic() < until_asked
        here.wait_for_timeout(50)
    assert " TOO" not in (text(here, 2).text_content() or "")
    here.unroute("**/transcript")
    expect(text(here, 2)).to_contain_text("Friday. TOO")


SCRIPTS = [
    before + script + after
    for before, after in (("", ""), ('">', "<"), ("'>", ""), ("</script>", "<script>"), ("{{", "}}"))
    for script in (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(2)>",
        "<svg onload=alert(3)>",
        "<iframe src=javascript:alert(4)>",
        "<a href=javascript:alert(5)>x</a>",
        "javascript:alert(6)",
        '" autofocus onfocus=alert(7) x="',
        "${alert(8)}",
    )
]


def test_forty_scripts_in_every_field_are_text_and_nothing_else(opened: Callable[..., Opened]) -> None:
    recording = opened()
    page = recording.page
    wicked = {
        str(number): {"start": 0.4 * number, "end": 0.4 * number + 0.3, "text": script, "speaker": script}
        for number, script in enumerate(SCRIPTS)
    }
    points = [{"text": script, "start": 1.0} for script in SCRIPTS]
    minutes = {
        **json.loads(page.request.get(f"{recording.url}/transcript").text())["minutes"],
        "topics": [{"title": script, "start": 1.0, "points": points} for script in SCRIPTS[:2]],
        "decisions": points,
        "action_items": [{**point, "who": point["text"], "by_when": point["text"]} for point in points],
    }
    answer = page.request.patch(
        f"{recording.url}/transcript",
        headers={
            "X-CSRFToken": page.get_attribute('meta[name="csrf-token"]', "content") or "",
            "If-Match": '"0"',
            "Referer": recording.url,
        },
        data=json.dumps({"lines": wicked, "minutes": minutes}),
    )
    assert answer.ok, answer.text()
    page.reload()
    expect(page.locator(".lines[data-loaded]")).to_have_count(1)
    assert len(SCRIPTS) == 40
    assert page.locator(".line p").all_text_contents() == SCRIPTS
    line(page, 5).locator(".who").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_label("Find in the transcript").fill("alert(")
    expect(page.locator("#found")).to_contain_text("/ 40")
    page.goto(f"{recording.url}/versions")
    changes = page.locator(".changes").last.locator("p")
    expect(changes).to_have_count(40)
    assert all("alert(" in text for text in changes.all_text_contents())
    page.get_by_role("button", name="Restore").click()
    expect(text(page, 0)).to_have_text(SAID[0][2])


def test_minutes_are_edited_added_moved_ticked_off_and_undone(opened: Callable[..., Opened]) -> None:
    recording = opened()
    page, saved = recording.page, recording.page.locator("#saved")

    def kept() -> dict[str, Any]:
        expect(saved).to_have_text("Saved")
        found: dict[str, Any] = page.request.get(f"{recording.url}/download/minutes.json").json()
        return found

    again = page.locator("#again").get_by_role("button", name="Write anew")
    page.get_by_role("button", name="Edit").click()
    item = page.locator("[data-list=action_items] [data-item]")
    item.locator("[data-field=who]").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Vera")
    page.keyboard.press("Enter")
    page.locator("[data-add=decisions]").click()
    page.keyboard.type("We wait until June.")
    page.keyboard.press("Enter")
    page.locator("[data-list=decisions] [data-item]").last.get_by_role("button", name="Move up").click()
    expect(page.locator("[data-list=decisions] [data-field=text]").first).to_have_text("We wait until June.")
    page.wait_for_timeout(700)
    minutes = kept()
    assert [point["text"] for point in minutes["decisions"]] == [
        "We wait until June.",
        "The budget is approved.",
    ]
    assert minutes["action_items"][0]["who"] == "Vera"
    page.get_by_role("button", name="Edit").click()
    item.get_by_label("Done").check()
    page.locator("#undo-minutes").click()
    expect(item.get_by_label("Done")).not_to_be_checked()
    item.get_by_label("Done").check()
    page.wait_for_timeout(700)
    assert kept()["action_items"][0]["done"]
    again.click()
    expect(page.locator("#confirm")).to_contain_text("What you have written in it is replaced")
    page.locator("#confirm").get_by_role("button", name="No, keep it").click()
    page.reload()
    expect(item.get_by_label("Done")).to_be_checked()
    expect(item).to_contain_text("Vera")
    page.locator("#minutes").get_by_role("link", name="0:10").click()
    expect(page.locator(".line").nth(2)).to_have_attribute("aria-current", "true")


def test_lines_chosen_by_keyboard_become_a_clip_that_plays(opened: Callable[..., Opened]) -> None:
    page = opened().page
    page.get_by_role("button", name="Clip", exact=True).press("Enter")
    line(page, 1).locator(".at").press("Space")
    line(page, 2).locator(".at").press("Shift+Space")
    expect(page.locator("#clip-chosen")).to_contain_text("Lines: 2")
    page.locator("#clipping").get_by_role("button", name="Make the clip").press("Enter")
    expect(page.locator("#clipping")).to_be_hidden()
    made = page.locator("#clips video")
    expect(made).to_have_count(1)
    until(page, "document.querySelector('#clips video').preload = 'auto', true")
    until(page, "document.querySelector('#clips video').duration > 4")
    with page.expect_download() as kept:
        page.locator("#clips").get_by_role("link", name="MP4").click()
    assert kept.value.suggested_filename == "Budget — clip.mp4"
    page.locator("#clips").get_by_role("button", name="Delete").press("Enter")
    expect(made).to_have_count(0)


def test_lines_of_a_long_recording_come_where_somebody_goes_and_all_to_whoever_needs_them(
    opened: Callable[..., Opened],
) -> None:
    spoken = [
        {"start": 2.0 * n, "end": 2.0 * n + 1.5, "text": f"Line {n} is said.", "speaker": "AB"[n // 5 % 2]}
        for n in range(900)
    ]
    recording = opened(spoken, lasts_s=1800.0)
    page = recording.page
    here, missing = page.locator(".line"), page.locator(".rest")
    expect(here).to_have_count(300)
    expect(missing).to_have_count(4)
    page.locator(".rest").last.scroll_into_view_if_needed()
    expect(page.locator("#t1700000")).to_have_count(1)
    assert missing.count() > 0, "not what is between"
    page.evaluate("location.hash = '#t1000000'")
    expect(page.locator("#t1000000")).to_be_in_viewport()
    expect(missing).not_to_have_count(0)
    context = page.context
    context.set_offline(True)
    page.locator("#t1000000 .at").focus()
    page.get_by_label("Find in the transcript").fill("line 8")
    expect(page.locator("#lines-lost")).to_be_visible()
    context.set_offline(False)
    page.get_by_label("Find in the transcript").fill("line 89")
    expect(page.locator("#found")).to_have_text("1 / 11")
    expect(page.locator("#lines-lost")).to_be_hidden()
    expect(here).to_have_count(900)
    page.reload()
    expect(page.locator(".lines[data-loaded]")).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    page.locator(".who").first.click()
    page.get_by_label("Name of the speaker").fill("Anna")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".who", has_text="Anna")).to_have_count(90)
    expect(page.locator("#saved")).to_have_text("Saved")
    srt = page.request.get(f"{recording.url}/download/transcript.srt").text()
    assert srt.count("Anna:") >= 90, "those too that were not here"
    assert "A:" not in srt


def test_nothing_is_lost_where_the_lines_end_that_a_page_has(opened: Callable[..., Opened]) -> None:
    spoken = [{"start": 2.0 * n, "end": 2.0 * n + 1.5, "text": f"Line {n} is said."} for n in range(600)]
    spoken[299] |= {"end": 603.0, "text": "Line 299 begins before the border and is over behind"}
    page = opened(spoken, lasts_s=1200.0).page
    rest = re.compile("from=|drawn=1")
    page.route(rest, lambda route: route.abort())
    page.locator("#correct").click()
    page.locator("#t598000 p").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("[contenteditable]"), "the next line is not here").to_have_text(
        str(spoken[299]["text"])
    )
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#saved")).to_have_text("Saved")
    page.keyboard.press("Escape")
    page.unroute(rest)
    page.locator(".rest a").first.focus()
    expect(page.locator("#t600000 .at")).to_be_focused()
    expect(page.locator(".line p", has_text=re.compile("^behind$"))).to_have_count(1)
    starts = page.evaluate(
        "[...document.querySelectorAll('.line')].map((line) => Number(line.dataset.start))"
    )
    assert starts == sorted(starts)
    page.locator("#share > summary").click()
    page.locator("#share [name=sound]").uncheck()
    page.locator("#share form button").first.click()
    shared = page.locator("#share input[readonly]").input_value()
    page.goto(f"{shared}#t1100000")
    expect(page.locator("#t1100000")).to_be_in_viewport()
