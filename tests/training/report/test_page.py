from pathlib import Path

from app.training.report.page import page, section

TEXT = """\
# Repair

Lower is better: a < b, cos_pitch and cos_loudness.

| what was asked | measured | holds |
|---|---|---|
| Q at most .040 | 0.03 | yes |
| noise \\<img src=x> | +1 dB | no |
"""


def test_markdown_becomes_headings_paragraphs_and_tables_below_the_title_of_the_page() -> None:
    html = section(TEXT, {})
    assert "<h2>Repair</h2>" in html
    assert "<h1>" not in html
    assert "a &lt; b, cos_pitch and cos_loudness." in html
    assert html.count("<tr>") == 3
    assert html.index('<div class="scroll"><table>') < html.index("<td>") < html.index("</table></div>")


def test_whether_a_criterion_holds_is_a_class_of_its_cell() -> None:
    html = section(TEXT, {})
    assert '<td class="yes">yes</td>' in html
    assert '<td class="no">no</td>' in html


def test_nothing_in_the_text_is_taken_for_html() -> None:
    assert "<img" not in section(TEXT, {})
    assert "<script" not in section("<script>alert(1)</script>", {})


def test_the_page_ends_with_what_synthesis_left_and_holds_its_charts(tmp_path: Path) -> None:
    (tmp_path / "synthesis.md").write_text("# Synthesis\n", encoding="utf-8")
    (tmp_path / "synthesis-mels.png").write_bytes(b"\x89PNG")
    html = page(TEXT, {"models": b"\x89PNG"}, tmp_path)
    assert html.index("<h2>Repair</h2>") < html.index("<h2>Synthesis</h2>")
    assert html.count('src="data:image/png;base64,iVBORw=="') == 2
    assert '<img alt="synthesis-mels"' in html
