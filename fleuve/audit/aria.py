"""WAI-ARIA 1.2 as tables: roles, what each supports, requires, owns and forbids; states and properties with the type of their value.

https://www.w3.org/TR/wai-aria-1.2/, https://www.w3.org/TR/dpub-aria-1.1/, https://www.w3.org/TR/graphics-aria-1.0/ and, for the few roles of
ARIA 1.3 that browsers already know, https://w3c.github.io/aria/. Where ARIA 1.2 turned a global attribute into one that only some roles
support (aria-disabled, aria-errormessage, aria-haspopup, aria-invalid), it is deprecated, not an error: DEPRECATED_GLOBAL.
"""

from __future__ import annotations

from typing import NamedTuple

GLOBAL = frozenset(f"aria-{name}" for name in (
    "atomic busy controls current describedby details dropeffect flowto grabbed hidden keyshortcuts label labelledby live owns relevant "
    "roledescription description braillelabel brailleroledescription"
).split())
DEPRECATED_GLOBAL = frozenset(("aria-disabled", "aria-errormessage", "aria-haspopup", "aria-invalid"))
NAMING = frozenset(("aria-label", "aria-labelledby"))

# Type of the value of every state and property: https://www.w3.org/TR/wai-aria-1.2/#state_prop_def
_TOKENS = {
    "aria-autocomplete": "inline list both none", "aria-current": "page step location date time true false",
    "aria-haspopup": "false true menu listbox tree grid dialog", "aria-invalid": "grammar false spelling true",
    "aria-live": "assertive off polite", "aria-orientation": "horizontal vertical undefined", "aria-sort": "ascending descending none other",
    "aria-atomic": "true false", "aria-busy": "true false", "aria-disabled": "true false", "aria-modal": "true false",
    "aria-multiline": "true false", "aria-multiselectable": "true false", "aria-readonly": "true false", "aria-required": "true false",
    "aria-expanded": "true false undefined", "aria-grabbed": "true false undefined", "aria-hidden": "true false undefined",
    "aria-selected": "true false undefined", "aria-checked": "true false mixed undefined", "aria-pressed": "true false mixed undefined",
}
TOKENS = {name: frozenset(values.split()) for name, values in _TOKENS.items()}
TOKEN_LISTS = {
    "aria-dropeffect": frozenset("copy execute link move none popup".split()), "aria-relevant": frozenset("additions all removals text".split()),
}
INTEGERS = frozenset(f"aria-{name}" for name in "colcount colindex colspan level posinset rowcount rowindex rowspan setsize".split())
NUMBERS = frozenset(("aria-valuemax", "aria-valuemin", "aria-valuenow"))
ID = frozenset(("aria-activedescendant", "aria-errormessage"))
ID_LISTS = frozenset(("aria-controls", "aria-describedby", "aria-details", "aria-flowto", "aria-labelledby", "aria-owns"))
STRINGS = frozenset(f"aria-{name}" for name in (
    "braillelabel brailleroledescription description keyshortcuts label placeholder roledescription valuetext colindextext rowindextext"
).split())
ATTRIBUTES = frozenset(TOKENS) | frozenset(TOKEN_LISTS) | INTEGERS | NUMBERS | ID | ID_LISTS | STRINGS


class Role(NamedTuple):
    """What ARIA says of one role. `supported` leaves global attributes out."""

    supported: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    owned: tuple[str, ...] = ()
    from_content: bool = False
    presentational_children: bool = False
    prohibits_name: bool = False


def _role(supported: str = "", required: str = "", contexts: str = "", owned: str = "", flags: str = "") -> Role:
    return Role(
        frozenset(f"aria-{name}" for name in supported.split()), tuple(f"aria-{name}" for name in required.split()), tuple(contexts.split()),
        tuple(owned.split()), "c" in flags, "p" in flags, "n" in flags,
    )


_FIELD = "disabled errormessage invalid readonly required"
_RANGE = "valuemax valuemin valuenow valuetext"
_CELL = "colindex colindextext colspan rowindex rowindextext rowspan"
_HEADER = f"{_CELL} {_FIELD} expanded haspopup selected sort"
_ITEM = "disabled expanded haspopup posinset setsize"
_MENU_PARENTS = "group menu menubar"
_MENU_ITEMS = "menuitem menuitemcheckbox menuitemradio group separator none"
_PLAIN = "alert banner blockquote complementary contentinfo definition directory document feed figure form log main marquee math navigation note region " \
    "search status tabpanel term time timer comment sectionheader sectionfooter"
_NAMELESS = "caption code deletion emphasis generic insertion paragraph strong subscript superscript suggestion mark"

