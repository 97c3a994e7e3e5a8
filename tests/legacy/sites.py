"""The eight sites, built: pages first get their addresses, then what they say, as they link to each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import ModuleType

from legacy import aspnet, bilingual, blog, drupal, frames, media, sharepoint, typo3, wordpress
from legacy.known import Plan, pages, plan
from legacy.site import Known, Site

GENERATORS: tuple[ModuleType, ...] = (frames, sharepoint, drupal, wordpress, typo3, aspnet, blog, bilingual)


@cache
def sites() -> dict[str, Site]:
    """All the sites, by their name."""
    plans = {module: plan(module.SPEC, module.address) for module in GENERATORS}
    shared = frozenset(path for module in GENERATORS for path in module.SPEC.shared)
    elsewhere = _owners(list(plans.values()))
    built = {}
    for module, known in plans.items():
        site = Site(module.SPEC)
        spell: Callable[[str], str] = getattr(module, "plain", str)
        listed = [_spelled(page, spell) for page in pages(known, elsewhere, shared)]
        site.known = {page.url: page for page in listed}
        media.add(site)
        module.build(site, listed)
        built[site.spec.name] = site
    return built


def _owners(plans: list[Plan]) -> dict[str, str]:
    """The URL of each source on the first site that has it for its own."""
    return {path: f"http://{one.spec.host}{place}" for one in plans for path, place in one.paths.items() if path not in one.spec.shared}


def _spelled(page: Known, spell: Callable[[str], str]) -> Known:
    """A page with the characters that its site can write."""
    return replace(page, title=spell(page.title), html=spell(page.html), text=spell(page.text), description=spell(page.description))
