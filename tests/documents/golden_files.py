"""The golden files: what each download of each meeting is, as text.

Write them anew after a wanted change, and read the difference before it is committed:

    python -m tests.documents.golden_files
"""

import io
from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from app.documents.downloads import DOWNLOADS
from tests.documents.meetings import MEETINGS

FOLDER = Path(__file__).parent / "golden"


def golden_name(locale: str, file_name: str) -> str:
    return f"{locale}-{file_name}" + ("" if DOWNLOADS[file_name].text else ".dump")


def actual(locale: str, file_name: str) -> str:
    content = DOWNLOADS[file_name].render(MEETINGS[locale](), locale)
    if not DOWNLOADS[file_name].text:
        return DUMPS[file_name](content)
    return content.decode("utf-8-sig" if file_name.endswith(".txt") else "utf-8").replace("\r\n", "\n")


def dump_docx(content: bytes) -> str:
    """Write down what a reader of the document meets: styles, text, links, tables, header and footer."""
    word = docx.Document(io.BytesIO(content))
    lines = [f"title: {word.core_properties.title}", f"author: {word.core_properties.author}"]
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            lines.append("table")
            lines += [
                "  | " + " | ".join(" / ".join(map(_paragraph, cell.paragraphs)) for cell in row.cells)
                for row in block.rows
            ]
        else:
            lines.append(_paragraph(block))
    lines.append("footer: " + "".join(node.text or "\t" for node in _texts(word.sections[0].footer._element)))
    return "\n".join(lines) + "\n"


def _paragraph(paragraph: Paragraph) -> str:
    marks = "".join(f" #{mark.get(qn('w:name'))}" for mark in paragraph._p.findall(qn("w:bookmarkStart")))
    parts = []
    for node in _texts(paragraph._p):
        text = node.text or "\t"
        link = next((parent for parent in node.iterancestors(qn("w:hyperlink"))), None)
        parts.append(text if link is None else f"<{text} → {link.get(qn('w:anchor'))}>")
    return f"[{paragraph.style.name}{marks}] {''.join(parts)}"


def _texts(element):
    return element.xpath(".//w:t | .//w:r/w:tab")


DUMPS = {"minutes.docx": dump_docx}
GOLDEN = [name for name, download in DOWNLOADS.items() if download.text or name in DUMPS]

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for locale in MEETINGS:
        for file_name in GOLDEN:
            (FOLDER / golden_name(locale, file_name)).write_text(
                actual(locale, file_name), encoding="utf-8", newline="\n"
            )
