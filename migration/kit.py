"""Accordions, tabs and alerts of the kits that government sites are made with: Bootstrap 3 to 5, jQuery UI, WET-BOEW (Canada.ca), Drupal, and what says so by ARIA.

They become elements that say what they are, <details>, <fleuve-tabs> and <fleuve-alert>, before the tree is built. What a script would show or hide is
text like other text.
"""

from __future__ import annotations

import re
from itertools import pairwise

from turbohtml import Element

from migration.inline import clean

_ALERTS = {"alert-info": "NOTE", "alert-success": "TIP", "alert-warning": "WARNING", "alert-danger": "CAUTION"}
_ALERT_MAX = 2000
_TRIGGERS = '[data-toggle="collapse"], [data-bs-toggle="collapse"], [aria-expanded][aria-controls], .accordion-toggle, .accordion-button'
_TAB_BARS = '[role="tablist"], .nav-tabs, .ui-tabs-nav, ul.tabs, ul.nav-pills, .quicktabs-tabs, ul.tab'
_ACCORDIONS = '[class*="accordion" i], .accordeon'
_KITS = (
    '[data-toggle="collapse"], [data-bs-toggle="collapse"], [aria-expanded][aria-controls], [role="tablist"], '
    '[class*="accord" i], [class*="tabs" i], [class*="alert-"], ul.tab, ul.nav-pills'
)
"""Wider than all that is looked for: most pages have nothing of it, and one pass says so."""
_TITLE_TAGS = ("h2", "h3", "h4", "h5", "h6", "dt", "button")
_TITLE_MAX = 200
_TABS_MAX = 30
_MENU = re.compile(r"nav|menu|search|recherche|toggle-?search|dropdown|sidebar|filter", re.I)


def unfold(body: Element) -> None:
    """Turn the alerts, accordions and tabs of a page into elements that say so."""
    if body.select_one(_KITS) is None:
        return
    _alerts(body)
    ids = {ident: one for one in reversed(body.select("[id]")) if (ident := one.attr("id"))}
    _wet_tabs(body)
    for bar in body.select(_TAB_BARS):
        _tabs(bar, ids)
    for trigger in body.select(_TRIGGERS):
        if _collapse(trigger, ids):
            del ids[_aim(trigger)]  # a part has one title
    for accordion in body.select(_ACCORDIONS):
        _pairs(accordion)


def _alerts(body: Element) -> None:
    """Boxes that say by their colour how much they matter (Bootstrap, WET-BOEW)."""
    for box in body.select(".alert"):
        kind = next((_ALERTS[name] for name in (box.attr("class") or "").split() if name in _ALERTS), "")
        if kind and box.tag in ("div", "section", "aside", "p") and len(box.text) <= _ALERT_MAX and not box.select("table, details, form, .alert"):
            for name in list(box.attrs):
                if name not in ("id", "lang"):
                    del box.attrs[name]
            box.tag = "fleuve-alert"
            box.attrs["kind"] = kind


def _wet_tabs(body: Element) -> None:
    for panels in body.select(".wb-tabs .tabpanels, .wb-tabs > .tabpanels"):
        details = [one for one in panels.children if type(one) is Element and one.tag == "details"]
        if len(details) < 2 or any(one.find("summary") is None for one in details):
            continue
        panels.tag = "fleuve-tabs"
        for one in details:
            summary = one.find("summary")
            one.tag = "fleuve-tab"
            one.attrs["title"] = clean(summary.text).strip()
            summary.decompose()


def _tabs(bar: Element, ids: dict[str, Element]) -> None:
    pairs: list[tuple[str, Element]] = []
    for trigger in bar.select('a[href^="#"], [aria-controls], [data-target^="#"], [data-bs-target^="#"]'):
        panel, title = ids.get(_aim(trigger)), clean(trigger.text).strip()
        if panel is None or not title or len(title) > _TITLE_MAX or panel.parent is None or any(panel is other for _, other in pairs) or len(pairs) >= _TABS_MAX:
            continue
        pairs.append((title, panel))
    if len(pairs) < 2 or any(_inside(bar, panel) or _inside(panel, bar) for _, panel in pairs):
        return
    if any(_inside(one, other) for _, one in pairs for _, other in pairs if one is not other) or not any(panel.text.strip() for _, panel in pairs):
        return
    first = pairs[0][1]
    first.insert_before(Element("fleuve-tabs"))
    tabs = first.previous_sibling
    for title, panel in pairs:
        tabs.append(Element("fleuve-tab", {"title": title}))
        tab = tabs.children[-1]
        tab.append(panel)
        _shown(panel)
    bar.decompose()


def _collapse(trigger: Element, ids: dict[str, Element]) -> bool:
    """Make a trigger and its part a <details>, and say whether they were one."""
    panel = ids.get(_aim(trigger))
    if panel is None or panel.parent is None or trigger.parent is None or _inside(trigger, panel) or _inside(panel, trigger):
        return False
    if panel.tag in ("nav", "fleuve-tab", "details") or _is_menu(panel) or _is_menu(trigger):
        return False
    title = clean(trigger.text).strip()
    if not title or len(title) > _TITLE_MAX or not panel.text.strip():
        return False
    head = trigger
    while head.parent is not None and type(head.parent) is Element and not _inside(panel, head.parent) and clean(head.parent.text).strip() == title:
        head = head.parent
    _details(panel, title, head)
    return True


def _pairs(accordion: Element) -> None:
    """Titles and their parts, in turn, with nothing that ties them but their order."""
    children = [one for one in accordion.children if type(one) is Element]
    if len(children) < 2 or len(children) % 2:
        return
    if any(one.tag not in _TITLE_TAGS for one in children[::2]) or any(one.tag not in ("div", "dd", "section") for one in children[1::2]):
        return
    if len({one.tag for one in children[::2]}) > 1 or any(one.tag == two.tag for one, two in pairwise(children)):
        return
    if accordion.tag == "dl":
        accordion.tag = "div"
    for head, panel in zip(children[::2], children[1::2]):
        title = clean(head.text).strip()
        if title and len(title) <= _TITLE_MAX and panel.text.strip():
            _details(panel, title, head)


def _details(panel: Element, title: str, head: Element) -> None:
    """Make a panel a <details> under its title, in the place of the panel."""
    ident = head.attr("id")
    panel.insert_before(Element("details"))
    details = panel.previous_sibling
    details.append(Element("summary", {"id": ident} if ident else {}))
    details.children[-1].text = title
    for image in reversed(head.select("img")):
        panel.insert(0, image)
    details.append(panel)
    _shown(panel)
    if panel.tag == "dd":
        panel.tag = "div"
    head.decompose()


def _shown(panel: Element) -> None:
    if panel.attr("hidden") is not None:
        del panel.attrs["hidden"]


def _aim(trigger: Element) -> str:
    for name in ("aria-controls", "data-bs-target", "data-target", "href"):
        value = (trigger.attr(name) or "").strip()
        if name == "aria-controls" and value:
            return value
        if value.startswith("#") and len(value) > 1:
            return value[1:]
    return ""


def _is_menu(element: Element) -> bool:
    return any(type(one) is Element and (one.tag == "nav" or _MENU.search(f"{one.attr('class') or ''} {one.attr('id') or ''}")) for one in (element, element.parent))


def _inside(inner: Element, outer: Element) -> bool:
    """Whether `outer` holds `inner`, or is it."""
    return inner is outer or any(one is outer for one in inner.ancestors)
