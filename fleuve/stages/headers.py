"""Headers for the host: the policy of fleuve/policy.py and what browsers may keep, in the forms that servers understand.

`redirections/nginx-entetes.conf` and `redirections/nginx-entetes-serveur.conf` for nginx, `_headers` for Netlify and Cloudflare Pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fleuve import event_calendar, newsroom, policy, rendition
from fleuve.stages.feeds import EMBEDDED
from fleuve.stages.reuse import OEMBED
from fleuve.stages.stage import OutputFile, Stage

# An address with « ?v=hash » never changes its content (RFC 8246). Fonts and images that the style sheet names have none. Everything
# else is asked for again, and mostly answered by 304: an emergency notice is seen at once.
FOREVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
REVALIDATE = "no-cache"

POLICY = "Content-Security-Policy"

TYPES = {**dict(newsroom.FEEDS.values()), ".ics": event_calendar.MEDIA_TYPE, OEMBED: "application/json"}
"""Media type of the files that scripts of other sites may read, by the end of their name."""

_SHARED = "(?:/(?:" + "|".join(re.escape(name) for name in TYPES if not name.startswith(".")) + ")|[.]ics)$"

_NGINX = """\
# En-têtes du site, écrits par la construction du site : ne pas modifier à la main (voir docs/guide/heberger-le-site.md).
# Dans le bloc « http » :    include …/redirections/nginx-entetes.conf;
# Dans le « server » du site :    include …/redirections/nginx-entetes-serveur.conf;
map "$uri?v=$arg_v" $fleuve_garde {{
    default "{revalidate}";
    "~[?]v=[0-9a-f]{{8}}$" "{forever}";
    "~^{renditions}-[0-9]+[.][a-z]+[?]" "{forever}";
    "~*[.](?:woff2|svg|png|jpe?g|webp|avif)[?]v=$" "{a_day}";
}}
# Un fichier absent ne se garde pas, même demandé avec une empreinte.
map $status $fleuve_cache {{
    default "{revalidate}";
    200 $fleuve_garde;
    206 $fleuve_garde;
    304 $fleuve_garde;
}}
# D’autres sites peuvent montrer dans un cadre ce qui est fait pour cela, et rien d’autre.
map $uri $fleuve_politique {{
    default "{policy}";
    "~^{embedded_folder}" "{embedded}";
}}
# Leurs scripts peuvent lire les fils, les calendriers et les descriptions oEmbed. Un en-tête vide n’est pas envoyé.
map $uri $fleuve_lecture {{
    default "";
    "~{shared}" "*";
}}
"""

_NGINX_SERVER = """\
# À inclure dans le bloc « server » du site, après redirections/nginx-entetes.conf dans le bloc « http ».
# Un bloc « location » qui a son propre « add_header » perd tous ceux-ci : incluez-y ce fichier aussi.
{lines}\
add_header Content-Security-Policy $fleuve_politique always;
add_header Cache-Control $fleuve_cache always;
add_header Access-Control-Allow-Origin $fleuve_lecture always;
# Types que nginx ne connaît pas : ses listes vont par la fin du nom, et deux fils finissent par « .xml ».
{types}# Quand tout l’hôte répond en HTTPS, et pour de bon, ajoutez :
# add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
"""


class Headers(Stage):
    """Writes what the host needs to send the same policy as the pages, and more: a <meta> cannot forbid frames."""

    name = "entetes"

    def reduce(self, extracts: Iterable[Any], site: Any) -> Iterator[OutputFile]:
        values = headers(site.settings)
        yield "redirections/nginx-entetes.conf", _NGINX.format(
            revalidate=REVALIDATE, forever=FOREVER, a_day=A_DAY, policy=values[POLICY], embedded=policy.embedded(),
            embedded_folder=re.escape(site.base + EMBEDDED), renditions=f"{re.escape(site.base + rendition.FOLDER)}/[0-9a-f]{{20}}", shared=_SHARED).encode()
        lines = "".join(f'add_header {name} "{value}" always;\n' for name, value in values.items() if name != POLICY)
        types = "".join(f"location ~ {_nginx_name(name)} {{ types {{ }} default_type {media_type}; }}\n" for name, media_type in TYPES.items())
        yield "redirections/nginx-entetes-serveur.conf", _NGINX_SERVER.format(lines=lines, types=types).encode()
        yield "_headers", netlify(values, site.base).encode()


def headers(settings: dict) -> dict[str, str]:
    """Every header but Cache-Control. Takes the mapping `extra.fleuve` of site.yml."""
    return {POLICY: policy.header(settings), **policy.HEADERS}


def _nginx_name(name: str) -> str:
    return f"/[^/]+{re.escape(name)}$" if name.startswith(".") else f"/{re.escape(name)}$"


def netlify(values: dict[str, str], base: str) -> str:
    """The `_headers` file. It knows paths, not queries: only the folders that pages always name with a hash are kept for ever."""
    lines = ["# En-têtes du site, écrits par la construction du site : ne pas modifier à la main.",
             "# Quand tout l’hôte répond en HTTPS, ajoutez : Strict-Transport-Security: max-age=63072000; includeSubDomains",
             f"{base}*", *(f"  {name}: {value}" for name, value in values.items())]
    for folder, how_long in (("css", FOREVER), ("js", FOREVER), ("images", A_DAY), ("polices", A_DAY), (rendition.FOLDER, A_DAY)):
        lines += [f"{base}{folder}/*", f"  Cache-Control: {how_long}"]
    # Cloudflare Pages joins the values of a header of two rules, unless the second one first takes it away with « ! ». Where a host does
    # neither, both policies hold, and frames stay forbidden.
    lines += [f"{base}{EMBEDDED}*", f"  ! {POLICY}", f"  {POLICY}: {policy.embedded()}"]
    for name, media_type in TYPES.items():
        lines += [f"{base}*{name}", f"  Content-Type: {media_type}", "  Access-Control-Allow-Origin: *"]
    return "\n".join(lines) + "\n"
