"""The manifest, the service worker and the offline page, as browsers ask for them."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from tests.web.visitor import Visitor


def test_the_manifest_names_icons_of_the_sizes_that_they_have(anna: Visitor) -> None:
    page = anna.open()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    answer = anna.client.get("/manifest.webmanifest", headers={"Accept-Language": "ru"})
    assert answer.mimetype == "application/manifest+json"
    manifest = answer.json
    assert (manifest["lang"], manifest["start_url"], manifest["scope"]) == ("ru", "/", "/")
    assert manifest["description"] == "Записи и протоколы"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        with anna.client.get(icon["src"]) as sent, Image.open(BytesIO(sent.get_data())) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
            assert image.format == "PNG"
    for shortcut in manifest["shortcuts"]:
        assert anna.client.get(shortcut["url"]).status_code == 200


def test_the_service_worker_is_asked_for_anew_each_time(anna: Visitor) -> None:
    with anna.client.get("/worker.js") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_the_offline_page_holds_nothing_of_a_visitor(anna: Visitor) -> None:
    job = anna.done("тайное совещание.mp4")
    page = anna.open("/offline")
    assert "cannot be reached" in page
    for secret in (job.id, "тайное", anna.owner, "csrf"):
        assert secret not in page


@pytest.mark.parametrize("sent", [{}, {"files": (BytesIO(b"sound"), "a.wav")}])
def test_what_is_shared_without_a_service_worker_is_told_what_to_do(
    anna: Visitor, sent: dict[str, object]
) -> None:
    client: FlaskClient = anna.client
    answer = client.post("/share", data=sent, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "Open Konspekt in it once" in answer.text
    assert anna.names() == []
