"""Images have a name or are marked as decorative, and what is marked as decorative is not exposed.

- ACT 23a2a8, WCAG 1.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/23a2a8/
- ACT 59796f (image buttons), WCAG 1.1.1 and 4.1.2: https://www.w3.org/WAI/standards-guidelines/act/rules/59796f/
- ACT 7d6734 (svg with an explicit role), WCAG 1.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/7d6734/
- ACT 8fc3b6 (object), WCAG 1.1.1: https://www.w3.org/WAI/standards-guidelines/act/rules/8fc3b6/
- ACT 46ca7f (decorative yet exposed): https://www.w3.org/WAI/standards-guidelines/act/rules/46ca7f/
"""

from fleuve.audit.aria import explicit_role
from fleuve.audit.element_role import input_type
from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

_DESCRIBE = "Décrivez ce qu’elle montre dans l’attribut alt, ou mettez alt=\"\" si elle n’apprend rien."
# Media of which the MIME type starts with image/, audio/ or video/, by the extension of the address.
_MEDIA = frozenset(
    ".apng .avif .bmp .gif .ico .jfif .jpeg .jpg .png .svg .tif .tiff .webp .aac .flac .m4a .mp3 .oga .ogg .opus .wav .weba .avi .m4v .mov "
    ".mp4 .mpeg .mpg .ogv .webm".split()
)
_SVG_ROLES = ("img", "graphics-document", "graphics-symbol")


class ImageWithoutName(Rule):
    """An image that a screen reader announces without knowing what it shows."""

    id = "image-sans-nom"
    act_rule = "23a2a8"
    criteria = ("1.1.1",)
    title = "Image sans texte de remplacement"
    source = ACT + "23a2a8/"

    def check(self, page):
        for image in page.with_role("img"):
            if not page.exposed(image) or page.name(image) or image.namespace.value != "html":
                continue
            if image.tag == "img":
                yield self.finding(page, image, "Cette image n’a pas de texte de remplacement.", _DESCRIBE)
            else:
                yield self.finding(
                    page, image, "Cet élément est présenté comme une image (role=\"img\"), mais rien ne dit ce qu’elle montre.",
                    "Décrivez-la dans un attribut aria-label.",
                )


class ImageButtonWithoutName(Rule):
    """A button that is an image: its name says what it does."""

    id = "bouton-image-sans-nom"
    act_rule = "59796f"
    criteria = ("1.1.1", "4.1.2")
    title = "Bouton en image sans nom"
    source = ACT + "59796f/"

    def check(self, page):
        for button in page.tagged("input"):
            if input_type(button) == "image" and page.exposed(button) and not page.name(button):
                yield self.finding(
                    page, button, "Ce bouton en image n’a pas de nom : un lecteur d’écran ne peut pas dire à quoi il sert.",
                    "Dites ce qu’il fait dans l’attribut alt, par exemple alt=\"Rechercher\".",
                )


class SvgWithoutName(Rule):
    """A drawing that says that it is an image."""

    id = "svg-sans-nom"
    act_rule = "7d6734"
    criteria = ("1.1.1",)
    title = "Dessin SVG sans nom"
    source = ACT + "7d6734/"

    def check(self, page):
        for drawing in page.having("role"):
            if (
                drawing.namespace.value == "svg" and explicit_role(drawing.attr("role")) in _SVG_ROLES and page.exposed(drawing)
                and not page.name(drawing)
            ):
                yield self.finding(
                    page, drawing, "Ce dessin SVG est présenté comme une image, mais rien ne dit ce qu’il montre.",
                    "Ajoutez un <title> au début du dessin ou un attribut aria-label ; s’il n’apprend rien, mettez aria-hidden=\"true\".",
                )


class ObjectWithoutName(Rule):
    """An object that shows an image, a sound or a video."""

    id = "objet-sans-nom"
    act_rule = "8fc3b6"
    criteria = ("1.1.1",)
    title = "Objet sans nom"
    source = ACT + "8fc3b6/"

    def check(self, page):
        for item in page.tagged("object"):
            if explicit_role(item.attr("role")) and page.role(item) != "":
                continue
            if _shows_media(item) and page.exposed(item) and not page.name(item):
                yield self.finding(
                    page, item, "Cet objet montre une image, un son ou une vidéo sans dire de quoi il s’agit.",
                    "Décrivez-le dans un attribut aria-label ou title.",
                )


class DecorativeYetExposed(Rule):
    """Something marked as decorative that is announced all the same: it can be focused, or has an ARIA attribute."""

    id = "decoratif-annonce"
    act_rule = "46ca7f"
    criteria = ("1.1.1",)
    title = "Élément décoratif annoncé quand même"
    source = ACT + "46ca7f/"

    def check(self, page):
        marked = [e for e in page.having("role") if explicit_role(e.attr("role")) == "none"]
        marked += [e for e in page.tagged("img") if e.attr("alt") == "" and not explicit_role(e.attr("role"))]
        for element in marked:
            if page.exposed(element) and page.role(element) != "none":
                yield self.finding(
                    page, element, "Cet élément est marqué comme décoratif, mais il est annoncé quand même : il reçoit le focus ou porte un attribut aria-*.",
                    "Choisissez : retirez role=\"presentation\", role=\"none\" ou alt=\"\", ou bien retirez tabindex et les attributs aria-*.",
                    certainty="" if element.tag in ("img", "svg") else TO_VERIFY,
                )


def _shows_media(item) -> bool:
    kind = (item.attr("type") or "").strip().lower()
    if kind:
        return kind.startswith(("image/", "audio/", "video/"))
    address = (item.attr("data") or "").split("#")[0].split("?")[0].lower()
    return any(address.endswith(suffix) for suffix in _MEDIA)
