"""Whisper by one click, in a real browser; where it comes from, it stalls."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.running import RunningServer
from tests.weights_server import Answer, Server, weights_server

Visitor = Callable[..., Visit]
SIZE_BYTES = 145_217_532  # about that of the first file: what a server says, and does not send


@pytest.fixture
def weights() -> Iterator[Server]:
    with weights_server() as weights:
        yield weights


@pytest.fixture
def rough(tmp_path: Path, weights: Server) -> Iterator[RunningServer]:
    """Give a server where only PocketSphinx hears, and Whisper is to be had from `weights`."""
    with RunningServer(tmp_path, weights_mirror=weights.url, max_fetch_bytes=0) as server:
        server.wait_until_ready()
        yield server


def test_one_click_fetches_for_all_survives_a_reload_and_can_be_cancelled(
    visit: Visitor, rough: RunningServer, weights: Server
) -> None:
    weights.answers.append(Answer(length=SIZE_BYTES, stalls=True))
    page = visit(rough.url).page
    page.select_option("#language", "ru")
    expect(page.locator("#hearing")).to_contain_text("about half the words of real speech are missed")
    page.get_by_role("button", name="Get Whisper").click()
    expect(page.locator("#hearing progress")).to_be_visible()
    expect(page.locator("#hearing")).to_contain_text("2.1\N{NO-BREAK SPACE}MB of 148\N{NO-BREAK SPACE}MB")
    assert page.input_value("#language") == "ru"
    page.reload()
    expect(page.locator("#hearing progress")).to_be_visible()

    other = visit(rough.url + "/live", locale="ru-RU", dark=True).page
    expect(other.locator("#hearing")).to_contain_text("Загружается Whisper base")
    other.select_option("#language", "en")
    other.get_by_role("button", name="Отменить").click()
    expect(other.get_by_role("button", name="Загрузить Whisper")).to_be_visible()
    assert other.input_value("#language") == "en"
    expect(page.get_by_role("button", name="Get Whisper")).to_be_visible()
    assert weights.asked == [None]


def test_any_model_is_fetched_from_its_page_and_the_focus_stays_while_it_renews_itself(
    visit: Visitor, rough: RunningServer, weights: Server
) -> None:
    weights.answers.append(Answer(length=84_141_911, stalls=True))
    page = visit(rough.url + "/models", locale="ru-RU").page
    page.get_by_role("button", name="Загрузить: demucs-htdemucs", exact=True).focus()
    page.keyboard.press("Enter")
    card = page.locator("#model-demucs-htdemucs")
    expect(card.locator("progress")).to_be_visible()
    expect(card).to_contain_text("МБ из 84,1")
    cancel = card.get_by_role("button", name="Отменить")
    cancel.focus()
    with page.expect_response("**/models/list"), page.expect_response("**/models/list"):
        pass
    expect(cancel).to_be_focused()
    page.keyboard.press("Enter")
    expect(card.get_by_role("button", name="Продолжить")).to_be_visible()
    expect(card).to_contain_text("загружено 2 %")
    assert weights.asked == [None]


def test_without_javascript_it_the_buttons_are_forms(
    visit: Visitor, rough: RunningServer, weights: Server
) -> None:
    weights.answers.append(Answer(length=SIZE_BYTES, stalls=True))
    page = visit(rough.url, javascript=False).page
    page.get_by_role("button", name="Get Whisper").click()
    expect(page.locator("#hearing")).to_contain_text("Fetching Whisper base")
    page.get_by_role("button", name="Cancel").click()
    page.goto(rough.url)
    expect(page.get_by_role("button", name="Get Whisper")).to_be_visible()
