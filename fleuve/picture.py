"""The markup of an image: its better formats first, its size always said, so that nothing moves when it comes."""

from __future__ import annotations

import html
import re

from markupsafe import Markup

SIZES = {
    "texte": "(min-width: 45rem) 42rem, calc(100vw - 2rem)",  # the column of text: --mesure in css/fleuve.css
    "large": "(min-width: 76rem) 54rem, calc(100vw - 2rem)",
    "grille": "(min-width: 45rem) 20rem, calc(100vw - 2rem)",
    "vignette": "8rem",
}
"""How wide an image is shown (HTML, 4.8.4.2.2): {place: value of `sizes`}."""

_SOURCE = re.compile(r' src="[^"]*"')


def markup(media: dict, alt: str, place: str = "texte", main: bool = False, attributes: dict | None = None) -> Markup:
    """<picture> of an image.

    media: what SiteIndex.image gives. alt: the words that stand for it. place: a key of SIZES. main: the main picture of the page, which
    is loaded at once; the others wait until they are near. attributes: others of the <img>.
    """
    more = "".join(f' {name}="{html.escape(value)}"' for name, value in (attributes or {}).items())
    tag = f'<img src="" alt="{html.escape(alt)}"{more}>'
    return Markup(dress(tag, media, place, main))


def dress(tag: str, media: dict, place: str = "texte", main: bool = False) -> str:
    """An <img> tag, well-formed, with the address, size and better formats of the image that it shows; what it says itself is kept."""
    more = f' width="{media["width"]}" height="{media["height"]}"' if media["width"] and " width=" not in tag and " height=" not in tag else ""
    more += ' fetchpriority="high"' if main else ' loading="lazy"'
    tag = _SOURCE.sub(lambda _: f' src="{html.escape(media["src"])}"', tag, count=1)
    tag = tag.rstrip("/> ") + more + ' decoding="async">'
    if not media["sources"]:
        return tag
    sizes = SIZES[place]
    better = "".join(f'<source type="{one["type"]}" srcset="{one["srcset"]}" sizes="{sizes}">' for one in media["sources"])
    return f"<picture>{better}{tag}</picture>"
