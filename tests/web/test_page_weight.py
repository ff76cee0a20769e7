"""No page weighs more than 300 kB as it goes over a line that compresses; a long recording is one too."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from app.web.core.context import konspekt
from tests.browser.long_recording import N_LINES, put_long_text
from tests.web.pages.test_transcripts import LINE, send
from tests.web.visitor import Visitor

MOST_BYTES = 300_000
LINKED = re.compile(r'(?:src|href)="(/(?:static|bootstrap)/[^"#?]+)')
IMPORTED = re.compile(r'(?:from|import) "(\.[^"]+)"|url\("?([^")]+\.woff2)"?\)')


def loaded(visitor: Visitor, page: str) -> Iterator[tuple[str, bytes]]:
    """Yield everything that a browser may load for a page, and the page itself."""
    yield "", page.encode()
    wanted, seen = LINKED.findall(page), set()
    while wanted:
        path = wanted.pop()
        if path in seen:
            continue
        seen.add(path)
        with visitor.client.get(path) as answer:
            assert answer.status_code == 200, path
            content = answer.get_data()
        yield path, content
        if path.endswith((".js", ".css")):
            wanted += [urlsplit(urljoin(path, a or b)).path for a, b in IMPORTED.findall(content.decode())]


def weight(content: bytes, path: str) -> int:
    return len(content) if path.endswith(".woff2") else len(gzip.compress(content, 6))


@pytest.mark.parametrize(
    "path", ["/", "/live", "/vectors", "/jobs/{job}", "/jobs/{job}/versions", "/nothing"]
)
def test_a_page_with_all_that_it_loads_is_light(anna: Visitor, path: str) -> None:
    job = anna.done()
    page = anna.client.get(path.format(job=job.id), headers={"Accept": "text/html"}).text
    weights = {name: weight(content, name) for name, content in loaded(anna, page)}
    assert sum(weights.values()) < MOST_BYTES, sorted(weights.items(), key=lambda one: -one[1])
    assert len(weights) > 5


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_of_three_hours_is_light_with_the_words_in_sight(anna: Visitor, language: str) -> None:
    job = anna.done()
    put_long_text(konspekt(anna.app).config.results_dir / job.id)
    page = anna.client.get(f"/jobs/{job.id}", headers={"Accept-Language": language}).text
    weights = {name: weight(content, name) for name, content in loaded(anna, page)}
    words = anna.client.get(f"/jobs/{job.id}/transcript?shown=0&part=0").get_data()
    assert sum(weights.values()) + weight(words, "") < MOST_BYTES, sorted(
        weights.items(), key=lambda one: -one[1]
    )
    assert 300 < page.count('<li id="t') < 1000
    whole = anna.client.get(f"/jobs/{job.id}?whole=1").text
    assert whole.count('<li id="t') == N_LINES, "for browsers without script"
    assert 'class="block rest"' not in whole


def test_browsers_lay_out_the_lines_in_sight_only(anna: Visitor) -> None:
    job = anna.done()
    lines = {str(n): {**LINE, "start": 0.01 * n, "end": 0.01 * n, "text": f"line {n}"} for n in range(260)}
    assert send(anna, job.id, {"lines": lines}).status_code == 200
    page = anna.open(f"/jobs/{job.id}")
    blocks = re.findall(r'<ol class="block"[^>]*>(.*?)</ol>', page, re.DOTALL)
    assert max(block.count('class="line') for block in blocks) <= 25
    assert sum(block.count('class="line') for block in blocks) == 260
    styles = (Path(anna.app.static_folder or "") / "recording.css").read_text(encoding="utf-8")
    assert re.search(r"\.block \{[^}]*content-visibility: auto; contain-intrinsic-height: auto", styles)
