"""An access log in Apache’s combined format: people on pages, by old addresses, on a page that no crawler reached, on a 404; robots; images."""

from __future__ import annotations

from legacy.site import Site

NEVER_CRAWLED = "/campagne/affiche-2011"
"""Printed on a poster, linked from nowhere: people asked for it, and no archive has it."""
GONE = "/introuvable/concours"
_PERSON = "Mozilla/5.0 (Windows NT 6.1; rv:17.0) Gecko/20100101 Firefox/17.0"
_ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_DAY = "[{:02}/Mar/2013:10:{:02}:{:02} -0500]"


def log(site: Site) -> bytes:
    """The lines of a month, in order."""
    lines = []
    for target, status, count in _asked(site):
        for at in range(count):
            lines.append(_line(len(lines), target, status, _ROBOT if at % 6 == 5 else _PERSON))
    return "".join(lines).encode()


def hits(site: Site) -> dict[str, int]:
    """How many times people, not robots, asked for each URL as it was written."""
    counts: dict[str, int] = {}
    for target, _, count in _asked(site):
        counts[site.url(target)] = counts.get(site.url(target), 0) + sum(at % 6 != 5 for at in range(count))
    return counts


def _asked(site: Site) -> list[tuple[str, int, int]]:
    pages = [(site.path(url), 200, 1 + number * 7 % 23) for number, url in enumerate(site.known)]
    old = [(site.path(url), site.answers[site.path(url)].status, 2) for url in list(site.variants)[:4]]
    return [*pages, *old, (NEVER_CRAWLED, 200, 9), (GONE, 404, 4), ("/medias/logo.png", 200, 3)]


def _line(number: int, target: str, status: int, agent: str) -> str:
    day = _DAY.format(1 + number // 60 % 28, number // 60 % 60, number % 60)
    return f'192.0.2.{1 + number % 200} - - {day} "GET {target} HTTP/1.1" {status} 5120 "-" "{agent}"\n'
