"""The design system's own pages: principles, components with live examples, and the tokens with their measured contrast.

Written for those who write and make the site, so in French, and kept from search engines; the first page also in English. Everything
comes from the theme: heads of composants/, css/fleuve.css, macros/icones.html and _documentation/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from fleuve import component, design_token, image
from fleuve.component import Component
from fleuve.problem import WARNING
from fleuve.stages.listing import Listing, languages
from fleuve.stages.stage import OutputFile, Stage

HOME = {
    "fr": Listing("systeme-de-design/", "Système de design", "fr"),
    "en": Listing("en/design-system/", "Design system", "en"),
}
COMPONENTS = Listing("systeme-de-design/composants/", "Composants", "fr")
MEDIA = Listing("systeme-de-design/medias/", "Images, sons et vidéos", "fr")
ELEMENTS = Listing("systeme-de-design/elements/", "Éléments du texte", "fr")
FOUNDATIONS = Listing("systeme-de-design/fondations/", "Fondations", "fr")
DOCUMENTATION = "_documentation"
# Between examples, in the one text that is composed: identifiers and notes are numbered over all of it, as in any page.
_BORDER = "\ue003"
PHONE, DESKTOP = 320, 1280


class DesignSystem(Stage):
    """Writes the pages of the design system; `systeme_de_design: false` in site.yml leaves them out."""

    name = "systeme-de-design"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        if not site.settings.get("systeme_de_design", True) or not (site.theme / DOCUMENTATION).is_dir():
            return
        known = languages(site.settings)
        for lang in known:
            yield _home(site, lang, known)
        if "fr" in known:
            for listing, what, pieces in _documented(site):
                description = f"{what}, avec ses états, le Markdown qui le fait et ce qu’en reçoit un lecteur d’écran."
                yield _page(site, listing, "composants", description, pieces=_shown(pieces, site.base + listing.path, site))
            yield _page(site, FOUNDATIONS, "fondations", "Les couleurs et leurs contrastes mesurés, les tailles du texte, les espaces et les icônes.", **_foundations(site))
            for file in _samples(site):
                yield HOME["fr"].path + file.name, file.read_bytes()


def _page(site: Any, listing: Listing, template: str, description: str, **context: Any) -> OutputFile:
    above = [{"title": HOME["fr"].title, "url": site.base + HOME["fr"].path}]
    html = site.render(f"site/systeme/{template}.html", listing.lang, site.base + listing.path, listing.title, description=description, above=above, **context)
    return listing.path + "index.html", html.encode()


def _home(site: Any, lang: str, known: list[str]) -> OutputFile:
    listing, other = HOME[lang], next((HOME[code] for code in known if code != lang), None)
    text = (site.theme / DOCUMENTATION / ("index.md" if lang == "fr" else f"index.{lang}.md")).read_text("utf-8")
    alternates = [{"lang": code, "url": site.site_url + HOME[code].path} for code in known] if other else []
    body = site.compose(text, lang, site.base + listing.path, lambda index: index).body
    html = site.render(
        "site/systeme/accueil.html", lang, site.base + listing.path, listing.title, content=Markup(body), alternates=alternates,
        twin=other and {"url": site.base + other.path, "title": other.title, "lang": other.lang},
        pages=[{"url": site.base + page.path, "title": page.title} for page in (COMPONENTS, MEDIA, ELEMENTS, FOUNDATIONS)] if "fr" in known else [],
    )
    return listing.path + "index.html", html.encode()


# Components.


@dataclass
class Shown:
    """A component and its examples, rendered: the first, then one for each state (« » for a state that Markdown does not give)."""

    component: Component
    example: Markup
    states: list[Markup]


class _Samples:
    """The recorded index, in which the pages and files that examples name exist: the page that shows them, and small files of the theme."""

    def __init__(self, index: Any, url: str, files: dict[str, dict]) -> None:
        self._index, self._url, self._files = index, url, files

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def url_of(self, path: str) -> str:
        """The address of that page, whatever the document."""
        return self._url if path.count(".") == 1 else ""

    def media(self, path: str) -> dict | None:
        """The sample file of that format."""
        return self._files.get(path.rpartition(".")[2])

    def image(self, path: str) -> dict | None:
        """The same, of an image."""
        found = self.media(path)
        return found if found and "src" in found else None


def _samples(site: Any) -> list[Path]:
    return sorted((site.theme / DOCUMENTATION).glob("exemple.*"))


def _documented(site: Any) -> list[tuple[Listing, str, list[Component]]]:
    """The pages of components: address, what one of them is, those that it shows. On one page they would weigh more than a first view may."""
    elements = yaml.load((site.theme / DOCUMENTATION / "elements.yml").read_text("utf-8"), yaml.CSafeLoader)
    blocks = component.families(component.load(site.theme))
    return [
        (COMPONENTS, "Chaque composant", [one for one in blocks if one.group != "medias"]),
        (MEDIA, "Chaque composant des images, des sons et des vidéos", [one for one in blocks if one.group == "medias"]),
        (ELEMENTS, "Chaque élément du texte", [component.describe(name, f"{DOCUMENTATION}/elements.yml", head) for name, head in elements.items()]),
    ]


def _shown(components: list[Component], url: str, site: Any) -> list[Shown]:
    """Components with their examples, for the page at `url`."""
    texts = [text for one in components for text in (one.example, *(state.example for state in one.states))]
    pieces = iter(_rendered(texts, url, site))
    return [Shown(one, next(pieces), [next(pieces) for _ in one.states]) for one in components]


def _rendered(texts: list[str], url: str, site: Any) -> list[Markup]:
    """Each example's HTML, as the pipeline gives it. What it finds wrong is told of the theme."""
    folder = site.base + HOME["fr"].path
    files = {file.suffix[1:]: _sample(folder, file) for file in _samples(site)}
    page = site.compose(f"\n\n{_BORDER}\n\n".join(texts), "fr", url, lambda index: _Samples(index, url, files))
    for problem in page.problems:
        site.problem("themes", 1, WARNING, problem.code, f"Exemple d’un composant : {problem.message}", problem.remedy)
    pieces = page.body.split(f"<p>{_BORDER}</p>")
    return [Markup(piece.strip()) for piece in pieces]


