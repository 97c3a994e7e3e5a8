"""What a device keeps to be of use without a connection: the offline page in each language, and the service worker.

`/sw.js` says what is of this build and loads the theme's js/hors-connexion.js. Its bytes, and so the version that devices hold,
change with the offline pages or with a file of the theme that they show, and with nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from fleuve.stages.listing import languages
from fleuve.stages.stage import OutputFile, Stage

TITLES = {"fr": "Vous êtes hors connexion", "en": "You are offline"}
PATHS = {"fr": "hors-connexion.html", "en": "en/offline.html"}
SCRIPT = "js/hors-connexion.js"

_ASSET = re.compile(r'(?:href|src)="([^"]+\?v=[0-9a-f]{8})"')

# What undoes it on devices that have it: they ask for /sw.js again at each visit.
_STOP = """\
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {{
  for (const name of await caches.keys()) if (name.startsWith({prefix})) await caches.delete(name);
  await registration.unregister();
}})()));
"""


class Offline(Stage):
    """Writes the offline pages and /sw.js; with `hors_connexion: false` in site.yml, a /sw.js that removes itself."""

    name = "hors-connexion"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        known = languages(site.settings)
        texts = []
        for lang in known:
            other = next((code for code in known if code != lang), None)
            twin = other and {"url": site.base + PATHS[other], "title": TITLES[other], "lang": other}
            texts.append(site.render("site/hors-connexion.html", lang, site.base + PATHS[lang], TITLES[lang], twin=twin))
            yield PATHS[lang], texts[-1].encode()
        if site.settings.get("hors_connexion", True):
            yield "sw.js", worker(site, [site.base + PATHS[lang] for lang in known], texts)
        else:
            yield "sw.js", _STOP.format(prefix=orjson.dumps(f"fleuve:{site.base}:").decode()).encode()


def worker(site: Any, pages: list[str], texts: list[str]) -> bytes:
    """The service worker. texts: HTML of the offline pages, which name the files of the theme that every page needs."""
    script = site.asset(SCRIPT)
    files = sorted({address for text in texts for address in _ASSET.findall(text)})
    version = hashlib.blake2b("\0".join([script, *texts]).encode(), digest_size=4).hexdigest()
    known = orjson.dumps({"base": site.base, "version": version, "pages": pages, "files": files}).decode()
    return f"self.fleuve = {known};\nimportScripts({orjson.dumps(script).decode()});\n".encode()
