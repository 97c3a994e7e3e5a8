"""Quality of text alternatives: what a machine can tell of a text that is there.

ACT 9eb3f6 (file name as name) and qt1vmo (image name is descriptive), WCAG 1.1.1 (A); failures F30 (placeholder or file name as
alternative) and F39, technique H2 (image and text of one link): https://www.w3.org/WAI/WCAG22/Techniques/failures/F30
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turbohtml import Element, Text

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

if TYPE_CHECKING:
    from fleuve.audit.html_page import HtmlPage

_FILE = re.compile(r"[^\s?]+\.(?:png|jpe?g|gif|svg|webp|avif|bmp|tiff?|heic)(?:\?\S*)?", re.IGNORECASE)
# Names that cameras and telephones give: IMG_20240312, DSC_0042, P1010023, « Capture d’écran » is left to people.
_CAMERA = re.compile(r"(?:IMG|DSC[NF]?|PXL|DCIM|MVC|WP)[-_ ]?\d{3,}\S*|P\d{7}", re.IGNORECASE)
# F30 lists « picture », « image », « 0001 », « spacer »; their French fellows, and what editors' tools put in.
_PLACEHOLDERS = frozenset(
    "image images img photo photos photographie photographies picture pictures pic spacer filler blank placeholder untitled sans-titre"
    " graphic graphique illustration visuel alt texte-alternatif texte-de-remplacement alternative-text alt-text description logo-ici"
    " image-sans-nom sans-nom no-name noname thumbnail vignette temp null undefined none".split(),
)
_NUMBERED = re.compile(r"(?:image|img|photo|picture|pic)[ _-]?(?:n[°o]?[ ]?)?\d{1,4}", re.IGNORECASE)
_SIGNS = re.compile(r"[^\w\s]{2,}|[-*._|/\\]+|(?:[^\w\s]\s+)+[^\w\s]")
_SUPERFLUOUS = re.compile(
    r"(?:(?:une |l[’'])?(?:image|photo|photographie|icône|pictogramme|illustration)\s+(?:de |d[’']|du |des |représentant |montrant )"
    r"|(?:an? |the )?(?:image|photo|photograph|picture|icon|graphic)\s+(?:of |showing ))",
    re.IGNORECASE,
)
# No limit is in WCAG: what needs more than about two sentences belongs in the page, where it has structure and can be read again (H45, G92).
_LONG = 250
_WORDS = re.compile(r"\w+")


def images(page: HtmlPage) -> list[tuple[Element, str]]:
    """Images that have a name of their own and that assistive technologies get. Made once a page."""
    return page.remember("images", lambda page: list(_read(page)))


def _read(page: HtmlPage):
    for image in page.tagged("img", "area") + [field for field in page.tagged("input") if (field.attr("type") or "").lower() == "image"]:
        text = (image.attr("aria-label") or image.attr("alt") or "").strip()
        if text and page.exposed(image):
            yield image, " ".join(text.split())


def _plain(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())


class FileNameAsImageName(Rule):
    """The name of a file instead of what the image shows."""

    id = "image-nom-de-fichier"
    act_rule = "9eb3f6"
    criteria = ("1.1.1",)
    title = "Nom de fichier comme texte de remplacement"
    source = ACT + "9eb3f6/"

    def check(self, page):
        for image, text in images(page):
            if _FILE.fullmatch(text) or _CAMERA.fullmatch(text):
                yield self.finding(
                    page, image, f"Le texte de remplacement de cette image est un nom de fichier : « {text} ».",
                    "Dites dans alt ce que l’image montre ou ce que fait le lien, ou mettez alt=\"\" si elle n’apprend rien.",
                )


class EmptyWordsAsImageName(Rule):
    """A word that any image could have."""

    id = "image-nom-vague"
    act_rule = "qt1vmo"
    criteria = ("1.1.1",)
    title = "Texte de remplacement qui ne dit rien"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/failures/F30"

    def check(self, page):
        for image, text in images(page):
            word = "-".join(_plain(text))
            if word in _PLACEHOLDERS or _NUMBERED.fullmatch(text) or _SIGNS.fullmatch(text):
                yield self.finding(
                    page, image, f"Le texte de remplacement « {text} » ne dit rien de cette image.",
                    "Dites dans alt ce que l’image montre, ou mettez alt=\"\" si elle n’apprend rien.",
                )


class SuperfluousWordsInImageName(Rule):
    """« Image de… »: the screen reader has already said that it is an image."""

    id = "image-nom-superflu"
    act_rule = "qt1vmo"
    criteria = ("1.1.1",)
    certainty = TO_VERIFY
    title = "« Image de » dans un texte de remplacement"
    source = "https://www.w3.org/WAI/tutorials/images/tips/"

    def check(self, page):
        for image, text in images(page):
            if found := _SUPERFLUOUS.match(text):
                yield self.finding(
                    page, image, f"Le texte de remplacement commence par « {found[0].strip()} » : le lecteur d’écran annonce déjà qu’il s’agit d’une image.",
                    f"Commencez par ce que l’image montre : « {text[found.end():][:60]} ».",
                )


class LongImageName(Rule):
    """A whole explanation in an attribute, where nobody can stop, go back or follow a link."""

    id = "image-nom-long"
    act_rule = "qt1vmo"
    criteria = ("1.1.1",)
    certainty = TO_VERIFY
    title = "Texte de remplacement très long"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/general/G92"

    def check(self, page):
        for image, text in images(page):
            if len(text) > _LONG:
                yield self.finding(
                    page, image, f"Le texte de remplacement de cette image a {len(text)} caractères.",
                    "Dites l’essentiel dans alt en une ou deux phrases, et le reste dans la page, près de l’image ou par un lien.",
                )


class RepeatedImageName(Rule):
    """What a screen reader says twice: the image, then the same words beside it."""

    id = "image-nom-repete"
    criteria = ("1.1.1",)
    certainty = TO_VERIFY
    title = "Texte de remplacement qui répète le texte voisin"
    source = "https://www.w3.org/WAI/WCAG22/Techniques/html/H2"

    def check(self, page):
        for image, text in images(page):
            if image.tag == "img" and _plain(text) in self._neighbours(page, image):
                yield self.finding(
                    page, image, f"Le texte « {text} » est dit deux fois : par l’image et par le texte à côté d’elle.",
                    "Mettez alt=\"\" à l’image ; si elle est seule dans son lien, réunissez l’image et le texte dans un seul lien.",
                )

    def _neighbours(self, page, image) -> list[list[str]]:
        """The texts that are read with the image: that of its link or button, its caption, a link to the same place right beside its own."""
        holder = image.closest("a, button")
        texts = [page.text(holder)] if holder is not None else []
        if (figure := image.closest("figure")) is not None:
            texts += [page.text(caption) for caption in figure.iter_elements("figcaption")]
        if holder is not None and holder.tag == "a":
            texts += [page.text(link) for link in _beside(holder) if link.tag == "a" and link.attr("href") == holder.attr("href")]
        return [words for words in map(_plain, texts) if words]


def _beside(element) -> list[Element]:
    """The elements right before and right after, whatever space is between."""
    found = []
    for step in ("previous_sibling", "next_sibling"):
        other = getattr(element, step)
        while isinstance(other, Text) and not other.data.strip():
            other = getattr(other, step)
        if isinstance(other, Element):
            found.append(other)
    return found