# Flags: c name from content, p presentational children, n name prohibited.
ROLES: dict[str, Role] = {
    **{name: _role() for name in _PLAIN.split()},
    **{name: _role(flags="n") for name in _NAMELESS.split()},
    "none": _role(), "presentation": _role(),
    "alertdialog": _role("modal"), "dialog": _role("modal"),
    "application": _role("activedescendant disabled errormessage expanded haspopup invalid"),
    "article": _role("posinset setsize"),
    "button": _role("disabled expanded haspopup pressed", flags="cp"),
    "cell": _role(_CELL, contexts="row", flags="c"),
    "checkbox": _role(f"{_FIELD} checked expanded", "checked", flags="cp"),
    "columnheader": _role(_HEADER, contexts="row", flags="c"),
    "combobox": _role(f"{_FIELD} activedescendant autocomplete expanded haspopup", "expanded controls"),
    "feed": _role(owned="article"),
    "grid": _role("activedescendant colcount disabled multiselectable readonly rowcount", owned="row rowgroup caption"),
    "gridcell": _role(f"{_CELL} {_FIELD} expanded haspopup selected", contexts="row", flags="c"),
    "group": _role("activedescendant disabled"),
    "heading": _role("level", "level", flags="c"),
    "img": _role(flags="p"), "image": _role(flags="p"),
    "link": _role("disabled expanded haspopup", flags="c"),
    "list": _role(owned="listitem group"),
    "listbox": _role(f"{_FIELD} activedescendant expanded multiselectable orientation", owned="option group"),
    "listitem": _role("level posinset setsize", contexts="directory list group"),
    "menu": _role("activedescendant disabled orientation", owned=_MENU_ITEMS),
    "menubar": _role("activedescendant disabled orientation", owned=_MENU_ITEMS),
    "menuitem": _role(_ITEM, contexts=_MENU_PARENTS, flags="c"),
    "menuitemcheckbox": _role(f"{_ITEM} {_FIELD} checked", "checked", _MENU_PARENTS, flags="cp"),
    "menuitemradio": _role(f"{_ITEM} {_FIELD} checked", "checked", _MENU_PARENTS, flags="cp"),
    "meter": _role(_RANGE, "valuenow", flags="p"),
    "option": _role("checked disabled posinset selected setsize", contexts="group listbox", flags="cp"),
    "progressbar": _role(_RANGE, flags="p"),
    "radio": _role("checked disabled posinset setsize", "checked", flags="cp"),
    "radiogroup": _role(f"{_FIELD} activedescendant orientation"),
    "row": _role(
        "activedescendant colindex colindextext disabled expanded level posinset rowindex rowindextext selected setsize",
        contexts="grid rowgroup table treegrid", owned="cell columnheader gridcell rowheader", flags="c",
    ),
    "rowgroup": _role(contexts="grid table treegrid", owned="row"),
    "rowheader": _role(_HEADER, contexts="row", flags="c"),
    "scrollbar": _role(f"{_RANGE} disabled orientation", "controls valuenow", flags="p"),
    "searchbox": _role(f"{_FIELD} activedescendant autocomplete haspopup multiline placeholder"),
    "separator": _role(f"{_RANGE} disabled orientation", flags="p"),
    "slider": _role(f"{_RANGE} disabled errormessage haspopup invalid orientation readonly", "valuenow", flags="p"),
    "spinbutton": _role(f"{_FIELD} {_RANGE} activedescendant"),
    "switch": _role(f"{_FIELD} checked expanded", "checked", flags="cp"),
    "tab": _role("disabled expanded haspopup posinset selected setsize", contexts="tablist", flags="cp"),
    "table": _role("colcount rowcount", owned="row rowgroup caption"),
    "tablist": _role("activedescendant disabled level multiselectable orientation", owned="tab"),
    "textbox": _role(f"{_FIELD} activedescendant autocomplete haspopup multiline placeholder"),
    "toolbar": _role("activedescendant disabled orientation"),
    "tooltip": _role(flags="c"),
    "tree": _role("activedescendant disabled errormessage invalid multiselectable orientation required", owned="treeitem group"),
    "treegrid": _role(f"{_FIELD} activedescendant colcount multiselectable orientation rowcount", owned="row rowgroup caption"),
    "treeitem": _role("checked disabled expanded haspopup level posinset selected setsize", contexts="group tree", flags="c"),
    **{f"doc-{name}": _role() for name in (
        "abstract acknowledgments afterword appendix bibliography chapter colophon conclusion cover credit credits dedication "
        "endnotes epigraph epilogue errata example footnote foreword glossary index introduction notice pagefooter pageheader pagelist part preface "
        "prologue pullquote qna tip toc"
    ).split()},
    **{f"doc-{name}": _role("disabled expanded haspopup", flags="c") for name in ("backlink", "biblioref", "glossref", "noteref")},
    "doc-biblioentry": _role("level posinset setsize"), "doc-endnote": _role("level posinset setsize"),
    "doc-pagebreak": _role(_RANGE + " disabled orientation"), "doc-subtitle": _role("level", flags="c"),
    "graphics-document": _role(), "graphics-object": _role("activedescendant disabled"), "graphics-symbol": _role(flags="p"),
}
ABSTRACT = frozenset("command composite input landmark range roletype section sectionhead select structure widget window".split())
# Links by inheritance, for the digital publishing roles: https://www.w3.org/TR/dpub-aria-1.1/
LINKS = ("link", "doc-backlink", "doc-biblioref", "doc-glossref", "doc-noteref")
# Widgets named by their content, of which the visible label must be in the name (WCAG 2.5.3).
CONTENT_WIDGETS = ("button", "checkbox", "gridcell", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "radio", "switch", "tab", "treeitem")
EMPTY = Role()


def explicit_role(value: str | None) -> str:
    """The first valid role of a role attribute, "" when there is none."""
    if value:
        for token in value.lower().split():
            if token in ROLES:
                return "none" if token == "presentation" else "img" if token == "image" else token
    return ""
