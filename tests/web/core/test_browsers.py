from flask import Flask

from app.web.core.browsers import browser_name

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


NAMES = {
    FIREFOX: "Firefox, Linux",
    CHROME: "Chrome, Windows",
    CHROME + " Edg/142.0.0.0": "Edge, Windows",
    SAFARI: "Safari, iPhone",
    "curl/8.5.0": "curl",
    "SomethingElse/1.0": "SomethingElse/1.0",
    "": "unknown browser",
}


def test_a_browser_has_a_name_for_people(app: Flask) -> None:
    with app.test_request_context():
        assert {said: browser_name(said) for said in NAMES} == NAMES
