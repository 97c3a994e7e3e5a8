"""Footnotes: a call, a note, often a way back. Word, WordPress, MediaWiki, WET-BOEW and hand-made ones become `[^1]`."""

from __future__ import annotations

import re

from turbohtml import Element

from migration.inline import clean

_CALL = re.compile(
    r"\W{0,3}(?:(?:note|renvoi|footnote|note de bas de page)\s*)?(\d{1,4}|[a-z]|[ivxl]{1,6}|[*†‡§]{1,4})\W{0,3}"
    r"(?:(?:référence de la |renvoi à la )?(?:note|footnote)[\w\s]*)?", re.I)
_NAME = re.compile(
    r"_?(?:ftn|edn|fn|footnote|foot|note|notes?-bas|cite_note|cite-note|easy-footnote|endnote|sdfootnote\d+sym|renvoi|modern_footnote|nb|bottom-note)"
    r"[-_:.\s]*(?:bottom[-_]?)?\d*[a-z]*\d*", re.I)
_NUMBER = re.compile(r"^[\s\u00a0]*(?:(?:note|renvoi|footnote)\s+)?[\[(]?\s*(\d{1,4}|[a-z]|[*†‡§]{1,4})\s*[\])]?\s*[.:)–-]?[\s\u00a0]*", re.I)
_BACK = re.compile(r"[\s↩↑⤴^▲\ufe0e\ufe0f\[\]().]*|.*\b(?:retour|return|back|haut|remonter)\b.*", re.I | re.S)
_TITLES = frozenset("note|notes|footnote|footnotes|endnotes|notes de bas de page|notes de fin|notes de bas|renvoi|renvois|note de bas de page".split("|"))
_HOLDERS = ("p", "li", "dd", "div", "td", "aside", "section")
_HINTS = ("<sup", "ftn", "footnote", "#fn", "noteref", "#note", "#cite_note", "#renvoi")
_NOTE_MAX = 4000
_NOTES_MAX = 1000


def gather(body: Element, links: list[Element], html: str) -> bool:
    """Turn each call into <fleuve-ref label>, and each note into a <fleuve-note label> at the end of `body`, and say whether there were some.
    links: those of the page that have a fragment; html: what it was read from."""
    calls = [(link, call) for link in links[: 4 * _NOTES_MAX] if link.tag == "a" and (call := _call(link)) is not None]
    low = html.lower() if calls else ""
    if not any(hint in low for hint in _HINTS):
        return False
    places = _places(body)
    notes: list[tuple[Element, list[Element]]] = []
    known: dict[Element, int] = {}
    above: set[Element] = set()  # what holds a call
    inside: set[Element] = set()  # what holds a note
    for link, call in calls:
        fragment = (link.attr("href") or "").partition("#")[2]
        place = places.get(fragment)
        note = _note(place, call) if place is not None else None
        if note is None or any(one in known for one in _lineage(link)):
            continue
        if note in above:
            continue  # the way back
        if note in known:
            notes[known[note]][1].append(call)
        elif len(notes) < _NOTES_MAX and note not in inside and not any(one in known for one in _lineage(note)):
            known[note] = len(notes)
            notes.append((note, [call]))
            inside.update(_lineage(note))
        else:
            continue
        above.update(_lineage(call))
    if not notes or not _is_sure(notes):
        return False
    for number, (note, called) in enumerate(notes, 1):
        _move(body, note, called, str(number))
    return True


def _places(body: Element) -> dict[str, Element]:
    """The first element of each name that a link can lead to."""
    places: dict[str, Element] = {}
    for one in body.select("[id], a[name]"):
        for name in (one.attr("id"), one.attr("name") if one.tag == "a" else None):
            if name:
                places.setdefault(name, one)
    return places


def _call(link: Element) -> Element | None:
    """The element of a call, with its <sup>; None for a link that calls no note."""
    href = link.attr("href") or ""
    text = clean(link.text).strip()
    if not text or len(text) > 60 or not _CALL.fullmatch(text):
        return None
    raised = link.parent if link.parent is not None and getattr(link.parent, "tag", "") == "sup" else None
    named = _NAME.fullmatch(href.partition("#")[2]) or link.attr("role") == "doc-noteref" or "footnote" in (link.attr("class") or "")
    if raised is None and link.find("sup") is None and not named:
        return None
    if raised is not None and clean(raised.text).strip(" [](),") != text.strip(" [](),"):
        return link
    return raised or link


