"""The text of a page, block by block: what people read as one paragraph, one item, one cell or one heading.

Rules about text share this one pass. Code, form values and drawings are no text; an inline part in another language is a block of its own.
Most pages have nothing to find: `plain_text`, made by the parser in C, tells it in a tenth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turbohtml import Element, Text

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr html label legend li main menu nav ol p search section summary table tbody td tfoot th thead tr ul".split(),
)
_NO_TEXT = frozenset(
    "audio canvas code head iframe kbd math noscript object option pre samp script select style svg template textarea title var video".split(),
)
_SMALL = ("p", "li", "td", "th", "dd", "dt", "figcaption", "caption", "summary", "label", "legend", "address", "button", "div", "span", "a")


@dataclass(slots=True)
class TextBlock:
    """A run of text: the element that holds it, its words with « \\n » for line breaks, its language tag ("" when none is declared)."""

    element: Element
    text: str
    lang: str


def plain_text(page: HtmlPage) -> str:
    """All the text of the page, hidden or not, its blocks separated by empty lines: for a first look."""
    return page.remember("plain text", lambda page: page.root.to_text() if page.root is not None else "")


def text_blocks(page: HtmlPage) -> list[TextBlock]:
    """The blocks of text of the page that assistive technologies get, in order. Made once a page."""
    return page.remember("text blocks", lambda page: _Reader(page).blocks)


def paragraph_texts(page: HtmlPage) -> list[tuple[Element, str]]:
    """The <p> elements with their texts, less the space before. Made once a page."""
    return page.remember("texts of paragraphs", lambda page: [(each, each.text.lstrip()) for each in page.tagged("p")])


def block_holding(page: HtmlPage, words: str) -> Element | None:
    """The first paragraph, item, cell or other small block that assistive technologies get and whose text has these words."""
    texts = page.remember("texts of small blocks", lambda page: {})  # those at the beginning are asked for each time
    for element in page.document.iter_elements(_SMALL):
        text = texts.get(element)
        if text is None:
            text = texts[element] = element.text
        if words in text and page.exposed(element):
            return element
    return None


class _Reader:
    """One walk over the body."""

    def __init__(self, page: HtmlPage) -> None:
        self.blocks: list[TextBlock] = []
        self._parts: list[str] = []
        self._hidden, self._speaking = page.hidden, frozenset(page.having("lang"))
        if page.root is not None:
            self._read(page.root, page.root, (page.root.attr("lang") or "").strip().lower())

    def _read(self, element: Element, holder: Element, lang: str) -> None:
        parts = self._parts
        for child in element:
            if type(child) is Text:
                parts.append(child.data)
                continue
            if type(child) is not Element:
                continue
            tag = child.tag
            if tag == "br":
                parts.append("\0")
            elif tag in _NO_TEXT or child in self._hidden:
                parts.append(" ")
            else:
                own = (child.attr("lang") or "").strip().lower() if child in self._speaking else lang
                if tag in _BLOCKS or own != lang:
                    self._end(holder, lang)
                    self._read(child, child, own)
                    self._end(child, own)
                else:
                    self._read(child, holder, lang)

    def _end(self, holder: Element, lang: str) -> None:
        if self._parts:
            words = "".join(self._parts).split()
            self._parts.clear()
            if words:
                self.blocks.append(TextBlock(holder, " ".join(words).replace("\0", "\n"), lang))
