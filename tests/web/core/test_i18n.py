"""The language of the pages: what the visitor chose, else what his browser asks for; how it is written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.documents import catalogues
from app.web.core import i18n

RUSSIAN, ENGLISH = '<html lang="ru"', '<html lang="en"'


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app().test_client()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("ru", RUSSIAN),
        ("ru-RU,ru;q=0.9,en;q=0.8", RUSSIAN),
        ("en-GB,en;q=0.9,ru;q=0.8", ENGLISH),
        ("la,ru;q=0.5", RUSSIAN),
        ("la,eo;q=0.5", ENGLISH),
        ("ru;q=0,en", ENGLISH),
        ("*", ENGLISH),
        ("", ENGLISH),
        ("\x00;;q=,ru;q=x", ENGLISH),
    ],
)
def test_a_browser_gets_the_language_that_it_asks_for(
    client: FlaskClient, wanted: str, expected: str
) -> None:
    assert expected in client.get("/", headers={"Accept-Language": wanted}).text


@pytest.mark.parametrize(("asks", "chooses", "expected"), [("en", "ru", RUSSIAN), ("ru", "en", ENGLISH)])
def test_what_the_visitor_chose_goes_before_what_his_browser_asks_for(
    client: FlaskClient, asks: str, chooses: str, expected: str
) -> None:
    wish = {"Accept-Language": asks, "Accept": "text/html,*/*;q=0.8"}
    answer = client.get(f"/language/{chooses}?next=/vectors", headers=wish)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vectors")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    for page in ("/", "/vectors", "/speak", "/nothing/here"):
        assert expected in client.get(page, headers=wish).text, page


def test_under_a_prefix_the_choice_comes_back_under_it(client: FlaskClient) -> None:
    answer = client.get("/language/ru?next=/vectors", environ_overrides={"SCRIPT_NAME": "/notes"})
    assert answer.headers["Location"] == "/notes/vectors"


def test_every_page_offers_the_other_language_and_comes_back_to_itself(client: FlaskClient) -> None:
    assert "/language/ru?next=/vectors" in client.get("/vectors").text


def test_every_language_of_the_pages_but_english_has_its_catalogue() -> None:
    assert {"en", *(path.name for path in catalogues.CATALOGUES.iterdir())} == set(i18n.LANGUAGES)


def test_a_forged_choice_is_no_choice(client: FlaskClient) -> None:
    client.set_cookie(i18n.COOKIE, "../../etc")
    assert RUSSIAN in client.get("/", headers={"Accept-Language": "ru"}).text
    assert client.get("/language/xx").status_code == 404


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
    ],
)
def test_the_switch_leads_nowhere_else(client: FlaskClient, elsewhere: str) -> None:
    location = client.get("/language/ru", query_string={"next": elsewhere}).headers["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


def test_errors_of_the_api_are_told_in_the_language_of_the_caller(client: FlaskClient) -> None:
    told = [
        client.post("/encode_audio", json={}, headers={"Accept-Language": language}).json["error"]["message"]
        for language in ("ru", "en")
    ]
    assert told[0] != told[1]
    assert "file_key" in told[0]
    assert "Name one recording" in told[1]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("12 min", "1.5 MB", "42%", "0.989", "Russian", "1:02:03")),
        (
            "ru",
            (
                "12 мин",
                "1,5 МБ",
                "42 %",
                "0,989",
                "русский",
                "1:02:03",
            ),
        ),
    ],
)
def test_numbers_and_names_are_written_as_the_language_does(
    make_app: Callable[..., Flask], language: str, texts: tuple[str, ...]
) -> None:
    with make_app().test_request_context(headers={"Accept-Language": language}):
        written = (
            i18n.duration(720),
            i18n.filesize(1_500_000),
            i18n.percent(0.429),
            i18n.decimal(0.98949),
            i18n.language_name("ru"),
            i18n.clock(3723),
        )
    assert texts == tuple(" ".join(text.split()) for text in written)  # their spaces do not break


def test_catalogues_are_compiled_beside_a_process_that_compiles_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, beside = catalogues.read_po, []

    def also(catalogue: object) -> object:
        if not beside:
            beside.append(True)
            catalogues.compile_catalogues(tmp_path)
        return read(catalogue)

    monkeypatch.setattr(catalogues, "read_po", also)
    folder = catalogues.compile_catalogues(tmp_path)
    compiled = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert compiled == [Path("ru/LC_MESSAGES/messages.mo")]