def _note(place: Element, call: Element) -> Element | None:
    """The block of a note: the place where the call leads, or what holds it."""
    note = place
    while note.tag not in _HOLDERS:
        note = note.parent
        if note is None or type(note) is not Element or note.tag in ("body", "table", "ul", "ol"):
            return None
    if note.tag == "td" or note.tag == "body" or _holds(note, call):
        return None
    text = note.text
    return note if 2 < len(text.strip()) <= _NOTE_MAX else None


def _is_sure(notes: list[tuple[Element, list[Element]]]) -> bool:
    """Whether these are notes: most have a way back, or their names say so."""
    backs = sum(note.find("a", href=re.compile("#")) is not None for note, _ in notes)
    named = sum(any(map(_NAME.fullmatch, _names(note, note.find("a")))) for note, _ in notes)
    return max(backs, named) * 2 >= len(notes)


def _names(*elements: Element | None) -> list[str]:
    return [name for one in elements if one is not None for name in (one.attr("id"), one.attr("name")) if name]


def _move(body: Element, note: Element, calls: list[Element], label: str) -> None:
    """Write one note at the end, and its calls where they stand."""
    names = {name for call in calls for name in _names(*_lineage(call)[:4], *call.iter_elements())}
    for link in note.select('a[href*="#"]'):
        text = link.text
        if (link.attr("href") or "").partition("#")[2] in names or len(text) < 200 and _BACK.fullmatch(text):
            holder = link
            while holder.parent is not note and type(holder.parent) is Element and holder.parent.text == text:
                holder = holder.parent
            holder.decompose()
    for anchor in note.select("a[name], a[id]"):
        for name in ("name", "id"):
            if anchor.attr(name) is not None:
                del anchor.attrs[name]
    _without_number(note, clean(calls[0].text).strip(" []().,:*") or "*")
    _without_title(note)
    note.tag = "fleuve-note"
    for name in list(note.attrs):
        del note.attrs[name]
    note.attrs["label"] = label
    for call in calls:
        call.replace_with(Element("fleuve-ref", {"label": label}))
    parent = note.parent
    body.append(note)
    while type(parent) is Element and parent is not body and not parent.text.strip() and parent.find("img") is None:
        emptied, parent = parent, parent.parent
        _without_heading(emptied)
        emptied.decompose()
    if type(parent) is Element and parent is not body:
        _without_heading(None, parent)


def _without_number(note: Element, number: str) -> None:
    """Take the number of a note away from its first words."""
    for node in note.descendants:
        if type(node) is Element:
            continue
        data = getattr(node, "data", "")
        if not data.strip():
            continue
        found = _NUMBER.match(data)
        if found and found[1] == number:
            node.data = data[found.end():]
        return


def _without_title(note: Element) -> None:
    """Take away the term of a note in a definition list: « Note 1 »."""
    before = note.previous_sibling
    while before is not None and type(before) is not Element:
        before = before.previous_sibling
    if note.tag == "dd" and before is not None and before.tag == "dt":
        before.decompose()


def _without_heading(emptied: Element | None, parent: Element | None = None) -> None:
    """Take away the heading « Notes » above notes that have gone: the site writes its own."""
    one = emptied.previous_sibling if emptied is not None else (parent.children[-1] if parent.children else None)
    while one is not None and (type(one) is not Element and not getattr(one, "data", "").strip() or type(one) is Element and one.tag in ("hr", "br")):
        one = one.previous_sibling
    if type(one) is Element and one.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "p", "strong") and clean(one.text).strip(" :\u00a0").casefold() in _TITLES:
        one.decompose()


def _lineage(element: Element) -> list[Element]:
    return [element, *(one for one in element.ancestors if type(one) is Element)]


def _holds(outer: Element, inner: Element) -> bool:
    return outer is inner or any(one is outer for one in inner.ancestors)
