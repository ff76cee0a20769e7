"""Contents of a long Word document: a real TOC field, already filled in, so that nothing asks to be updated.

It has no page numbers (switch \\n; ECMA-376 Part 1, 17.16.5.68), that only Word counts: each is a link.
"""

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from app.documents.docx_elements import add, add_run, turn

LEAST_TOPICS = 6  # fewer stand on a page or two, and need no list of them
_FIELD = ' TOC \\o "1-2" \\n \\h \\z '
_FIRST_ID = 900_000  # of bookmarks; those of the transcript count from 0


def add_contents(word: WordDocument, after: BaseOxmlElement, title: str) -> None:
    """Put the list of all headings after an element, each a link to its heading."""
    levels = {word.styles[f"Heading {level}"].style_id: level for level in (1, 2)}
    headings = [p for p in word.element.body.findall(qn("w:p")) if p.style in levels]
    lines = [_line(word, "TOC Heading", title)]
    for number, heading in enumerate(headings):
        name = f"_Toc{number:08}"
        line = _line(word, f"toc {levels[heading.style]}", "")
        if number == 0:
            _begin(line)
        rtl = heading.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
        if rtl:
            turn(line)
        text = heading.findtext(f".//{qn('w:t')}").strip()
        add_run(add(line, "w:hyperlink", anchor=name, history="1"), text, rtl=rtl)
        _mark(heading, name, _FIRST_ID + number)
        lines.append(line)
    add(add(lines[-1], "w:r"), "w:fldChar", fldCharType="end")
    for line in reversed(lines):
        after.addnext(line)


def _line(word: WordDocument, style: str, text: str) -> BaseOxmlElement:
    paragraph: BaseOxmlElement = OxmlElement("w:p")
    add(add(paragraph, "w:pPr"), "w:pStyle", val=word.styles[style].style_id)
    if text:
        add_run(paragraph, text)
    return paragraph


def _begin(line: BaseOxmlElement) -> None:
    add(add(line, "w:r"), "w:fldChar", fldCharType="begin")
    instruction = add(add(line, "w:r"), "w:instrText")
    instruction.text = _FIELD
    instruction.set(qn("xml:space"), "preserve")
    add(add(line, "w:r"), "w:fldChar", fldCharType="separate")


def _mark(heading: BaseOxmlElement, name: str, number: int) -> None:
    """Put a bookmark around the text of a heading."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    properties = heading.find(qn("w:pPr"))
    if properties is None:
        heading.insert(0, start)
    else:
        properties.addnext(start)
    heading.append(end)
