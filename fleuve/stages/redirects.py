"""Redirects: what the CSV files of `contenu/_redirections/` say, in the forms that servers understand.

`redirections/nginx.conf` and `redirections/nginx-serveur.conf` for nginx, `_redirects` for Netlify, Cloudflare Pages and
GitLab Pages, and one small HTML page for each exact address of this site, for a host that knows nothing of redirects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain
from typing import Any
from urllib.parse import quote, urlsplit

from fleuve.problem import ERROR, Problem
from fleuve.redirect import Own, Pages, Redirect, canonical, parse, resolve, validate
from fleuve.refusal import reason
from fleuve.stages.listing import addresses
from fleuve.stages.stage import OutputFile, Stage

FOLDER = "_redirections"
MAX_NAME = 255  # A part of a path longer than this has no file on any usual file system.

_NGINX = """\
# Redirections du site, écrites par la construction du site : ne pas modifier à la main (voir contenu/_redirections/).
# Dans le bloc « http » :    include …/redirections/nginx.conf;
# Dans chaque « server » (le site et les anciens hôtes) :    include …/redirections/nginx-serveur.conf;
# Derrière un mandataire qui termine TLS, ajoutez « absolute_redirect off; » au bloc « server ».
# Les directives « …_hash_… » suivent la taille des listes ; si le bloc « http » les contient déjà, retirez-les de là.
map_hash_max_size {max_size};
map_hash_bucket_size {bucket};
{variables}
"""

# Each host with prefixes has a variable: nginx has room for about a hundred without being told.
_VARIABLES = "variables_hash_max_size {size};\nvariables_hash_bucket_size 256;\n"

_NGINX_SERVER = """\
# À inclure dans le bloc « server », après redirections/nginx.conf dans le bloc « http ».
if ($fleuve_redirection = "410") { return 410; }
if ($fleuve_redirection ~ "^301 (?<fleuve_cible>.+)$") { return 301 $fleuve_cible; }
if ($fleuve_redirection ~ "^302 (?<fleuve_cible>.+)$") { return 302 $fleuve_cible; }
"""

_PAGE = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<meta http-equiv="refresh" content="0; url={target}">
<link rel="canonical" href="{canonical}">
</head>
<body>
<main>
<h1>{title}</h1>
<p><a href="{target}">{link}</a></p>
</main>
</body>
</html>
"""
_WORDS = {
    "fr": {"title": "Cette page a été déplacée", "link": "Aller à la nouvelle adresse"},
    "en": {"title": "This page has moved", "link": "Go to the new address"},
}


