"""The files that keep a dead site's addresses alive: for nginx, for Apache, and for services that read `_redirects`.

    nginx.conf               to include in `http`: the sizes, and the file of each site
    nginx/SITE.conf          the answers, and the server of the old hosts
    apache/SITE.conf, .txt   a virtual host, and the answers as a RewriteMap
    pages/SITE/              what is served as it is: _redirects, robots.txt, the sitemap of redirects, the pages of 410 and 404

A file that would have nothing to say is not written: most old sites have one rule for all their addresses, and making a file costs more than filling it.

Exact addresses are one hash, whatever their number. The query is compared by the site's significant parameters, in any order, among any others.
An address that is not decided answers 404, with a page that links to the archive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

from fleuve.redirect import Own, Redirect
from fleuve.stages.redirects import location, netlify_sources, nginx_bucket, nginx_quoted, prefix_map, raw_pattern
from migration import decision, gone_page
from migration.collector import without_collector
from migration.old_url import spellings
from migration.recipe import Recipe
from migration.redirects import OldSite, Plan, hosts_of

SITEMAP = "sitemap-redirections"
SITEMAP_URLS = 50_000  # sitemaps.org: no more addresses in one file.

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~!&'()+,;=:@-]*").fullmatch  # In both forms of key, and in a URL, as it is.
_PLAIN_QUERY = re.compile(r"[a-z0-9._~=&-]*").fullmatch
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_INDEX = re.compile(r"[^\s\"/\\]+").fullmatch  # No other name can be a folder's page, and these are safe between quotes.
_VARIABLE = re.compile(r"[a-z0-9_]+")
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
_APACHE_SAFE = "$-_.+!*'(),:@&=/~"  # What Apache's own `int:escape` leaves (server/gen_test_char.c, T_OS_ESCAPE_PATH), `;` apart.
_RAW_QUERY_SAFE = "/:@!$'()*,;?=~-._[]{}|^`"  # What browsers leave in a query (WHATWG URL, query percent-encode set).

_NGINX = """\
# Anciens sites : fichiers écrits par la migration, ne pas modifier à la main. À inclure dans le bloc « http » de nginx.
# Les tailles suivent celles des listes ; si le bloc « http » les contient déjà, gardez la plus grande.
map_hash_max_size {entries};
map_hash_bucket_size {bucket};
variables_hash_max_size {variables};
variables_hash_bucket_size 256;
server_names_hash_max_size {hosts};
server_names_hash_bucket_size 256;
{includes}"""

_NGINX_SERVER = """\
# Ajoutez TLS ici si l’ancien site en avait.
server {{
    listen {listen};
    server_name {hosts};
    root "{root}/pages/{name}";
    charset utf-8;
{pages}    location / {{
        if ($fleuve_{id} = "410") {{ return 410; }}
        if ($fleuve_{id} ~ "^301 (?<fleuve_cible>.+)$") {{ return 301 $fleuve_cible; }}
        return 404;
    }}
{locations}    location ~ "^/_fleuve-4(?:04|10)\\.shtml$" {{
        internal;
        ssi on;
        types {{ }}
        default_type text/html;
        add_header Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'" always;
    }}
}}
"""

_APACHE = """\
# Ancien site « {title} » : écrit par la migration, ne pas modifier à la main. Modules : rewrite, include, mime, headers.
# Au-delà de quelques milliers d’adresses : httxt2dbm -i {name}.txt -o {name}.dbm, puis « dbm: » au lieu de « txt: ».
<VirtualHost {listen}>
    ServerName {host}
{aliases}    DocumentRoot "{root}/pages/{name}"
    AllowEncodedSlashes NoDecode
{pages}    <Directory "{root}/pages/{name}">
        Require all granted
        Options +IncludesNoExec
        AddType text/html .shtml
        AddCharset utf-8 .shtml
        AddOutputFilter INCLUDES .shtml
    </Directory>
    RewriteEngine On
{map}    RewriteMap bas int:tolower
    RewriteMap code int:escape
    RewriteCond %{{ENV:REDIRECT_STATUS}} !^$
    RewriteRule ^ - [L]
{served}{exact}{prefixes}    RewriteRule ^ - [R=404,L]
</VirtualHost>
"""

_APACHE_EXACT = """{key}{query}    RewriteRule ^ - [E=REPONSE:${{reponse:p%{{ENV:CHEMIN}}}}]
{queried}    # Apache refuses a « ? » that comes from elsewhere than the rule itself.
    RewriteCond %{{ENV:REPONSE}} ^301:([^?]+)\?(.*)$
    RewriteRule ^ %1?%2 [R=301,NE,L]
    RewriteCond %{{ENV:REPONSE}} ^301:(.+)$
    RewriteRule ^ %1 [R=301,NE,QSD,L]
    RewriteCond %{{ENV:REPONSE}} =410
    RewriteRule ^ - [G,L]
    RewriteCond %{{ENV:REPONSE}} =404
    RewriteRule ^ - [R=404,L]
