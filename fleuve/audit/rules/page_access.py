"""The main content of a page can be reached without going through what all pages repeat.

- ACT cf77f2 (bypass), WCAG 2.4.1: https://www.w3.org/WAI/standards-guidelines/act/rules/cf77f2/
- ACT b40fd1 (landmark), WCAG 2.4.1, technique ARIA11: https://www.w3.org/WAI/standards-guidelines/act/rules/b40fd1/
- ACT ye5d6e (link at the beginning), WCAG 2.4.1, technique G1: https://www.w3.org/WAI/standards-guidelines/act/rules/ye5d6e/
"""

from urllib.parse import unquote

from turbohtml import Element, Text

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

# What pages usually repeat: whether other pages do, one page cannot tell.
_REPEATED = ("navigation", "banner", "complementary", "contentinfo")


class NoWayToContent(Rule):
    """A page with a menu and neither skip link, nor main, nor heading: at the keyboard, everything must be gone through."""

    id = "contenu-sans-acces"
    act_rule = "cf77f2"
    criteria = ("2.4.1",)
    title = "Contenu sans accès direct"
    source = ACT + "cf77f2/"

    def check(self, page):
        if not page.whole or _main(page) is not None or _skip_link(page) is not None or _scripted(page):
            return
        if any(page.exposed(heading) and not _repeated(page, heading) for heading in page.with_role("heading")):
            return
        if any(page.exposed(block) and _followed_by_content(page, block) for block in page.with_role(*_REPEATED)):
            yield self.finding(
                page, page.root, "Rien ne permet d’aller droit au contenu : ni élément <main>, ni lien d’évitement, ni titre.",
                "Mettez le contenu dans <main> et, au début de la page, un lien vers lui.",
            )


class NoMain(Rule):
    """A page of which the main content is in no landmark."""

    id = "contenu-principal-absent"
    act_rule = "b40fd1"
    criteria = ("2.4.1",)
    certainty = TO_VERIFY
    title = "Pas d’élément <main>"
    source = ACT + "b40fd1/"

    def check(self, page):
        if page.whole and _main(page) is None and not _refreshes(page):
            yield self.finding(page, page.root, "La page n’a pas d’élément <main> : un lecteur d’écran ne peut pas aller droit au contenu.", "Mettez le contenu de la page dans un élément <main>.")


class ManyMains(Rule):
    """Several main contents on one page."""

    id = "contenus-principaux-multiples"
    criteria = ("1.3.1",)
    title = "Plusieurs éléments <main> visibles"
    source = "https://html.spec.whatwg.org/multipage/grouping-content.html#the-main-element"

    def check(self, page):
        mains = [main for main in page.with_role("main") if page.exposed(main)]
        for main in mains[1:]:
            yield self.finding(page, main, f"La page a déjà un élément <main> (ligne {page.line(mains[0])}).", "N’en gardez qu’un : c’est là que mène « Aller au contenu ».")


class BrokenSkipLink(Rule):
    """A link to a place of the page that is not there."""

    id = "lien-interne-sans-cible"
    act_rule = "ye5d6e"
    criteria = ("2.4.1",)
    certainty = TO_VERIFY
    title = "Lien vers un endroit de la page qui n’existe pas"
    source = ACT + "ye5d6e/"

    def check(self, page):
        drawn = [(link, link.attr("href") or "") for link in page.tagged("svg:a")]
        for link, target in page.anchors + drawn:
            if target[:1] == "#" and len(target) > 1 and target.lower() != "#top" and "=" not in target and "/" not in target and not _anchor(page, target[1:]) and page.exposed(link):
                yield self.finding(
                    page, link, f"Ce lien mène à « {target} », mais aucun élément de la page ne porte cet identifiant.", "Corrigez l’ancre, ou ajoutez l’identifiant à l’endroit visé.",
                )


def _main(page) -> Element | None:
    return next((main for main in page.with_role("main") if page.exposed(main)), None)


def _skip_link(page) -> Element | None:
    """A link to another place of the page, among the first three links."""
    for link in page.tagged("a")[:3]:
        target = link.attr("href") or ""
        if target[:1] == "#" and len(target) > 1 and _anchor(page, target[1:]):
            return link
    return None


def _scripted(page) -> bool:
    """True when a control with a script of its own may hide what is repeated, or move the focus: only a browser could tell."""
    return any(page.exposed(control) for control in page.having("onclick"))


def _repeated(page, element) -> bool:
    return any(isinstance(around, Element) and page.role(around) in _REPEATED for around in element.ancestors)


def _followed_by_content(page, block) -> bool:
    """True when text that is neither a link nor in such a block comes after it."""
    for node in block.following:
        if isinstance(node, Text) and node.data.strip():
            parent = node.parent
            if isinstance(parent, Element) and parent not in page.hidden and not _repeated(page, node) and parent.closest("a") is None:
                return True
    return False


def _anchor(page, fragment: str) -> bool:
    if page.by_id(fragment) is not None:
        return True
    names = {fragment, unquote(fragment)}
    return any(page.by_id(name) is not None for name in names) or any(named.attr("name") in names for named in page.having("name"))


def _refreshes(page) -> bool:
    """True for a redirection: a page that nobody reads."""
    return any((meta.attr("http-equiv") or "").lower() == "refresh" for meta in page.tagged("meta"))
