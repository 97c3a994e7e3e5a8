"""The CommonMark specification's examples: the core gives all of them; the whole pipeline, all but what it changes on purpose.

What it changes, and why, is in docs/adr/0003-markdown-dialect.md.
"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT, Site
from pipeline import Pipeline

from fleuve.markdown import commonmark
from plugins.headings import outline
from plugins.links import link
from plugins.sanitizer import sanitize
from plugins.tables import wrap

EXAMPLES = {row[0]: SimpleNamespace(number=row[0], section=row[1], markdown=row[2], html=row[3])
            for row in json.loads((Path(__file__).parent / "commonmark" / "spec-0.31.2.json").read_text("utf-8"))}

# Examples whose HTML the pipeline changes on purpose, by what changes them, in the order of the pipeline.
EXCEPTIONS: dict[str, list[int]] = {
    "headings": [
        10, 59, 62, 66, 67, 68, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 86, 89, 90, 95, 96, 102, 103,
        115, 141, 214, 215, 227, 228, 229, 230, 232, 300, 646, 647,
    ],
    "typography": [14, 46, 55, 87, 106, 197, 209, 210, 343, 352, 359, 363, 380, 385, 395, 508, 590, 619, 620, 622, 624, 632, 650],
    "links": [
        20, 159, 162, 194, 195, 200, 203, 204, 346, 475, 480, 481, 484, 485, 486, 487, 492, 495, 496, 498, 499, 500,
        501, 502, 503, 504, 517, 520, 522, 526, 531, 538, 567, 573, 576, 577, 578, 580, 594, 595, 600, 603,
    ],
    "raw HTML": [
        21, 150, 151, 155, 156, 157, 158, 163, 165, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181,
        182, 183, 184, 201, 308, 309, 491, 494, 524, 536, 596, 598, 599, 601, 613, 614, 615, 616, 617, 623, 625, 627,
        628, 629,
    ],
    "raw HTML, links": [31, 187, 344, 476, 477, 630, 631, 642, 643],
    "raw HTML, tables": [148, 149, 160, 190, 191],
    "typography, headings": [91],
    "typography, raw HTML": [626],
}

_BLOCK = frozenset("article aside blockquote body caption dd details div dl dt footer form h1 h2 h3 h4 h5 h6 header hr iframe li ol p pre section summary table tbody td tfoot th thead tr ul script style".split())


class Normal(HTMLParser):
    """HTML without what has no meaning: how a character is written, spaces around blocks, the order of attributes (as the
    specification's own test program compares)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list = []
        self._pre = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.parts.append(("open", tag, sorted((key, value or "") for key, value in attrs)))
        self._pre += tag == "pre"

    def handle_startendtag(self, tag, attrs):
        self.parts.append(("open", tag, sorted((key, value or "") for key, value in attrs)))

    def handle_endtag(self, tag):
        self._pre -= tag == "pre"
        self.parts.append(("close", tag))

    def handle_data(self, data):
        if self.parts and self.parts[-1][0] == "text":
            data = self.parts.pop()[1] + data
        self.parts.append(("text", data if self._pre else re.sub(r"\s+", " ", data)))

    def handle_comment(self, data):
        self.parts.append(("comment", data))

    def handle_decl(self, decl):
        self.parts.append(("declaration", decl))

    def handle_pi(self, data):
        self.parts.append(("instruction", data))

    def unknown_decl(self, data):
        self.parts.append(("unknown", data))


# These end inside a tag. What html.parser makes of that differs between releases of Python 3.11: in some both sides read alike.
UNFINISHED = {156, 157, 158}


def normal(html: str) -> list:
    """The meaning of a piece of HTML: two pieces that a browser shows alike give the same list."""
    parts = Normal(html).parts
    kept = []
    for i, part in enumerate(parts):
        if part[0] == "text":
            text = part[1]
            if i == 0 or parts[i - 1][0] != "text" and parts[i - 1][1] in _BLOCK and parts[i - 1][1] != "pre":
                text = text.lstrip()
            if i == len(parts) - 1 or parts[i + 1][1] in _BLOCK and parts[i + 1][1] != "pre":
                text = text.rstrip()
            if not text:
                continue
            part = ("text", text)
        kept.append(part)
    return kept


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> Pipeline:
    """A site with one English page: the spaces of French are tested elsewhere."""
    site = Site(tmp_path_factory.mktemp("commonmark"))
    site.write("page.en.md", "")
    return Pipeline(site)


def test_the_core_gives_every_example():
    wrong = [example.number for example in EXAMPLES.values() if normal(commonmark(example.markdown)) != normal(example.html)]
    assert len(EXAMPLES) == 652 and wrong == []


def test_the_pipeline_gives_every_example_but_those_that_it_changes_on_purpose(pipeline):
    changed = {number for numbers in EXCEPTIONS.values() for number in numbers}
    found = {example.number for example in EXAMPLES.values() if normal(pipeline.render(example.markdown, "page.en.md").html) != normal(example.html)}
    assert found - changed == set(), "no longer what the specification says"
    assert changed - found <= UNFINISHED, "now what the specification says: take them off the list"


@pytest.mark.parametrize("reasons", EXCEPTIONS)
def test_nothing_but_the_reason_given_changes_an_example(reasons, pipeline):
    for number in EXCEPTIONS[reasons]:
        example = EXAMPLES[number]
        found = pipeline.render(example.markdown, "page.en.md")
        html = commonmark(example.markdown, curly=True) if "typography" in reasons else example.html
        found.doc.headings.clear()
        for reason, step in STEPS.items():
            if reason in reasons:
                html = step(html, found.doc)
        assert normal(found.html) == normal(html), example


def test_the_record_of_the_decision_lists_the_same_examples():
    text = (ROOT / "docs" / "adr" / "0003-markdown-dialect.md").read_text("utf-8")
    listed = {(reason, int(number)) for reason, numbers in re.findall(r"^\| ([\w ]+) \|.*\| ([\d, ]+) \|$", text, re.M) for number in numbers.split(",")}
    assert listed == {(reason, number) for reasons, numbers in EXCEPTIONS.items() for reason in reasons.split(", ") for number in numbers}


STEPS = {"raw HTML": lambda html, doc: sanitize(html), "links": link, "headings": outline, "tables": wrap}
