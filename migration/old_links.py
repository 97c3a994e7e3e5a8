"""Links between old pages: an address of any old site becomes the page, the file or the address that its site decided."""

from __future__ import annotations

import posixpath
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import orjson

from migration.decision import ARCHIVE, MOVED
from migration.old_url import normal
from migration.recipe import Recipe

HOPS = 10  # As browsers follow: a redirect that goes on for longer is a loop, or as good as one.


OPEN = 32  # Ledgers open at once, of 2 MB of memory each: a page leads to its own site, and to few others.


class OldLinks:
    """What each old address became, read from the ledgers of all sites. `recipes`: by name; `ledgers`: the file of each."""

    def __init__(self, recipes: Mapping[str, Recipe], ledgers: Mapping[str, Path]) -> None:
        self.recipes, self.ledgers = recipes, ledgers
        self._by_host = {host.partition(":")[0]: name for name in sorted(recipes, reverse=True) for host in recipes[name].hosts}
        self._open: OrderedDict[str, sqlite3.Connection] = OrderedDict()
        self.files_used: set[str] = set()
        """Names in the store of the files that links written since the beginning lead to."""
        self._found = lru_cache(65536)(self._find)

    def close(self) -> None:
        """Let go of the ledgers."""
        for db in self._open.values():
            db.close()
        self._open.clear()
        self._found.cache_clear()

    def place(self, url: str) -> tuple[str, str]:
        """Return the site and the key of an old address; two empty texts when it is of none of the sites."""
        host = (urlsplit(url).hostname or "") if "//" in url else ""
        name = self._by_host.get(host, "")
        return (name, normal(url, self.recipes[name])) if name else ("", "")

    def holder(self, url: str) -> tuple[str, str]:
        """Return the site and the key of the page or the file that an old address showed, redirects of the old sites followed; two empty texts when it leads nowhere."""
        for _ in range(HOPS):
            site, key = self.place(url)
            location = self._found(site, key)[2] if key else ""
            if not location:
                return site, key
            url = location
        return "", ""

    def final(self, url: str) -> tuple[str, str]:
        """Return the decision and the target of an old address, redirects of the old sites followed; ("", url) when nothing is known of it."""
        for _ in range(HOPS):
            site, key = self.place(url)
            if not key:
                return "", url
            decision, target, location, _ = self._found(site, key)
            if decision in MOVED and target:
                if "://" not in target:
                    return decision, target
                url = target
            elif decision or not location:
                return decision, url
            else:
                url = location
        return "", ""

    def written(self, url: str, path: str) -> str:
        """Return how a link of the document at `path` is written: to a page or a file of the content, from where the document is; to its archive
        when what it leads to is gone; as it was when it is nothing of ours."""
        address, anchor = urldefrag(url)
        decision, target = self.final(address)
        if decision in MOVED and "://" not in target:
            if not target.endswith(".md"):
                self.files_used.add(posixpath.basename(target))
            there = posixpath.relpath(target.lstrip("/"), posixpath.dirname(path) or ".")
            return f"{there}#{anchor}" if anchor and anchor in self._anchors(address) else there
        if decision == ARCHIVE:
            site, _ = self.place(target)
            archive = self.recipes[site].archive if site else ""
            return archive.replace("{url}", address) if archive else url
        return f"{target}#{anchor}" if anchor and "#" not in target else target or url

    def _anchors(self, url: str) -> frozenset[str]:
        for _ in range(HOPS):
            site, key = self.place(url)
            if not key:
                break
            _, _, location, anchors = self._found(site, key)
            if anchors or not location:
                return anchors
            url = location
        return frozenset()

    def _find(self, site: str, key: str) -> tuple[str, str, str, frozenset[str]]:
        db = self.ledger(site)
        decided = db.execute("SELECT decision, target FROM decided WHERE key=?", (key,)).fetchone() or ("", "")
        other = db.execute("SELECT location FROM others WHERE key=? AND NOT EXISTS (SELECT 1 FROM pages WHERE key=?1) AND NOT EXISTS (SELECT 1 FROM files WHERE key=?1)", (key,)).fetchone()
        page = db.execute("SELECT json_extract(data, '$.anchors') FROM pages WHERE key=?", (key,)).fetchone()
        return *decided, other[0] if other else "", frozenset(orjson.loads(page[0])) if page and page[0] else frozenset()

    def ledger(self, site: str) -> sqlite3.Connection:
        """The ledger of a site, to read."""
        if site in self._open:
            self._open.move_to_end(site)
        else:
            if len(self._open) >= OPEN:
                self._open.popitem(last=False)[1].close()
            self._open[site] = sqlite3.connect(f"file:{self.ledgers[site]}?mode=ro", uri=True)
        return self._open[site]