def _sample(folder: str, file: Path) -> dict:
    """What the index would say of a sample file."""
    known = {"url": folder + file.name, "bytes": file.stat().st_size, "format": file.suffix[1:].upper()}
    facts = image.look(str(file.parent), file.name)[0] if file.suffix in image.SUFFIXES else None
    return known | {"width": facts.width, "height": facts.height, "src": known["url"], "sources": []} if facts else known


# Foundations.


def _foundations(site: Any) -> dict:
    """What the page of foundations shows: the tokens, by what they are for, with their values and measures."""
    light, dark = design_token.read((site.theme / "css" / "fleuve.css").read_text("utf-8"))
    about = yaml.load((site.theme / DOCUMENTATION / "fondations.yml").read_text("utf-8"), yaml.CSafeLoader)
    return {
        "couleurs": [{"titre": group["titre"], "jetons": [_colour(name, spec, light, dark) for name, spec in group["jetons"].items() if name in light]} for group in about["couleurs"]],
        "texte": [_length(name, use, light) for name, use in about["texte"].items() if name in light],
        "mesures": [{"titre": group["titre"], "jetons": [_length(name, use, light) for name, use in group["jetons"].items() if name in light]} for group in about["mesures"]],
        "autres": [{"nom": name, "usage": use, "valeur": light[name]} for name, use in about["autres"].items() if name in light],
    }


def _colour(name: str, spec: dict, light: dict, dark: dict) -> dict:
    grounds = [ground for ground in spec.get("sur", ()) if ground in light]
    pairs = [
        {"sur": ground, "claire": _ratio(light[name], light[ground]), "sombre": _ratio(dark[name], dark[ground])} for ground in grounds
    ]
    return {
        "nom": name, "usage": spec["usage"], "claire": light[name], "sombre": dark[name], "contrastes": pairs, "seuil": spec.get("seuil"),
        "fonds": {"claire": light[grounds[0]], "sombre": dark[grounds[0]]} if grounds else None,
    }


def _ratio(one: str, other: str) -> str:
    """« 13,4 »: rounded down, so that a ratio is never said to reach what it does not."""
    ratio = design_token.contrast(one, other)
    return f"{int(ratio * 10) / 10:.1f}".replace(".", ",") if ratio else "?"


def _length(name: str, use: str, tokens: dict) -> dict:
    widths = [design_token.pixels(tokens[name], width) for width in (PHONE, DESKTOP)]
    return {"nom": name, "usage": use, "valeur": tokens[name], "pixels": [f"{width:g}".replace(".", ",") for width in widths if width is not None], "large": widths[1]}