class Redirects(Stage):
    """Reads, checks and resolves the redirects, and writes them for each kind of server."""

    name = "redirections"

    def extract(self, record: Any, settings: dict) -> str:
        return record.url

    def gather(self, extracts: list[str]) -> list[str]:
        return extracts

    def reduce(self, extracts: Iterable[list[str]], site: Any) -> Iterator[OutputFile]:
        own = Own.of(site.site_url)
        there = any(path.endswith(".csv") for path in site.index.data_files(FOLDER))
        urls = [*chain.from_iterable(extracts), *(site.base + path for path in addresses(site))] if there else []
        rows = self._rows(urls, own, site)
        yield "redirections/nginx.conf", nginx_maps(rows, own)
        yield "redirections/nginx-serveur.conf", _NGINX_SERVER.encode()
        yield "_redirects", netlify(rows, own, site.site_url)
        if rows and (site.settings.get("redirections") or {}).get("pages", True):
            yield from fallbacks(rows, own, site.site_url, urls)

    def _rows(self, urls: list[str], own: Own, site: Any) -> list[Redirect]:
        rows: list[Redirect] = []
        problems = []
        # The index records which files these are, with their hashes: the stage runs again when one of them changes.
        for path in site.index.data_files(FOLDER):
            if not path.endswith(".csv"):
                continue
            try:
                data = (site.content / path).read_bytes()
            except OSError as error:
                problems.append(Problem(path, 1, 1, ERROR, "fichier-illisible", f"Fichier illisible ({reason(error)}).", "Vérifiez ses droits d’accès."))
                continue
            read, found = parse(data, path, own)
            rows += read
            problems += found
        pages = Pages(urls, own, lambda path: site.index.media(path.lstrip("/")) is not None)
        rows, found = validate(rows, pages)
        problems += found
        rows, found = resolve(rows)
        for problem in _once(sorted(problems + found)):
            site.problem(problem.file, problem.line, problem.severity, problem.code, problem.message, problem.remedy,
                         column=problem.column)
        return sorted(rows, key=lambda row: (row.place.host, -row.place.path.count("/") if row.prefix else 1, row.place.key))


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems; a row that stands for several hosts is told once."""
    told = set()
    for problem in problems:
        place = (problem.file, problem.line, problem.column, problem.code)
        if place not in told:
            told.add(place)
            yield problem


# nginx


def nginx_maps(rows: Iterable[Redirect], own: Own) -> bytes:
    """The maps that turn a request into `$fleuve_redirection`: « 301 address », « 302 address », « 410 » or nothing.

    Exact sources are one hash; prefixes are tried in order, longest first, and only those of the host asked for. `$uri` is
    decoded, so it only serves to compare: what is carried into a Location header comes from `$request_uri`, as it was sent,
    where a line break cannot be.
    """
    rows = list(rows)
    hosts = sorted({row.place.host for row in rows} - {""})
    exact = [(_key(row, own), _value(row, own)) for row in rows if not row.prefix and not row.place.query]
    queries = [(_key(row, own), _value(row, own)) for row in rows if row.place.query]
    groups = {host: [row for row in rows if row.prefix and row.place.host == host] for host in ["", *hosts]}
    numbers = {host: number for number, host in enumerate(host for host, group in groups.items() if group)}
    parts = [
        _map("$host", "$fleuve_hote", [(host, nginx_quoted(host)) for host in hosts], '""'),
        'map $uri $fleuve_chemin {\n    default $uri;\n    "~^(?<fleuve_sans_barre>.*?)/+$" $fleuve_sans_barre;\n}\n',
        *(prefix_map(f"$fleuve_prefixe_{number}", groups[host], own) for host, number in numbers.items()),
        _map("$fleuve_hote", "$fleuve_prefixe", [(host, f"$fleuve_prefixe_{number}") for host, number in numbers.items()], '""'),
        _map('"$fleuve_hote$fleuve_chemin"', "$fleuve_exacte", exact, "$fleuve_prefixe"),
        _map('"$fleuve_hote$fleuve_chemin?$args"', "$fleuve_redirection", queries, "$fleuve_exacte"),
    ]
    longest = max((len(key.encode("utf-8", "surrogateescape")) for key, _ in exact + queries), default=0)
    head = _NGINX.format(max_size=max(2048, 2 * len(exact), 2 * len(queries)), bucket=nginx_bucket(longest),
                         variables=_VARIABLES.format(size=8 * len(numbers)) if len(numbers) > 64 else "")
    return (head + "\n".join(parts)).encode("utf-8", "surrogateescape")


def nginx_bucket(longest: int) -> int:
    """The size of the buckets of a hash whose longest key has so many bytes: room for four."""
    return max(128, 1 << (4 * (longest + 32) - 1).bit_length())


def _map(key: str, variable: str, pairs: list[tuple[str, str]], default: str) -> str:
    lines = [f"    {nginx_quoted(source)} {value};\n" for source, value in pairs]
    return f"map {key} {variable} {{\n    default {default};\n{''.join(lines)}}}\n"


def nginx_quoted(text: str) -> str:
    """A text as a configuration file of nginx says it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(row: Redirect, own: Own) -> str:
    return row.place._replace(path=_own_base(row, own) + row.place.path).key


def _own_base(row: Redirect, own: Own) -> str:
    return "" if row.place.host else canonical(own.base)


def _value(row: Redirect, own: Own, rest: str = "") -> str:
    if not row.target:
        return nginx_quoted(str(row.status))
    return nginx_quoted(f"{row.status} {location(row, own)}")[:-1] + rest + '"'


def location(row: Redirect, own: Own, origin: str = "") -> str:
    """The target as a server sends it: with the base path, and with the host if the request was made to another."""
    if not row.target.startswith("/"):
        return row.target
    return (origin or (f"https://{own.host}" if row.place.host else "")) + own.base.rstrip("/") + row.target


def prefix_map(variable: str, rows: Iterable[Redirect], own: Own) -> str:
    """The map of nginx from what was asked, as it was sent, to the answer of the first of some rows, the deepest first."""
    lines = []
    for row in rows:
        path = raw_pattern(_own_base(row, own) + row.place.path)
        if row.carries:
            # Slashes and backslashes are left behind: one kept in front of the rest could lead to another host.
            lines.append(f'    "~*^{path}(?:[/\\\\\\\\]+|(?=[?])|$)(?<fleuve_suite>.*)$" {_value(row, own, "$fleuve_suite")};\n')
        else:
            lines.append(f'    "~*^{path}(?:[/?]|$)" {_value(row, own)};\n')
    return f"map $request_uri {variable} {{\n    default \"\";\n{''.join(lines)}}}\n"


