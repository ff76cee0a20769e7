"""The lab's report as one HTML page that needs nothing else: tables and charts of repair and synthesis."""

import base64
from pathlib import Path

from markdown_it import MarkdownIt

_STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:light-dark(#1d2421,#e6ece9);background:light-dark(#f4f5f1,#121816)}
a{color:light-dark(#1f6f5c,#7fd1b9)}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
td,th{border:1px solid light-dark(#d5dad6,#36403c);padding:.25rem .6rem;text-align:right}
:is(td,th):is(:first-child,:nth-child(2)){text-align:left}
img{max-width:100%;background:#fff;border-radius:.5rem}
.no{color:light-dark(#b00020,#ff8a94)}.yes{color:light-dark(#1a7f37,#6fd68a)}"""
_HEAD = """\
<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Speech lab</title>"""
_TITLE = '<p><a href="./">Konspekt</a></p><h1>Speech lab</h1>'


def page(text: str, images: dict[str, bytes], folder: Path) -> str:
    """Return the report as HTML: the repair, then what `synthesis_report` wrote in the folder."""
    parts = [section(text, images)]
    for name in ("synthesis", "sounds"):
        if (folder / f"{name}.md").exists():
            charts_of = sorted(folder.glob(f"{name}-*.png"))
            shown = {path.stem: path.read_bytes() for path in charts_of}
            parts.append(section((folder / f"{name}.md").read_text(encoding="utf-8"), shown))
    return f"{_HEAD}<style>{_STYLE}</style></head><body><main>{_TITLE}{''.join(parts)}</main></body></html>\n"


def section(text: str, images: dict[str, bytes]) -> str:
    """Return Markdown and images as HTML, with nothing to fetch."""
    body = [_html(text)]
    for name, image in images.items():
        source = base64.b64encode(image).decode("ascii")
        body.append(f'<h3>{name}</h3><img alt="{name}" src="data:image/png;base64,{source}">')
    return "".join(body)


def _html(text: str) -> str:
    """Render Markdown below the page's own title; "yes" and "no" in tables become classes of their cells."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2"
        elif token.type == "td_open" and following is not None and following.content in ("yes", "no"):
            token.attrSet("class", following.content)
    page = str(markdown.renderer.render(tokens, markdown.options, {}))
    return page.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
