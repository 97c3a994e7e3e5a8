"""Frames have a name, frames of one name show the same thing, and what is in a frame can be reached.

- ACT cae760, WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/cae760/
- ACT 4b1c6c, WCAG 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/4b1c6c/
- ACT akn7bn, WCAG 2.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/akn7bn/
"""

from collections import defaultdict

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.focus import focusable_inside, tabbable, tabindex
from fleuve.audit.rule import ACT, Rule


class FrameWithoutName(Rule):
    """A frame that is announced without saying what it holds."""

    id = "cadre-sans-nom"
    act_rule = "cae760"
    criteria = ("4.1.2",)
    title = "Cadre sans nom"
    source = ACT + "cae760/"

    def check(self, page):
        for frame in page.tagged("iframe"):
            announced = page.exposed(frame) and page.role(frame) != "none"
            if (announced or tabbable(page, frame)) and not page.name(frame):
                yield self.finding(
                    page, frame, "Ce cadre (<iframe>) n’a pas de nom : rien ne dit ce qu’il contient avant d’y entrer.",
                    "Dites ce qu’il contient dans un attribut title.",
                )


class FramesOfOneName(Rule):
    """Frames with one name that show different things."""

    id = "cadres-homonymes"
    act_rule = "4b1c6c"
    criteria = ("4.1.2",)
    certainty = TO_VERIFY
    title = "Cadres de même nom"
    source = ACT + "4b1c6c/"

    def check(self, page):
        frames = page.tagged("iframe")
        if len(frames) < 2:
            return
        sources = defaultdict(set)
        for frame in frames:
            name = page.name(frame).casefold()
            if not name or not page.exposed(frame):
                continue
            sources[name].add((frame.attr("src"), frame.attr("srcdoc")))
            if len(sources[name]) == 2:
                yield self.finding(
                    page, frame, f"Un autre cadre de la page s’appelle aussi « {page.name(frame)} », et son adresse est différente.",
                    "Si leurs contenus diffèrent, donnez à chacun un nom qui le distingue.",
                )


class UnreachableFrame(Rule):
    """A frame that Tab skips although it holds links or fields."""

    id = "cadre-hors-clavier"
    act_rule = "akn7bn"
    criteria = ("2.1.1",)
    title = "Contenu de cadre inaccessible au clavier"
    source = ACT + "akn7bn/"

    def check(self, page):
        for frame in page.having("srcdoc"):
            order = tabindex(frame)
            if order is None or order >= 0 or frame in page.unreachable or _tiny(frame):
                continue
            inner = type(page)(frame.attr("srcdoc") or "", page.file)
            if inner.root is not None and focusable_inside(inner, inner.root) is not None:
                yield self.finding(
                    page, frame, "Ce cadre a un tabindex négatif : au clavier, on ne peut pas atteindre les liens et les champs qu’il contient.",
                    "Retirez l’attribut tabindex du cadre.",
                )


def _tiny(frame) -> bool:
    """True for a frame of at most one pixel, in which nothing is seen."""
    return any((frame.attr(side) or "").strip() in ("0", "1") for side in ("width", "height"))
