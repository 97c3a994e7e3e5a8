"""Lists typed with dashes, bullets or numbers.

WCAG 1.3.1 (A), technique H48 and failure F2: a screen reader does not say that there are five items, and no key goes from one to the next.
Bullets are never anything else than a list; a dash may be a dialogue, a number an article of law: those are for a person to judge.
https://www.w3.org/WAI/WCAG22/Techniques/html/H48
"""

from __future__ import annotations

import re

from turbohtml import Element, Text

from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.rule import Rule
from fleuve.audit.text_block import TextBlock, paragraph_texts, text_blocks

# Not « □ » nor « ✓ », which are boxes to tick and ticks.
_BULLETS = "•▪◦‣●○■➢➤"
# (kind, pattern of the marker at the start of a line). An em dash opens a line of dialogue in French.
_MARKS = (
    ("•", re.compile(rf"[{_BULLETS}·]\s*\S")), ("-", re.compile(r"[-–]\s+\S")), ("*", re.compile(r"\*\s+\S")),
    ("1", re.compile(r"(\d{1,2})\s?[.)]-?\s+\S")), ("a", re.compile(r"([a-z])\)\s+\S")),
)
_FIRST = frozenset(_BULLETS + "·-–*0123456789abcdefgh")
_ENOUGH = 3


def _mark(line: str) -> tuple[str, int]:
    """Kind and rank of the marker that a line begins with, ("", 0) when there is none."""
    line = line.lstrip()
    if line[:1] in _FIRST:
        for kind, pattern in _MARKS:
            if found := pattern.match(line):
                return kind, int(found[1]) if kind == "1" else ord(found[1]) if kind == "a" else 0
    return "", 0


def _begins(node) -> bool:
    """True when what a node says begins with a marker."""
    text = node.data if isinstance(node, Text) else node.text if isinstance(node, Element) else ""
    return bool(_mark(text)[0])


class FalseList(Rule):
    """A list for the eyes only."""

    id = "fausse-liste"
    criteria = ("1.3.1",)
    certainty = TO_VERIFY
    title = "Liste tapée avec des tirets, des puces ou des numéros"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H48"

    def check(self, page):
        # A look at what begins paragraphs and lines spares most pages the reading of their blocks.
        if sum(_begins(br.next_sibling) for br in page.tagged("br")) < _ENOUGH - 1 and self._paragraphs(page) < _ENOUGH:
            return
        lines: list[tuple[TextBlock, str]] = []
        before = None
        for block in text_blocks(page):
            if "\n" not in block.text and (block.text[0] not in _FIRST or block.element.tag != "p"):
                before = None
                continue
            alone = before is None or block.element.tag != "p" or before.tag != "p" or before.parent != block.element.parent
            if alone:
                yield from self._runs(page, lines)
                lines = []
            lines += [(block, line) for line in block.text.split("\n")]
            before = block.element
        yield from self._runs(page, lines)

    def _paragraphs(self, page) -> int:
        return sum(1 for _, text in paragraph_texts(page) if text[:1] in _FIRST and _mark(text)[0])

    def _runs(self, page, lines: list[tuple[TextBlock, str]]):
        """A finding for each run of lines that begin with the same kind of marker; numbers must follow one another."""
        run: list[TextBlock] = []
        last = ("", 0)
        for block, line in [*lines, (None, "")]:
            mark = _mark(line)
            follows = mark[0] and mark[0] == last[0] and (mark[0] not in "1a" or mark[1] == last[1] + 1)
            if not follows:
                yield from self._said(page, run, last[0])
                run = []
            if mark[0]:
                run.append(block)
            last = mark

    def _said(self, page, run: list[TextBlock], kind: str):
        if len(run) < _ENOUGH or run[0].element.closest("code, pre") is not None:
            return
        sign = {"1": "numéros", "a": "lettres", "•": "puces", "*": "astérisques"}.get(kind, "tirets")
        yield self.finding(
            page, run[0].element, f"Ces {len(run)} lignes sont une liste tapée avec des {sign} : un lecteur d’écran n’annonce pas de liste.",
            "Écrivez une liste Markdown (« - » ou « 1. » en début de ligne, après une ligne vide), ou les éléments ul, ol et li en HTML.",
            certainty=CERTAIN if kind == "•" else TO_VERIFY, excerpt=run[0].text.replace("\n", " / "),
        )