"""


@dataclass(frozen=True)
class Place:
    """Where the files are put on the server, and what it listens to."""

    root: str = "/etc/nginx/fleuve"
    listen: str = "80"


def write(out: Path, sites: Iterable[OldSite], plan: Plan, site_url: str, where: Place = Place()) -> int:
    """Write the files of all old sites that have an answer to give under `out`; return how many files changed. Raises OSError.

    `site_url` is the new site's address. `where.root` is the folder that `out` will be on the server.
    """
    return write_all(out, [(sites, plan)], site_url, where)


def write_all(out: Path, groups: Iterable[tuple[Iterable[OldSite], Plan]], site_url: str, where: Place = Place()) -> int:
    """`write` for sites that were planned apart, one group in memory at a time."""
    own = Own.of(site_url)
    changed, entries, longest, variables, hosts, names = 0, 0, 0, 0, 0, []
    for site, plan in ((site, plan) for sites, plan in groups for site in sites):
        rows = plan.rows[site.recipe.name]
        if not rows or site.alive:
            continue
        domain = Domain(site.recipe, rows, own, site_url, where, plan.spelled)
        with without_collector():
            for path, data in domain.files():
                changed += decision.put(out / path, data)
        names.append(site.recipe.name)
        entries, longest = max(entries, domain.entries), max(longest, domain.longest)
        variables += 8 + 2 * len(site.recipe.addresses.parameters)
        hosts += len(site.recipe.hosts)
    includes = "".join(f'include "{where.root}/nginx/{name}.conf";\n' for name in sorted(names))
    head = _NGINX.format(entries=max(2048, 2 * entries), bucket=nginx_bucket(longest), variables=max(1024, 4 * variables), hosts=max(512, 4 * hosts), includes=includes)
    return changed + decision.put(out / "nginx.conf", head.encode())


Line = tuple[str, str, int, str, bool, Redirect]


class Domain:
    """The files of one dead site."""

    def __init__(self, recipe: Recipe, rows: Iterable[Redirect], own: Own, site_url: str, where: Place = Place(), spelled: Mapping[str, list[str]] | None = None) -> None:
        self.recipe, self.own, self.site_url, self.where = recipe, own, site_url, where
        self.spelled = spelled or {}
        # With a final slash that matters, the root is « / » in nginx and in Apache too.
        self.home = "/" if recipe.addresses.slash else ""
        self.sent: dict[str, list[dict[str, str]]] = {}
        self.id = recipe.name.replace("-", "_")
        self.root = where.root
        self.hosts = hosts_of(recipe)
        self.title = " ".join((recipe.title or recipe.name).split())  # In a comment: on one line.
        self.indexes = "|".join(re.escape(name) for name in recipe.addresses.indexes if _INDEX(name))
        rows = list(rows)
        self.exact = [row for row in rows if not row.prefix]
        # Of each, once for all files: path, query, status, absolute target, and whether it is written as it is everywhere.
        self.lines = [(place.path, place.query, row.status, self.target(row), bool(_PLAIN_PATH(place.path) and _PLAIN_QUERY(place.query)), row)
                      for row in self.exact for place in (row.place,)]
        self.prefixes = [row for row in rows if row.prefix]
        self.parameters = sorted({name.lower() for name in recipe.addresses.parameters}) if any(row.place.query for row in self.exact) else []
        self.paths = {row.place.path for row in self.exact if not row.place.query}
        whole = any(not row.place.path and row.status != 404 for row in self.prefixes)
        # The statuses that the site can answer, besides redirects.
        self.statuses = [status for status in (410, 404) if any(row.status == status for row in rows) or (status == 404 and not whole)]
        self.entries = self.longest = 0

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file: its path, and its bytes."""
        name = self.recipe.name
        yield f"nginx/{name}.conf", self.nginx_maps() + self.nginx_server()
        yield f"apache/{name}.conf", self.apache()
        if self.exact:
            yield f"apache/{name}.txt", self.apache_map()
        yield f"pages/{name}/_redirects", self.netlify()
        maps = list(self.sitemaps())
        for path, data in maps:
            yield f"pages/{name}/{path}", data
        if maps:
            yield f"pages/{name}/robots.txt", f"User-agent: *\nAllow: /\nSitemap: http://{self.hosts[0]}/{SITEMAP}.xml\n".encode()
        for status in self.statuses:
            yield f"pages/{name}/{status}.html", gone_page.page(self.recipe, status, self.site_url, False)
            yield f"pages/{name}/_fleuve-{status}.shtml", gone_page.page(self.recipe, status, self.site_url, True)

    def target(self, row: Redirect) -> str:
        """Where a row leads, absolute."""
        return location(row, self.own, f"https://{self.own.host}") if row.target[:1] == "/" else row.target

    # nginx

    def nginx_maps(self) -> bytes:
        """Return the maps from what is asked to « 301 address », « 410 », « 404 » or nothing."""
        name = f"$fleuve_{self.id}"
        prefixed, queried = bool(self.prefixes), bool(self.parameters)
        parts = [f"# Ancien site « {self.title} » : écrit par la migration, ne pas modifier à la main.\n", self._nginx_path()]
        if prefixed:
            rows = [replace(row, target=self.target(row), place=row.place._replace(host="x", path=way)) for row in self.prefixes for way in _ways(row.place.path)]
            parts.append(prefix_map(f"{name}_dessous", rows, self.own))
        default = f"{name}_dessous" if prefixed else '""'
        exact = self._nginx_lines((line for line in self.lines if not line[1]), self._path_keys)
        parts.append(f"map {name}_chemin {name}{'_exacte' if queried else ''} {{\n    default {default};\n{exact}}}\n")
        if queried:
            values = []
            for number, parameter in enumerate(self.parameters):
                if _VARIABLE.fullmatch(parameter):
                    values.append(f"{parameter}=$arg_{parameter}")
                else:
                    variable = f"{name}_p{number}"
                    parts.append(f'map $args {variable} {{\n    default "";\n    "~*(?:^|&){raw_pattern(parameter)}=(?<{variable[1:]}v>[^&]*)" {variable}v;\n}}\n')
                    values.append(f"{_query_text(parameter)}={variable}")
            lines = self._nginx_lines((line for line in self.lines if line[1]), self._query_keys)
            parts.append(f'map "{name}_chemin?{"&".join(values)}" {name} {{\n    default {name}_exacte;\n{lines}}}\n')
        return "".join(parts).encode("utf-8", "surrogateescape")

    def _nginx_path(self) -> str:
        """The map from the path to the form in which it is compared: no index name, no final slash unless it matters."""
        names = self.indexes
        flag = "" if self.recipe.addresses.case else "*"
        if self.recipe.addresses.slash:
            line = f'    "~{flag}^(?<fleuve_court>.*/)(?:{names})$" $fleuve_court;\n' if names else ""
        else:
            index = f"(?:/+(?:{names})|/+)?" if names else "/*"
            line = f'    "~{flag}^(?<fleuve_court>.*?){index}$" $fleuve_court;\n'
        return f"map $uri $fleuve_{self.id}_chemin {{\n    default $uri;\n{line}}}\n"

    def _nginx_lines(self, rows: Iterable[Line], keys: Callable[[Line], Iterable[str]]) -> str:
        """Lines of a map. nginx knows no capitals: where they make two addresses, regular expressions tell them apart."""
        found: dict[str, tuple[str, str]] = {}
        apart: dict[str, list[tuple[str, str]]] = {}
        case = self.recipe.addresses.case
        for row in rows:
            value = f'"301 {row[3]}"' if row[2] == 301 else f'"{row[2]}"'
            for rank, key in enumerate(keys(row)):
                low = key.lower() if key.isascii() else key.translate(_LOWER)
                first = found.setdefault(low, (key, value))
                if case and rank == 0 and first[0] != key and first[1] != value:
                    apart.setdefault(low, [first]).append((key, value))
        self.entries = max(self.entries, len(found))
        self.longest = max(self.longest, max((len(key) if key.isascii() else len(key.encode("utf-8", "surrogateescape")) for key in found), default=0))
        lines = [f'    "{key}" {value};\n' if '"' not in key and "\\" not in key else f"    {nginx_quoted(key)} {value};\n"
                 for low, (key, value) in found.items() if low not in apart]
        lines += [f"    {nginx_quoted('~^' + re.escape(key) + '$')} {value};\n" for pairs in apart.values() for key, value in pairs]
        return "".join(lines)

    def _path_keys(self, line: Line) -> Iterable[str]:
        path = line[0] or self.home
        return (path,) if line[4] else _ways(path)

    def _query_keys(self, line: Line) -> Iterator[str]:
        path = line[0] or self.home
        for way in (path,) if line[4] else _ways(path):
            for values in self._queries(line):
                yield f"{way}?" + "&".join([f"{_query_text(name)}={values.get(name, '')}" for name in self.parameters])

    def _queries(self, line: Line) -> list[dict[str, str]]:
        """The ways in which the values of a row's parameters may be sent."""
        query = line[1]
        said = dict([pair.partition("=")[::2] for pair in query.split("&")])
        if _PLAIN_QUERY(query):
            return [said]
        key = line[5].place.key
        if key not in self.sent:
            said = {unquote(name): value for name, value in said.items()}
            self.sent[key] = _value_ways(said) + [self._sent(raw) for raw in self.spelled.get(key, ())]
        return self.sent[key]

    def _sent(self, query: str) -> dict[str, str]:
        """The first value of each significant parameter of a query, as it is sent."""
        found: dict[str, str] = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            name = unquote(name).lower().removeprefix("amp;")
            if value and name in self.parameters:
                found.setdefault(name, quote(value, safe="%" + _RAW_QUERY_SAFE))
        return found

    def nginx_server(self) -> bytes:
        """Return the server of the old hosts."""
        locations = "".join(f'    location {rule} {{ }}\n' for rule in self._served("= /{}", '~ "^/{}$"'))
        pages = "".join(f"    error_page {status} /_fleuve-{status}.shtml;\n" for status in self.statuses)
        return _NGINX_SERVER.format(pages=pages, name=self.recipe.name, id=self.id, listen=self.where.listen, hosts=" ".join(self.hosts), root=self.root,
                                    locations=locations).encode()

    def _served(self, exact: str, pattern: str) -> Iterator[str]:
        """The rules for what is served as it is, unless the old site had a page there."""
        if not any(row.status == 301 for row in self.exact):
            return
        if "/robots.txt" not in self.paths:
            yield exact.format("robots.txt")
        yield pattern.format(SITEMAP + "(?:-[0-9]+)?\\.xml")

    # Apache

    def apache(self) -> bytes:
        """Return the virtual host of the old hosts."""
        case, slash = self.recipe.addresses.case, self.recipe.addresses.slash
        names = self.indexes
        low = (lambda text: text) if case else (lambda text: f"${{bas:{text}}}")
        flag = "" if case else "NC,"
        index = (f"(?:/+(?:{names})|/+)?" if names else "/*") if not slash else ""
        key = f'    RewriteRule "^(.*?){index}$" - [{flag}E=CHEMIN:{low("${code:$1}")}]\n'
        if slash and names:
            key += f'    RewriteRule "^(.*/)(?:{names})$" - [{flag}E=CHEMIN:{low("${code:$1}")}]\n'
        query = "".join(
            f'    RewriteCond %{{QUERY_STRING}} "(?:^|&){raw_pattern(name)}=([^&]+)" [NC]\n'
            f'    RewriteRule ^ - [E=PARAMETRES:%{{ENV:PARAMETRES}}&{_query_text(name).replace("%", chr(92) + "%")}={low("%1")}]\n' for name in self.parameters)
        queried = ("    RewriteCond %{ENV:PARAMETRES} .\n    RewriteCond ${reponse:p%{ENV:CHEMIN}?%{ENV:PARAMETRES}} ^(.+)$\n"
                   "    RewriteRule ^ - [E=REPONSE:%1]\n") if self.parameters else ""
        served = "".join(f'    RewriteRule "{rule}" - [L]\n' for rule in self._served("^/{}$", "^/{}$"))
        aliases = "".join(f"    ServerAlias {host}\n" for host in self.hosts[1:])
        exact = _APACHE_EXACT.format(key=key, query=query, queried=queried) if self.exact else ""
        map_of = f'    RewriteMap reponse "txt:{self.root}/apache/{self.recipe.name}.txt"\n' if self.exact else ""
        pages = "".join(f"    ErrorDocument {status} /_fleuve-{status}.shtml\n" for status in self.statuses)
        return _APACHE.format(title=self.title, name=self.recipe.name, listen=f"*:{self.where.listen}", host=self.hosts[0], aliases=aliases, root=self.root,
                              pages=pages, map=map_of, served=served, exact=exact, prefixes="".join(self._apache_prefixes())).encode("utf-8", "surrogateescape")

    def _apache_prefixes(self) -> Iterator[str]:
        for row in self.prefixes:
            for way in _ways(row.place.path):
                # What was asked, as it was sent: the rest of the address is neither decoded nor encoded again.
                yield f'    RewriteCond %{{THE_REQUEST}} "^[A-Z]+ {raw_pattern(way)}(?:[/\\\\]+([^ ?]*))?(?:[? ]|$)" [NC]\n'
                if row.status == 301:
                    target = self.target(row).replace("%", "\\%").replace("$", "\\$")
                    yield f'    RewriteRule ^ "{target}{"%1" if row.carries else ""}" [R=301,NE,L{"" if row.carries else ",QSD"}]\n'
                else:
                    yield f"    RewriteRule ^ - [{'G' if row.status == 410 else 'R=404'},L]\n"

    def apache_map(self) -> bytes:
        """Return the answers as a RewriteMap: « p », the path as Apache escapes it, the significant parameters → the answer."""
        case = self.recipe.addresses.case
        found: dict[str, str] = {}
        for line in self.lines:
            path, query, status, target, plain, _ = line
            answer = str(status)
            if status == 301:
                before, mark, after = target.partition("?")
                answer = f"301:{before}?{after.replace('?', '%3F')}" if mark else f"301:{target}"
            path = path or self.home
            if plain and ";" not in path:
                found.setdefault(f"p{path}?&{query}" if query else "p" + path, answer)
                continue
            queries = self._queries(line) if query else [{}]
            for way in _ways(path):
                for safe in ("", ";"):
                    name = quote(way, safe=_APACHE_SAFE + safe, errors="surrogateescape")
                    name = "p" + (re.sub("%..", lambda code: code[0].lower(), name) if case else name.lower())
                    for values in queries:
                        tail = "?" + "".join([f"&{_query_text(key)}={values[key]}" for key in sorted(values)]) if query else ""
                        found.setdefault(name + (tail if case else tail.lower()), answer)
        return "".join([f"{key} {answer}\n" for key, answer in found.items()]).encode()

    # Files that are served as they are

    def netlify(self) -> bytes:
        """Return the `_redirects` of the old host, for Netlify, Cloudflare Pages and GitLab Pages: first match wins."""
        exact = {row.place.key for row in self.exact}
        lines = ["# Écrit par la migration : ne pas modifier à la main.\n"]
        ordered = [line for line in self.lines if line[1]] + [line for line in self.lines if not line[1]]
        ordered += [(row.place.path, "", row.status, self.target(row), False, row) for row in self.prefixes]
        for path, query, status, target, plain, row in ordered:
            answer = f"{target}{':splat' if row.carries else ''} 301\n" if status == 301 else f"/{status}.html {status}\n"
            if plain:
                lines.append(f"{path or '/'} {query.replace('&', ' ')} {answer}" if query else f"{path or '/'} {answer}")
                continue
            for way in _ways(path):
                for source in netlify_sources(replace(row, place=row.place._replace(path=way)), self.own, exact, True):
                    lines.append(f"{source} {answer}")
        return "".join(lines).encode()

    def sitemaps(self) -> Iterator[tuple[str, bytes]]:
        """Yield the sitemap of the addresses that are redirected, so that search engines ask for them again; split as sitemaps.org says."""
        head = f"http://{self.hosts[0]}"
        urls = [f"<url><loc>{head}{self._url(*line[:2])}</loc></url>\n" for line in self.lines if line[2] == 301]
        parts = [urls[start:start + SITEMAP_URLS] for start in range(0, len(urls), SITEMAP_URLS)]
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
        names = [f"{SITEMAP}.xml"] if len(parts) == 1 else [f"{SITEMAP}-{number}.xml" for number in range(1, len(parts) + 1)]
        for name, part in zip(names, parts):
            yield name, f"{declaration}<urlset {space}>\n{''.join(part)}</urlset>\n".encode()
        if len(parts) > 1:
            entries = "".join(f"<sitemap><loc>{head}/{name}</loc></sitemap>\n" for name in names)
            yield f"{SITEMAP}.xml", f"{declaration}<sitemapindex {space}>\n{entries}</sitemapindex>\n".encode()

    def _url(self, path: str, query: str) -> str:
        if not path or not _PLAIN_PATH(path):
            path = quote(path or "/", safe=_PATH_SAFE)
        if query:
            query = "?" + (query if _PLAIN_QUERY(query) else quote(query, safe="%=&/:@!$'()*,;~-._"))
        return escape(path + query) if query or "&" in path or "'" in path else path


def _ways(path: str) -> list[str]:
    """The decoded spellings in which a path may reach a server; bytes that are not UTF-8 are surrogates."""
    return [path] if path.isascii() else [way.decode("utf-8", "surrogateescape") for way in spellings(path.replace("%", "%25"))]


def _value_ways(said: Mapping[str, str]) -> list[dict[str, str]]:
    """The ways in which browsers, forms and people send the same values, percent-encoded."""
    ways = []
    decoded = {name: spellings(value) for name, value in said.items()}
    for encoding in range(max(len(values) for values in decoded.values())):
        values = {name: values[min(encoding, len(values) - 1)] for name, values in decoded.items()}
        for safe in (_RAW_QUERY_SAFE, ""):
            way = {name: quote(value, safe=safe) for name, value in values.items()}
            ways += [way, {name: value.replace("%20", "+") for name, value in way.items()}]
    return [dict(way) for way in dict.fromkeys(tuple(way.items()) for way in ways)]


def _query_text(name: str) -> str:
    return name if _PLAIN_QUERY(name) else quote(name, safe="-._~")