def raw_pattern(path: str) -> str:
    """A regular expression for a decoded path as it may be sent: each odd character plain or percent-encoded, slashes repeated."""
    return "".join(_byte_pattern(byte) for byte in path.encode("utf-8", "surrogateescape"))


def _byte_pattern(byte: int) -> str:
    char = chr(byte)
    if char == "/":
        return "/+"
    if char.isascii() and char.isalnum():
        return char
    if byte < 0x80 and char not in '"\\':
        return f"(?:[{char}]|%{byte:02X})" if char != "^" else "%5E"
    return f"%{byte:02X}"


# Netlify, Cloudflare Pages, GitLab Pages


def netlify(rows: Iterable[Redirect], own: Own, site_url: str) -> bytes:
    """The `_redirects` file: this site's rows first (exact before prefix), then other hosts' by full URL.

    A query in the source is written in Netlify's way; the services that do not know that form leave the line out.
    """
    lines = ["# Redirections du site, écrites par la construction du site : ne pas modifier à la main.\n"]
    ordered = sorted(rows, key=lambda row: (bool(row.place.host), row.prefix, not row.place.query, -row.place.path.count("/"), row.place.key))
    exact = {row.place.key for row in ordered if not row.prefix}
    for row in ordered:
        for source in netlify_sources(row, own, exact):
            lines.append(f"{source} {_netlify_target(row, own, site_url)} {row.status}\n")
    return "".join(lines).encode()


def netlify_sources(row: Redirect, own: Own, exact: set[str], alone: bool = False) -> Iterator[str]:
    """The sources of a row in a `_redirects` file; `exact` holds the keys of exact rows. `alone`: its host is the only one of the file."""
    path = quote(_own_base(row, own) + row.place.path, safe="/:@!$&'()+,;=~-._", errors="surrogateescape")
    query = "".join(" " + quote(pair, safe="=%+~-._") for pair in row.place.query.split("&") if "=" in pair)
    if row.place.query and not query:
        return
    for scheme in ("http", "https") if row.place.host and not alone else ("",):
        head = f"{scheme}://{row.place.host}" if scheme else ""
        if row.prefix:
            if row.place.key not in exact and not row.carries:
                yield f"{head}{path or '/'}"
            yield f"{head}{path}/*"
        else:
            yield f"{head}{path or '/'}{query}"


def _netlify_target(row: Redirect, own: Own, site_url: str) -> str:
    if row.status == 410:
        return own.base + "404.html"
    parts = urlsplit(site_url)
    where = location(row, own, f"{parts.scheme}://{parts.netloc}" if row.place.host else "")
    return where + (":splat" if row.carries else "")


# A page for hosts that know nothing of redirects


def fallbacks(rows: Iterable[Redirect], own: Own, site_url: str, urls: Iterable[str]) -> Iterator[OutputFile]:
    """One HTML page for each exact address of this site that a file can stand for. No file of a page is ever replaced."""
    taken = {_page_file(canonical(url)[len(canonical(own.base)):]) for url in urls}
    parts = urlsplit(site_url)
    for row in rows:
        if row.prefix or row.place.host or row.place.query or row.status == 410:
            continue
        path = _page_file(row.place.path)
        if path is None or path in taken or any(folder in taken for folder in _folders(path)):
            continue
        taken.add(path)
        target = location(row, own)
        absolute = target if "://" in target else f"{parts.scheme}://{parts.netloc}{target}"
        lang = "en" if row.place.path.startswith("/en/") else "fr"
        yield path, _PAGE.format(lang=lang, target=escape(target), canonical=escape(absolute), **_WORDS[lang]).encode()


def _folders(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _page_file(path: str) -> str | None:
    """The output file that a server would show for a canonical path, or None if no page can stand there."""
    parts = path.lstrip("/").split("/")
    if any(len(part.encode("utf-8", "surrogateescape")) > MAX_NAME or "\\" in part for part in parts):
        return None
    name = "/".join(parts)
    if not name.isprintable():
        return None
    if name.endswith((".html", ".htm")):
        return name
    return None if "." in parts[-1] else f"{name}/index.html".lstrip("/")
