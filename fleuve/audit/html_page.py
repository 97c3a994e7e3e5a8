"""One page as the rules see it: parsed once, indexed in one pass.

Parser: turbohtml (WHATWG tree construction in C, MIT), see ADR 0008. It sniffs the encoding as browsers do (byte-order mark, meta, UTF-8 by
its structure, else windows-1252), keeps the line of every start tag, and bounds the depth of the tree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar

import turbohtml
from turbohtml import Doctype, Element, Namespace, Text
from turbohtml.cssom import ComputedStyle, StyleSheet, computed_style

from fleuve.audit.accessible_name import NAMING_ATTRIBUTES, labels_of, name_of, squeezed
from fleuve.audit.element_role import PLAYERS, role_of
from fleuve.audit.page_style import PageStyle
from fleuve.audit.visibility import hidden_elements, inert_elements, is_off_screen, unrendered_elements

T = TypeVar("T")

_EXCERPT = 160
_FOREIGN = ("svg", "math")


class HtmlPage:
    """A parsed page and what rules ask of it. `file` is the path that findings quote."""

    def __init__(self, html: bytes | str, file: str = "") -> None:
        self.file = file
        self.document = turbohtml.parse(html, allow_declarative_shadow_roots=False)
        self.root: Element | None = self.document.root
        self._tags, self._attributes = self._index()
        self._roles: dict[Element, str] = {}
        self._names: dict[Element, str] = {}
        self._memory: dict[str, Any] = {}
        self._styles: dict[Element, ComputedStyle] = {}
        self._by_role: dict[str, list[Element]] = {}

    def _index(self) -> tuple[dict[str, list[Element]], dict[str, list[Element]]]:
        """One pass: the elements by tag and by attribute."""
        tags: dict[str, list[Element]] = defaultdict(list)
        attributes: dict[str, list[Element]] = defaultdict(list)
        for element in self.document.iter_elements():
            tags[element.tag].append(element)
            for attribute in element.attrs:
                attributes[attribute].append(element)
        if "template" in tags:
            _drop(tags, attributes, {inner for template in tags["template"] for inner in template.iter_elements()})
        if not tags.keys().isdisjoint(_FOREIGN):
            _tell_apart(tags)
        return tags, attributes

    @cached_property
    def whole(self) -> bool:
        """True for a page, False for a fragment of HTML without doctype, html, head, body or title: rules on pages do not concern it."""
        written = any(element.source_line for tag in ("html", "head", "body") for element in self.tagged(tag))
        return self.root is not None and (written or bool(self.tagged("title")) or any(isinstance(node, Doctype) for node in self.document))

    # --- indexes ---

    def tagged(self, *tags: str) -> list[Element]:
        """The elements of these tags, in document order for each tag. HTML elements by name, others with their namespace: `svg:a`, `svg:svg`, `math:mi`."""
        if len(tags) == 1:
            return self._tags.get(tags[0], [])
        return list(chain.from_iterable(self._tags[tag] for tag in tags if tag in self._tags))

    def having(self, attribute: str) -> list[Element]:
        """The elements that have this attribute, whatever its value, in document order."""
        return self._attributes.get(attribute, [])

    @cached_property
    def aria_attributes(self) -> list[str]:
        """The names of attributes that look like ARIA, whether it has them or not."""
        return [name for name in self._attributes if name.startswith("aria-")]

    def with_role(self, *roles: str) -> list[Element]:
        """The elements that have one of these roles, by their role attribute or by HTML, by their role attribute first."""
        found: dict[Element, None] = {}
        for role in roles:
            if role not in self._by_role:
                self._by_role[role] = self._playing(role)
            if len(roles) == 1:
                return self._by_role[role]
            found.update(dict.fromkeys(self._by_role[role]))
        return list(found)

    def _playing(self, role: str) -> list[Element]:
        said = self.said_roles
        found = list(said.get(role, ()))
        for tag, condition in PLAYERS.get(role, ()):
            elements = self._tags.get(tag)
            if not elements:
                continue
            if condition is None:
                elements = [element for element in elements if self.role(element) == role]
            elif tag == "a":
                elements = [element for element, _ in self.anchors]
            elif condition:
                elements = [element for element in elements if element.attr(condition) is not None]
            if tag.rpartition(":")[2] in self.said_tags:
                elements = [element for element in elements if element.attr("role") is None]
            found += elements
        return found

    @cached_property
    def said_roles(self) -> dict[str, list[Element]]:
        """The elements that have a role attribute, by the role that they have."""
        said: dict[str, list[Element]] = {}
        for element in self.having("role"):
            said.setdefault(self.role(element), []).append(element)
        return said

    @cached_property
    def said_tags(self) -> set[str]:
        """The tags of the elements that have a role attribute, in HTML, drawings or formulas."""
        return {element.tag for element in self.having("role")}

    @cached_property
    def anchors(self) -> list[tuple[Element, str]]:
        """The <a> elements that lead somewhere, with their addresses as written."""
        return [(element, address) for element in self.tagged("a") if (address := element.attr("href")) is not None]

    @cached_property
    def links(self) -> list[tuple[Element, str]]:
        """The links that assistive technologies get, with their names: half of what a page holds, and what most rules on words look at."""
        # The name of most is their text: that of those that hold no element, nor have an attribute which gives another name.
        others, hidden = {inner.parent for inner in self.select("a > *")} | self.spoken_for, self.hidden
        return [(link, link not in others and squeezed(link.text) or self.name(link)) for link in self.with_role("link") if link not in hidden]

    @cached_property
    def link_names(self) -> list[str]:
        """The names of `links`: a look at them spares most rules the links one by one."""
        return [name for _, name in self.links]

    @cached_property
    def ids(self) -> dict[str, list[Element]]:
        """Every id with the elements that have it, the first one being what references find."""
        ids: dict[str, list[Element]] = {}
        for element in self.having("id"):
            ids.setdefault(element.attr("id") or "", []).append(element)
        return ids

    def by_id(self, identifier: str) -> Element | None:
        """The first element with this id."""
        found = self.ids.get(identifier)
        return found[0] if found else None

    # --- what assistive technologies get ---

    @cached_property
    def unrendered(self) -> set[Element]:
        """The elements that nobody sees: hidden, display:none, visibility:hidden, closed dialogs, head…, as far as the page alone tells."""
        return unrendered_elements(self)

    @cached_property
    def hidden(self) -> set[Element]:
        """The elements that assistive technologies do not get: `unrendered`, and those of aria-hidden or inert subtrees."""
        return hidden_elements(self)

    @cached_property
    def unreachable(self) -> set[Element]:
        """The elements that cannot receive focus whatever they are: `unrendered`, and those of inert subtrees."""
        return inert_elements(self)

    @cached_property
    def labels(self) -> dict[Element, list[Element]]:
        """The <label> elements of every control that has some."""
        return labels_of(self)

    @cached_property
    def sheets(self) -> list[StyleSheet]:
        """The page's own <style> sheets, parsed. At-rules such as @media are left out: they depend on the screen."""
        return [StyleSheet(style.text) for style in self.tagged("style") if style.attr("media") in (None, "", "all", "screen")]

    def style(self, element: Element) -> ComputedStyle:
        """The style of the element by the page's own sheets and its style attribute."""
        style = self._styles.get(element)
        if style is None:
            style = self._styles[element] = computed_style(element)
        return style

    def styled(self, *properties: str) -> list[Element]:
        """The elements to which the page itself gives one of these CSS properties, by a style attribute or by a rule of a <style>."""
        found: dict[Element, None] = {}
        for element in self.having("style"):
            value = (element.attr("style") or "").lower()
            if any(name in value for name in properties):
                found[element] = None
        for sheet in self.sheets:
            for rule in sheet.rules:
                if any(name in rule.style for name in properties):
                    found.update(dict.fromkeys(self.select(rule.selector_text)))
        return list(found)

    @cached_property
    def styles(self) -> PageStyle:
        """What the page's own style gives to each element, shorthands included."""
        return PageStyle(self)

    def off_screen(self, element: Element) -> bool:
        """True when the page's own style puts the element, or something around it, out of the window."""
        if not (self.sheets or self.having("style")):
            return False
        return is_off_screen(self, element)

    def remember(self, key: str, make: Callable[[HtmlPage], T]) -> T:
        """What `make(page)` returned the first time it was asked for under this key: for what several rules measure."""
        if key not in self._memory:
            self._memory[key] = make(self)
        return self._memory[key]

    def select(self, selector: str) -> list[Element]:
        """The elements that a CSS selector matches, [] for one that is not understood."""
        try:
            return self.document.select(selector)
        except (ValueError, TypeError):  # a selector that the parser does not know styles nothing that we could tell
            return []

    def exposed(self, element: Element) -> bool:
        """True when the element is not hidden from assistive technologies (its role may still be presentation: see `role`)."""
        return element not in self.hidden

    @cached_property
    def spoken_for(self) -> set[Element]:
        """The elements with an attribute that may give them another name than their text."""
        return {element for name in NAMING_ATTRIBUTES for element in self.having(name)}

    def role(self, element: Element) -> str:
        """The role of the element, after conflicts of presentational roles: that of ARIA 1.2, or "" when HTML gives none."""
        role = self._roles.get(element)
        if role is None:
            role = self._roles[element] = role_of(self, element)
        return role

    def name(self, element: Element) -> str:
        """The accessible name, spaces collapsed, "" when empty."""
        name = self._names.get(element)
        if name is None:
            name = self._names[element] = name_of(self, element)
        return name

    def text(self, element: Element) -> str:
        """The text that people see inside the element, spaces collapsed."""
        if self.unrendered.isdisjoint(element.iter_elements()):
            return " ".join(element.text.split())
        parts: list[str] = []
        self._collect(element, parts)
        return " ".join("".join(parts).split())

    def _collect(self, element: Element, parts: list[str]) -> None:
        for child in element:
            if isinstance(child, Text):
                parts.append(child.data)
            elif isinstance(child, Element) and child not in self.unrendered:
                self._collect(child, parts)

    # --- where ---

    def line(self, element: Element | None) -> int:
        """The line of the element's start tag, or of the nearest element before that has one: parsers add html, head, body and tbody."""
        while element is not None and isinstance(element, Element):
            if element.source_line:
                return element.source_line
            element = element.parent
        return 1

    def excerpt(self, element: Element | None) -> str:
        """The start tag of the element, at most 160 characters."""
        if element is None:
            return ""
        parts, length = [element.tag], 0
        for attribute in element.attrs:
            value = element.attr(attribute)
            parts.append(f'{attribute}="{value[:_EXCERPT]}"' if value else attribute)
            length += len(parts[-1])
            if length > _EXCERPT:
                break
        tag = "<" + " ".join(parts) + ">"
        return tag if len(tag) <= _EXCERPT else tag[: _EXCERPT - 1] + "…"


def _drop(tags: dict[str, list[Element]], attributes: dict[str, list[Element]], inert: set[Element]) -> None:
    """Take the content of templates out: it is on no page."""
    for index in (tags, attributes):
        for key, elements in index.items():
            index[key] = [element for element in elements if element not in inert]


def _tell_apart(tags: dict[str, list[Element]]) -> None:
    """Put what is in drawings and formulas under names of its own: `svg:title` is no `title`."""
    foreign: dict[Element, str] = {}
    for root in [root for kind in _FOREIGN for root in tags.get(kind, ())]:
        if root not in foreign:
            for element in root.iter_elements(include_self=True):
                if (space := element.namespace) is not Namespace.HTML:
                    foreign[element] = f"{space.value}:{element.tag}"
    for tag in {element.tag for element in foreign}:
        tags[tag] = [element for element in tags[tag] if element not in foreign]
    for element, name in foreign.items():
        tags[name].append(element)
