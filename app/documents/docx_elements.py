"""Elements of a Word document that python-docx does not write itself: footer, table frames, runs of text."""

import textwrap
from collections.abc import Sequence

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length
from docx.table import Table, _Cell, _Row

RULE, SHADE = "C9CED6", "EEF1F5"  # the colours of table lines and table heads
MAX_FOOTER_CHARS = 70  # what fits on one line beside the page number


def _shortened(title: str) -> str:
    """Shorten a title to one line, at a blank where there is one."""
    short = textwrap.shorten(title, MAX_FOOTER_CHARS, placeholder="…")
    return title[: MAX_FOOTER_CHARS - 1] + "…" if short == "…" != title else short


def footer(word: WordDocument, title: str, page: str, width: Length) -> None:
    """Write the title at the left and the page at the right of `width`; `page`: "Page {page} of {pages}"."""
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.style = "Footer"
    paragraph.paragraph_format.tab_stops.add_tab_stop(width, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(_shortened(title) + "\t")
    before, _, rest = page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        paragraph.add_run(text)
        if field:
            add_run(add(paragraph._p, "w:fldSimple", instr=field), "1")


def frame(table: Table, widths: Sequence[int], *, ruled: bool, rtl: bool = False) -> None:
    """Fix the widths of a table that has no rows yet.

    ruled: with thin lines between its rows; rtl: its first column stands at the right.
    """
    properties = table._tbl.tblPr
    for element in list(properties):
        properties.remove(element)
    if rtl:
        add(properties, "w:bidiVisual")
    add(properties, "w:tblW", w=str(sum(_twips(width) for width in widths)), type="dxa")
    add(properties, "w:tblInd", w="0", type="dxa")
    if ruled:
        borders = add(properties, "w:tblBorders")
        for side in ("top", "bottom", "insideH"):
            add(borders, f"w:{side}", val="single", sz="4", space="0", color=RULE)
    add(properties, "w:tblLayout", type="fixed")
    margins = add(properties, "w:tblCellMar")
    for side, width in (("left", Cm(0.15) if ruled else 0), ("right", Cm(0.15))):
        add(margins, f"w:{side}", w=str(_twips(width)), type="dxa")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Length(width)


def make_head(row: _Row, titles: Sequence[str], style_id: str, *, rtl: bool) -> None:
    """Write the titles of columns into the first row of a table, shade it, and repeat it on each page."""
    add(row._tr.get_or_add_trPr(), "w:tblHeader")
    for cell, title in zip(row.cells, titles, strict=True):
        add(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=SHADE)
        fill(cell, title, style_id)
        if rtl:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def fill(cell: _Cell, text: str, style_id: str) -> None:
    """Write a text of ours into an empty cell."""
    paragraph = cell.paragraphs[0]._p
    paragraph.style = style_id
    add_run(paragraph, text)


def keep_whole(row: _Row) -> None:
    """Let no page break fall into a row."""
    add(row._tr.get_or_add_trPr(), "w:cantSplit")


def add(parent: BaseOxmlElement, tag: str, **attributes: str) -> BaseOxmlElement:
    """Append an element whose attributes are in Word's namespace."""
    child: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        child.set(qn(f"w:{name}"), value)
    parent.append(child)
    return child


def add_run(
    parent: BaseOxmlElement,
    text: str,
    style_id: str | None = None,
    *,
    rtl: bool = False,
    east_asian: bool = False,
) -> None:
    """Append a run of text; far faster than python-docx, which matters for a transcript.

    rtl: its letters are of a script that is read from the right; east_asian: quotes and dashes in it are as
    wide as its letters.
    """
    run = add(parent, "w:r")
    if style_id or rtl or east_asian:
        properties = add(run, "w:rPr")
        if style_id:
            add(properties, "w:rStyle", val=style_id)
        if east_asian:
            add(properties, "w:rFonts", hint="eastAsia")
        if rtl:
            add(properties, "w:rtl")
    place = add(run, "w:t")
    place.text = text
    place.set(qn("xml:space"), "preserve")


def turn(paragraph: BaseOxmlElement) -> None:
    """Let a paragraph that has a style, and no spaces of its own yet, begin at the right."""
    add(paragraph.get_or_add_pPr(), "w:bidi")


def _twips(width: int) -> int:
    return round(width / 635)
