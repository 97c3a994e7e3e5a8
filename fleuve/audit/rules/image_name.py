"""Images have an accessible name or are marked as decorative.

ACT 23a2a8, WCAG 1.1.1 (A): https://www.w3.org/WAI/standards-guidelines/act/rules/23a2a8/
"""

from fleuve.audit.rule import ACT, Rule


class ImageWithoutName(Rule):
    """An image that a screen reader announces without knowing what it shows."""

    id = "image-sans-nom"
    act_rule = "23a2a8"
    criteria = ("1.1.1",)
    title = "Image sans texte de remplacement"
    source = ACT + "23a2a8/"

    def check(self, page):
        for image in page.tagged("img") + page.with_role("img"):
            if image.tag == "img" and page.role(image) != "img":
                continue  # decorative, or something else by its role
            if page.exposed(image) and not page.name(image):
                yield self.finding(
                    page, image, "Cette image n’a pas de texte de remplacement.",
                    "Décrivez-la dans l’attribut alt, ou mettez alt=\"\" si elle n’apprend rien.",
                )
