"""Links to files that are no pages: what they are and how big is said before one downloads them, and the page is there to read.

SGQRI 008 on downloadable documents; WCAG 2.4.4 (A), technique G201 and H30 (say the format in the link). A person judges whether the words
around the link say it in another way: never certain. https://www.w3.org/WAI/WCAG22/Techniques/html/H30
"""

from __future__ import annotations

import re
from itertools import islice

from turbohtml import Element

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import Rule

_FILE = re.compile(r"\.(pdf|docx?|dotx?|xlsx?|xlsm|pptx?|ppsx?|odt|ods|odp|rtf)(?=[?#]|$)", re.IGNORECASE)
_FILES = re.compile(_FILE.pattern, re.IGNORECASE | re.MULTILINE)  # of addresses, one a line: a first look
_FORMAT = re.compile(r"\b(?:pdf|word|docx?|excel|xlsx?|xlsm|powerpoint|pptx?|odt|ods|odp|rtf|opendocument)\b", re.IGNORECASE)
_SIZE = re.compile(r"\d\s*(?:[kmg]?o|octets?|[kmg]i?[ob]|bytes?)\b", re.IGNORECASE)
_PAGE = re.compile(r"web|html|en ligne|online", re.IGNORECASE)
_NAMES = {"pdf": "PDF", "doc": "Word", "dot": "Word", "xls": "Excel", "ppt": "PowerPoint", "pps": "PowerPoint"}


class UnannouncedDocument(Rule):
    """A file that comes as a surprise: on a telephone, with a small data plan, with a screen reader."""

    id = "lien-document"
    criteria = ("2.4.4",)
    certainty = TO_VERIFY
    title = "Lien vers un document sans format, taille ou version en page Web"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H30"

    def check(self, page):
        contexts: dict[Element, tuple[bool, bool, bool]] = {}
        if not _FILES.search("\n".join([href for _, href in page.anchors])):
            return
        for link, href in page.anchors:
            if "." not in href[-40:]:
                continue
            found = _FILE.search(href)
            if not found or not page.exposed(link):
                continue
            around = self._around(link)
            if around not in contexts:
                text = " ".join(around.strings)
                contexts[around] = bool(_FORMAT.search(text)), bool(_SIZE.search(text)), self._has_page(around)
            missing = self._missing(page.name(link), *contexts[around])
            if missing:
                name = _NAMES.get(found[1].lower()[:3], found[1].upper())
                yield self.finding(
                    page, link, f"Ce lien mène à un fichier {name} sans dire {missing} : « {page.name(link)[:80]} ».",
                    f"Écrivez-les dans le lien, par exemple « ({name}, 350 Ko) », et offrez le même contenu en page Web.",
                )

    def _missing(self, name: str, has_format: bool, has_size: bool, has_page: bool) -> str:
        """What neither the name of the link nor what is around it says."""
        has_format, has_size = has_format or _FORMAT.search(name), has_size or _SIZE.search(name)
        if has_format and (has_size or has_page):
            return ""
        return "sa taille" if has_format else "son format" if has_size else "son format et sa taille"

    def _around(self, link) -> Element:
        """The paragraph, item or cell; what holds it too, when it holds no other link."""
        block = link.closest("p, li, dd, td, figcaption") or link.parent
        parent = block.parent
        alone = isinstance(parent, Element) and parent.tag not in ("body", "main", "html") and len(list(islice(parent.iter_elements("a"), 2))) == 1
        return parent if alone else block

    def _has_page(self, around) -> bool:
        return any(_PAGE.search(link.text) and not _FILE.search(link.attr("href") or "") for link in around.iter_elements("a"))
