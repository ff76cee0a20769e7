"""How the Word document looks: A4, Arial, our styles. Nothing here knows what the document says."""

import functools
import io
from dataclasses import dataclass

import docx
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import CharacterStyle, ParagraphStyle

from app.documents.docx_elements import add
from app.documents.scripts import Script

FONT = "Arial"  # on Windows and macOS; Liberation Sans has its widths on Linux; both have Cyrillic
PAGE_WIDTH, PAGE_HEIGHT = Cm(21), Cm(29.7)
LEFT, RIGHT, TOP, BOTTOM = Cm(2.5), Cm(1.5), Cm(2), Cm(2)
TEXT_WIDTH = Length(PAGE_WIDTH - LEFT - RIGHT)
TIME_COLUMN = Cm(1.9)

INK, GREY, BLUE = RGBColor(0x1F, 0x23, 0x28), RGBColor(0x5F, 0x68, 0x74), RGBColor(0x1F, 0x3A, 0x5F)
AMBER = RGBColor(0x8A, 0x5A, 0x00)


@dataclass(frozen=True, slots=True)
class Look:
    """A style of ours; sizes and spaces in points."""

    size: float = 10.5
    bold: bool = False
    color: RGBColor = INK
    before: float = 0
    after: float = 0
    line: float = 1.15
    keep_with_next: bool = False
    hanging: Length | None = None
    indent: Length | None = None


PARAGRAPHS = {
    "Normal": Look(after=4),
    "Title": Look(20, bold=True, color=BLUE, after=2, line=1.0, keep_with_next=True),
    "Subtitle": Look(13, color=GREY, after=10, line=1.1, keep_with_next=True),
    "Heading 1": Look(14, bold=True, color=BLUE, before=18, after=6, line=1.1, keep_with_next=True),
    "Heading 2": Look(11.5, bold=True, before=10, after=3, line=1.1, keep_with_next=True),
    "Heading 3": Look(9.5, bold=True, color=GREY, before=6, after=2, line=1.1, keep_with_next=True),
    "List Bullet": Look(after=3, hanging=Cm(0.6)),
    "TOC Heading": Look(14, bold=True, color=BLUE, before=18, after=6, line=1.1, keep_with_next=True),
    "toc 1": Look(after=2, before=2, line=1.1),
    "toc 2": Look(after=1, line=1.1, indent=Cm(0.6)),
    "Footer": Look(8.5, color=GREY, line=1.0),
    "Nothing": Look(color=GREY, after=4),
    "Fact label": Look(10, color=GREY, before=1, after=1, line=1.1),
    "Fact": Look(10, before=1, after=1, line=1.1),
    "Table head": Look(9.5, bold=True, before=2, after=2, line=1.0, keep_with_next=True),
    "Signature": Look(before=14, line=1.1),
    "Table text": Look(10, before=2, after=2, line=1.1),
    "Context": Look(8.5, color=GREY, after=3, line=1.1),
    "Transcript": Look(10, after=4, line=1.1, hanging=TIME_COLUMN),
}
CHARACTERS = {"Time": Look(9, color=GREY), "Speaker": Look(10, bold=True), "Doubtful": Look(10, color=AMBER)}


def styled(form_tag: str, text_tag: str, script: Script) -> WordDocument:
    """Return an empty document that looks as ours do; making it takes longer than reading a made one."""
    return docx.Document(io.BytesIO(_template(form_tag, text_tag, script)))


@functools.lru_cache(32)
def _template(form_tag: str, text_tag: str, script: Script) -> bytes:
    word, file = docx.Document(), io.BytesIO()
    _drop_second_styles(word)
    _apply(word, form_tag, text_tag, script)
    word.save(file)
    return file.getvalue()


def _drop_second_styles(word: WordDocument) -> None:
    """Drop the template's copy of its styles for Word 2007, with which ours would not agree."""
    for key, part in list(word.part.rels.items()):
        if part.reltype.endswith("/stylesWithEffects"):
            word.part.drop_rel(key)


def _apply(word: WordDocument, form_tag: str, text_tag: str, script: Script) -> None:
    """Give the python-docx template our page, styles and languages.

    BCP 47 tags, by which Word checks spelling: `form_tag` of our own words, `text_tag` of what was said,
    which is written in `script`.
    """
    section = word.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin, section.right_margin = LEFT, RIGHT
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.footer_distance = Cm(1)
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _set_font(defaults, script)
    defaults.find(qn("w:lang")).set(qn("w:val"), form_tag)
    for name, look in PARAGRAPHS.items():
        _paragraph_style(word, name, look, script)
    for name, look in CHARACTERS.items():
        style = word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        _set_look(style, look, script)
    if script.letters == "latin":
        for name in ("Transcript", "List Bullet", "Heading 2", "Table text", "Context", "Subtitle"):
            add(word.styles[name].element.get_or_add_rPr(), "w:lang", val=text_tag)
    else:  # letters of another class have a language of their own, wherever they stand
        kind = {"east_asian": "w:eastAsia", "complex": "w:bidi"}[script.letters]
        defaults.find(qn("w:lang")).set(qn(kind), text_tag)
    _modernise(word)


def _paragraph_style(word: WordDocument, name: str, look: Look, script: Script) -> None:
    known = name in word.styles
    style = word.styles[name] if known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    numbering = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}") if name == "List Bullet" else None
    for part in ("w:pPr", "w:rPr"):  # the template's own look
        for element in style.element.findall(qn(part)):
            style.element.remove(element)
    shape = style.paragraph_format
    if numbering is not None:
        style.element.get_or_add_pPr().append(numbering)
    shape.space_before, shape.space_after, shape.line_spacing = Pt(look.before), Pt(look.after), look.line
    shape.keep_with_next = look.keep_with_next or None
    shape.widow_control = True
    if look.hanging:
        shape.left_indent, shape.first_line_indent = look.hanging, Length(-look.hanging)
        shape.tab_stops.add_tab_stop(look.hanging)
    if look.indent:
        shape.left_indent = look.indent
    if name.startswith("Heading"):
        shape.keep_together = True
        add(style.element.get_or_add_pPr(), "w:outlineLvl", val=str(int(name[-1]) - 1))
    _set_look(style, look, script)


def _set_look(style: ParagraphStyle | CharacterStyle, look: Look, script: Script) -> None:
    style.font.size, style.font.color.rgb = Pt(look.size), look.color
    style.font.bold = style.font.cs_bold = look.bold
    properties = style.element.get_or_add_rPr()
    size = OxmlElement("w:szCs")  # complex scripts have a size of their own
    size.set(qn("w:val"), str(round(look.size * 2)))
    properties.find(qn("w:sz")).addnext(size)
    _set_font(properties, script)


def _set_font(properties: BaseOxmlElement, script: Script) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for theme in ("asciiTheme", "hAnsiTheme", "cstheme", "eastAsiaTheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for letters, kind in (("ascii", ""), ("hAnsi", "latin"), ("cs", "complex"), ("eastAsia", "east_asian")):
        fonts.set(qn(f"w:{letters}"), script.word_font if script.letters == kind else FONT)


def _modernise(word: WordDocument) -> None:
    """Leave Word's compatibility mode, East Asian layout and the template's picture of an empty page."""
    settings = word.settings.element
    for old in ("w:compat/w:useFELayout", "w:savePreviewPicture", "w:proofState"):
        for element in settings.xpath(old):
            element.getparent().remove(element)
    for mode in settings.xpath('w:compat/w:compatSetting[@w:name="compatibilityMode"]'):
        mode.set(qn("w:val"), "15")
    relations = word.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]
