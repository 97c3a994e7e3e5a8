"""Redirects that keep old addresses alive: read from CSV, checked row by row, resolved so that one hop is enough.

A file of `contenu/_redirections/` has the columns `source_host,source_path,target,status`. An empty host, or the site's own,
means this site. A path that ends in `/*` stands for everything below it; a target that ends in `/*` then keeps the rest of
the address. Status is 301, 302 or 410 (gone, without target). A row whose status is `alias`, without path, says that its host had the
same pages as the host in its target: each row of that host in the same file stands for both.

Sources are compared decoded, without regard to ASCII capitals or to a final « / »: nginx compares the keys of a `map` so, and
the servers of the old sites mostly did.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote, urlsplit

from fleuve.problem import ERROR, WARNING, Problem

HEADER = ("source_host", "source_path", "target", "status")
STATUSES = (301, 302, 410)
MAX_FILE_BYTES = 64 * 1024 * 1024  # About 600,000 rows: twice the largest list that GOV.UK ever moved at once.
MAX_ROW = 8192  # Servers refuse a request line above 8 KB: a longer source could never be asked for.

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_FIELD = re.compile(r'\s*"((?:[^"]|"")*)"\s*|[^"]*?')
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"/{2,}")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_INSTEAD = {"308": "301", "303": "302", "307": "302", "404": "410", "": "301"}


class Own(NamedTuple):
    """The site's own address: host name, and base path (« / » or « /sous-dossier/ »)."""

    host: str
    base: str

    @classmethod
    def of(cls, site_url: str) -> Own:
        """The own address that a site URL says."""
        parts = urlsplit(site_url)
        return cls((parts.hostname or "").lower(), parts.path.rstrip("/") + "/")


class Place(NamedTuple):
    """A point that a redirect can start from: host ('' for this site), canonical path ('' for the root), query."""

    host: str
    path: str
    query: str = ""

    @property
    def key(self) -> str:
        """One string for the place; two addresses that the server cannot tell apart have the same."""
        host, path, query = self
        return f"{host}{path}?{query.translate(_LOWER)}" if query else host + path


@dataclass(frozen=True, slots=True)
class Redirect:
    """One row. `target` is root-relative (base path left out) or absolute, '' when gone; without its `*` if it `carries`."""

    place: Place
    prefix: bool
    target: str
    carries: bool
    status: int
    file: str = ""
    line: int = 0
    columns: tuple[int, int] = (1, 1)
    """Where the source path and the target are written in the line, from 1."""

    @property
    def source(self) -> str:
        """The source as a person reads it."""
        return self.place.host + (self.place.path or ("" if self.prefix else "/")) + (
            "?" + self.place.query if self.place.query else "") + ("/*" if self.prefix else "")

    @property
    def where(self) -> str:
        """`file:line`, to name this row in the message about another."""
        return f"{self.file}:{self.line}"

    def destination(self, raw_path: str, query: str = "") -> str:
        """Where a request for `raw_path` goes: the target, plus the rest of the path and the query if the row carries them."""
        if not self.carries:
            return self.target
        depth = self.place.path.count("/")
        rest = "/".join([part for part in raw_path.split("/") if part][depth:])
        if rest and raw_path.endswith("/"):
            rest += "/"
        return self.target + rest + ("?" + query if query else "")


class Refused(Exception):
    """A field that cannot be accepted: position in the field, code, message and remedy, both French."""

    def __init__(self, code: str, message: str, remedy: str, at: int = 0, field: int = 0):
        super().__init__(message)
        self.code, self.message, self.remedy, self.at, self.field = code, message, remedy, at, field


# Reading


def parse(data: bytes, file: str, own: Own) -> tuple[list[Redirect], list[Problem]]:
    """Read one CSV file.

    Takes its bytes, its name relative to the content folder and the site's own address. Returns the rows that can be
    understood, in order, and the problems found; raises nothing.
    """
    rows: list[Redirect] = []
    problems: list[Problem] = []
    if len(data) > MAX_FILE_BYTES:
        size, limit = len(data) // 1048576, MAX_FILE_BYTES // 1048576
        return rows, [Problem(file, 1, 1, ERROR, "fichier-trop-gros", f"Ce fichier fait {size} Mo ; la limite est de {limit} Mo.",
                              "Séparez-le en plusieurs fichiers, par exemple un par ancien site.")]
    aliases: list[tuple[str, str]] = []
    delimiter = ""
    for number, line in _lines(data, file, problems):
        try:
            if not delimiter:
                delimiter = _delimiter(line)
            elif line.endswith("alias") and (alias := _alias(line, delimiter, own)):
                aliases.append(alias)
            else:
                rows.append(_row(line, delimiter, own, file, number))
        except Refused as refused:
            column = _column(line, delimiter or ",", refused)
            problems.append(Problem(file, number, column, ERROR, refused.code, refused.message, refused.remedy))
            if not delimiter:
                break
    return rows + [replace(row, place=row.place._replace(host=other)) for other, host in aliases for row in rows if row.place.host == host], problems


def _alias(line: str, delimiter: str, own: Own) -> tuple[str, str] | None:
    """The two hosts of a row that says that one is the other; None if it is another row."""
    fields = [text for text, _ in _fields(line, delimiter)]
    if len(fields) != 4 or fields[3] != "alias":
        return None
    other, host = _host(fields[0], own), _host(fields[2], own)
    if fields[1] or not other or not host or other == host:
        raise Refused("alias", "Un alias nomme deux anciens hôtes différents, sans chemin.",
                      "Écrivez « ancien.exemple.quebec,,www.ancien.exemple.quebec,alias ».")
    return other, host


def _lines(data: bytes, file: str, problems: list[Problem]) -> Iterator[tuple[int, str]]:
    data = data.removeprefix(b"\xef\xbb\xbf")
    for number, raw in enumerate(data.split(b"\n"), 1):
        raw = raw.rstrip(b"\r")
        if not raw.strip() or raw.startswith(b"#"):
            continue
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            column = len(raw[:error.start].decode("utf-8", "replace")) + 1
            problems.append(Problem(file, number, column, ERROR, "encodage", "Cette ligne n’est pas en UTF-8.",
                                    "Dans votre tableur, enregistrez le fichier au format « CSV UTF-8 »."))
            continue
        if len(line) > MAX_ROW:
            problems.append(Problem(file, number, MAX_ROW + 1, ERROR, "ligne-trop-longue",
                                    f"Cette ligne dépasse {MAX_ROW} caractères ; aucun serveur n’accepte une telle adresse.",
                                    "Raccourcissez l’adresse ou retirez la ligne."))
            continue
        yield number, line


def _delimiter(line: str) -> str:
    for delimiter in (",", ";", "\t"):  # A French Excel writes « ; ».
        names = [name.strip().strip('"').lower() for name in line.split(delimiter)]
        if names == list(HEADER):
            return delimiter
    raise Refused("entete", "La première ligne doit nommer les colonnes.", "Écrivez en tête : « " + ",".join(HEADER) + " ».")


def _fields(line: str, delimiter: str) -> list[tuple[str, int]]:
    """The fields of a line, each with the column (from 0) where its text starts."""
    if '"' not in line:
        fields, start = [], 0
        for text in line.split(delimiter):
            bare = text.strip()
            fields.append((bare, start + (text.index(bare) if bare else 0)))
            start += len(text) + 1
        return fields
    fields, start = [], 0
    while True:
        end = _field_end(line, delimiter, start)
        text = line[start:end]
        quoted = _FIELD.fullmatch(text)
        if quoted is None:
            raise Refused("guillemets", "Les guillemets de cette ligne ne sont pas refermés.",
                          'Encadrez tout le champ de « " » et doublez les guillemets qu’il contient.', start, -1)
        bare = quoted[1].replace('""', '"').strip() if quoted[1] is not None else text.strip()
        fields.append((bare, start + text.find(bare[:1]) if bare else start))
        if end == len(line):
            return fields
        start = end + 1


def _field_end(line: str, delimiter: str, start: int) -> int:
    inside = False
    for position in range(start, len(line)):
        if line[position] == '"':
            inside = not inside
        elif line[position] == delimiter and not inside:
            return position
    return len(line)


def _column(line: str, delimiter: str, refused: Refused) -> int:
    if refused.field < 0:
        return refused.at + 1
    try:
        fields = _fields(line, delimiter)
    except Refused:
        return 1
    return fields[min(refused.field, len(fields) - 1)][1] + refused.at + 1


def _row(line: str, delimiter: str, own: Own, file: str, number: int) -> Redirect:
    fields = _fields(line, delimiter)
    if len(fields) != 4:
        raise Refused("colonnes", f"Cette ligne a {len(fields)} colonnes au lieu de 4.",
                      f"Attendu : {delimiter.join(HEADER)}. Une adresse qui contient « {delimiter} » s’écrit entre guillemets.",
                      field=min(len(fields) - 1, 4))
    (host, _), (path, path_at), (target, target_at), (status, _) = fields
    code = _status(status)
    place, prefix = _source(_host(host, own), path, own)
    target, carries = read_target(target, code, prefix, own)
    return Redirect(place, prefix, target, carries, code, file, number, (path_at + 1, target_at + 1))


def _status(text: str) -> int:
    if text in ("301", "302", "410"):
        return int(text)
    better = _INSTEAD.get(text, "301")
    raise Refused("statut", f"Le statut « {text} » n’est pas accepté.",
                  f"Écrivez {better} (301 : déplacée pour de bon, 302 : pour un temps, 410 : retirée sans remplacement).", field=3)


@lru_cache(4096)
def _host(text: str, own: Own) -> str:
    if not text:
        return ""
    host = text.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        meant = urlsplit(text if "//" in text else "//" + text)
        name = _safe_hostname(meant)
        remedy = f"Écrivez « {name} »." if name and name != text else "Écrivez le nom seul, comme « www.ancien-site.exemple.quebec »."
        raise Refused("hote", f"« {text} » n’est pas un nom d’hôte.", remedy)
    return "" if host == own.host else host


def _safe_hostname(parts) -> str:
    try:
        name = parts.hostname or ""
    except ValueError:
        return ""
    return name if "." in name and all(_LABEL.fullmatch(label) for label in name.split(".")) else ""


def _source(host: str, text: str, own: Own) -> tuple[Place, bool]:
    if not text.startswith("/"):
        remedy = "Écrivez l’hôte dans la première colonne et seulement le chemin ici, à partir de « / »." if "//" in text \
            else f"Écrivez « /{text} »."
        raise Refused("chemin", f"Le chemin « {text} » doit commencer par « / ».", remedy, field=1)
    if "#" in text:
        raise Refused("chemin", "Un navigateur n’envoie jamais au serveur ce qui suit « # ».",
                      f"Écrivez « {text.split('#')[0]} ».", text.index("#"), 1)
    path, question, query = text.partition("?")
    prefix = path.endswith("/*")
    body = path[:-1] if prefix else path
    if "*" in body or "*" in query or (prefix and question):
        start = text.index("*")
        raise Refused("etoile", "« * » ne peut être qu’à la fin du chemin, après « / ».",
                      f"Écrivez « {text[:start].rstrip('/')}/* », ou une ligne par adresse.", start, 1)
    _check_characters(text, 1)
    place = Place(host, canonical(_without_base(body, own) if not host else body), query)
    return place, prefix


def _check_characters(text: str, field: int) -> None:
    """Refuse control characters and `..`, written as such or percent-encoded."""
    path = text.partition("?")[0]
    decoded = unquote(text, errors="surrogateescape")
    if found := _CONTROL.search(text) or _CONTROL.search(decoded):
        at = found.start() if _CONTROL.search(text) else 0
        raise Refused("caractere-de-controle", "Cette adresse contient un caractère de contrôle, invisible.",
                      "Retapez l’adresse à la main.", at, field)
    if any(part in (".", "..") for part in unquote(path, errors="surrogateescape").replace("\\", "/").split("/")):
        raise Refused("chemin-relatif", "Une adresse ne peut pas contenir « . » ou « .. » entre deux « / ».",
                      "Écrivez le chemin complet.", max(path.find(".."), 0), field)


def read_target(text: str, status: int, prefix: bool, own: Own) -> tuple[str, bool]:
    """Check a target and return it as a Redirect holds it, with whether it carries the rest of the address. Raises Refused."""
    if status == 410:
        if text:
            raise Refused("cible-inutile", "Une adresse retirée (410) n’a pas de cible.",
                          "Videz la colonne « target », ou écrivez 301 si la page a été déplacée.", field=2)
        return "", False
    _check_target(text)
    carries = text.endswith("/*")
    bare = text[:-1] if carries else text
    if "*" in bare:
        raise Refused("etoile", "« * » ne peut être qu’à la fin de la cible, après « / ».",
                      f"Écrivez « {bare.split('*')[0].rstrip('/')}/* ».", bare.index("*"), 2)
    if carries and not prefix:
        raise Refused("etoile", "La cible garde la suite de l’adresse (« * »), mais la source n’a pas de suite.",
                      "Ajoutez « /* » à la fin de la source, ou retirez « * » de la cible.", len(bare), 2)
    if carries and ("?" in bare or "#" in bare):
        raise Refused("etoile", "La suite de l’adresse ne peut pas s’ajouter après « ? » ou « # ».",
                      "Retirez « * », « ? » et « # » de la cible.", len(bare), 2)
    return _own_target(_encode(bare), own), carries


def _check_target(text: str) -> None:
    if not text:
        raise Refused("cible-absente", "Il manque l’adresse où conduire la personne.",
                      "Remplissez la colonne « target », ou écrivez 410 si la page est retirée sans remplacement.", field=2)
    _check_characters(text.partition("#")[0], 2)
    if _CONTROL.search(text):
        raise Refused("caractere-de-controle", "La cible contient un caractère de contrôle, invisible.", "Retapez l’adresse à la main.", field=2)
    if text.startswith("/") and not text.startswith(("//", "/\\")):
        return
    if text.startswith(("//", "/\\")):
        raise Refused("cible", f"« {text} » mène à un autre site sans le dire.", f"Écrivez « https:{text} » s’il s’agit d’un autre site.", field=2)
    if not text.lower().startswith(("https://", "http://")):
        raise Refused("cible", f"La cible « {text} » n’est ni un chemin du site ni une adresse web.",
                      f"Écrivez « /{text} » ou « https://{text} »." if ":" not in text else "Commencez par « / » ou par « https:// ».", field=2)
    _check_target_host(text)


def _check_target_host(text: str) -> None:
    try:
        parts = urlsplit(text)
        name, _ = parts.hostname or "", parts.port
        labels = name.encode("idna").decode("ascii").split(".")
    except (ValueError, UnicodeError):
        labels, parts = [""], None
    if parts is None or "@" in parts.netloc or not all(_LABEL.fullmatch(label) for label in labels) or "\\" in text:
        raise Refused("cible", f"« {text} » n’a pas un nom d’hôte correct.", "Écrivez l’adresse comme dans la barre du navigateur.", field=2)


def _encode(target: str) -> str:
    """Percent-encode whatever a header, a configuration file or a page could misread, `$` included."""
    head, slashes, tail = target.partition("://")
    if slashes:
        host, slash, rest = tail.partition("/")
        for mark in "?#":
            if mark in host:
                host, _, query = host.partition(mark)
                rest, slash = mark + query + slash + rest, "/"
        name, colon, port = host.partition(":")
        return f"{head.lower()}://{name.lower().encode('idna').decode('ascii')}{colon}{port}/{_quoted(rest)}"
    return _quoted(target)


def _quoted(text: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", text), safe="%/:?#[]@!&'()*+,;=~-._")


def _own_target(target: str, own: Own) -> str:
    """The same target, root-relative when it is on this site."""
    if target.startswith("/"):
        return _without_base(target, own)
    if urlsplit(target).hostname == own.host:
        return _without_base("/" + target.split("/", 3)[3], own)
    return target


def _without_base(path: str, own: Own) -> str:
    if own.base != "/" and path.startswith(own.base):
        path = path[len(own.base) - 1:]
    # Two slashes in front would make a browser leave for another host.
    return "/" + path.lstrip("/\\") if path.startswith(("//", "/\\")) else path


def path_of(url: str, own: Own) -> str:
    """The path of a page of this site as redirects compare it, from its root-relative URL."""
    return canonical(_without_base(url, own))


def canonical(path: str) -> str:
    """The path as the server compares it: decoded, single slashes, no final slash, ASCII letters lowered; '' for the root.

    Bytes that are not UTF-8 (old sites in Latin-1) stay as surrogates.
    """
    if "%" in path:
        path = unquote(path, errors="surrogateescape")
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path.rstrip("/").translate(_LOWER)


def locate(target: str, hosts: Iterable[str]) -> Place | None:
    """The place that a target leads to, if it is on this site or on a host that has redirects; None elsewhere."""
    target = target.partition("#")[0]
    if target.startswith("/"):
        path, _, query = target.partition("?")
        return Place("", canonical(path), query)
    parts = urlsplit(target)
    if parts.hostname in hosts and parts.port in (None, 80, 443):
        return Place(parts.hostname, canonical(parts.path), parts.query)
    return None


Where = Callable[[str, Iterable[str]], Place | None]
"""Finds the place that a target leads to, among hosts that have redirects."""


# The table


class Table:
    """Redirects by source: exact with query first, then exact, then the longest prefix."""

    def __init__(self, rows: Iterable[Redirect] = ()):
        self.exact: dict[str, Redirect] = {}
        self.prefixes: dict[str, Redirect] = {}
        for row in rows:
            (self.prefixes if row.prefix else self.exact)[row.place.key] = row
        self.hosts = {row.place.host for row in self} - {""}

    def __iter__(self) -> Iterator[Redirect]:
        yield from self.exact.values()
        yield from self.prefixes.values()

    def find(self, place: Place) -> Redirect | None:
        """The one redirect that answers a request for `place`, or None."""
        if place.query and (row := self.exact.get(place.key)):
            return row
        return self.exact.get(place.host + place.path) or self.covering(place)

    def covering(self, place: Place) -> Redirect | None:
        """The longest prefix that holds `place`, or None."""
        path = place.path
        while (row := self.prefixes.get(place.host + path)) is None and path:
            path = path.rpartition("/")[0]
        return row


# Checking


class Existing(Protocol):
    """What exists on this site, as redirects ask it: `Pages`, or what keeps them elsewhere than in memory. Paths are canonical."""

    def __contains__(self, path: str) -> bool: ...

    def below(self, path: str) -> list[str]: ...

    def nearest(self, path: str) -> str: ...


class Pages:
    """The addresses of this site that exist, as redirects compare them."""

    def __init__(self, urls: Iterable[str], own: Own, is_file: Callable[[str], bool] = lambda path: False):
        self._by_path = {path_of(url, own): url for url in urls}
        self._sorted: list[str] | None = None
        self._by_name: dict[str, str] | None = None
        self._is_file = is_file

    def __contains__(self, path: str) -> bool:
        return path in self._by_path or ("." in path.rpartition("/")[2] and self._is_file(path))

    def below(self, path: str) -> list[str]:
        """The canonical paths of the pages at `path` or under it."""
        if self._sorted is None:
            self._sorted = sorted(self._by_path)
        found = [path] if path in self._by_path else []
        start = bisect_left(self._sorted, path + "/")
        return found + self._sorted[start:bisect_left(self._sorted, path + "0", start)]  # « 0 » follows « / » in ASCII

    def nearest(self, path: str) -> str:
        """The URL of a page whose last part is the same, or ''."""
        if self._by_name is None:
            self._by_name = {known.rpartition("/")[2]: url for known, url in self._by_path.items() if known}
        return self._by_name.get(path.rpartition("/")[2], "")


def validate(rows: Iterable[Redirect], pages: Existing) -> tuple[list[Redirect], list[Problem]]:
    """Check rows against one another and against the pages of the site.

    Returns the rows that can be served (of two rows for one source, the first) and the problems: duplicates, conflicts,
    sources that would hide a page, targets that do not exist.
    """
    problems: list[Problem] = []
    kept = list(distinct(rows, problems))
    table = Table(kept)
    sound = []
    for row in kept:
        problem = _hides_page(row, pages) or _leads_nowhere(row, pages, table)
        if problem:
            problems.append(problem)
        else:
            sound.append(row)
    return sound, problems


def distinct(rows: Iterable[Redirect], problems: list[Problem]) -> Iterator[Redirect]:
    """Yield the first row of each source; the others are told in `problems`."""
    seen: dict[tuple[bool, str], Redirect] = {}
    for row in rows:
        first = seen.setdefault((row.prefix, row.place.key), row)
        if first is row:
            yield row
        elif (first.target, first.status, first.carries) == (row.target, row.status, row.carries):
            problems.append(_problem(row, WARNING, "redirection-en-double", f"« {row.source} » est déjà redirigée au même endroit ({first.where}).",
                                     "Retirez cette ligne."))
        else:
            problems.append(_problem(row, ERROR, "redirection-en-conflit",
                                     f"« {row.source} » est déjà redirigée ailleurs ({first.where} : « {_shown(first)} »).",
                                     "Gardez une seule des deux lignes ; le serveur ne distingue pas les majuscules ni la barre finale."))


def _hides_page(row: Redirect, pages: Existing) -> Problem | None:
    if row.place.host or row.place.query:
        return None
    hidden = pages.below(row.place.path) if row.prefix else [row.place.path] if row.place.path in pages else []
    if not hidden:
        return None
    count = f"{len(hidden)} pages du site" if len(hidden) > 1 else "une page du site"
    return _problem(row, ERROR, "redirection-cache-page", f"« {row.source} » cacherait {count} (« {hidden[0] or '/'} »).",
                    "Retirez la ligne, ou déplacez d’abord la page.")


def _leads_nowhere(row: Redirect, pages: Existing, table: Table) -> Problem | None:
    place = locate(row.target, ()) if row.target else None
    if place is None:
        return None
    found = (pages.below(place.path) or table.covering(place)) if row.carries else (place.path in pages or table.find(place))
    if found:
        return None
    near = pages.nearest(place.path)
    remedy = f"Vouliez-vous dire « {near} » ?" if near else "Corrigez l’adresse, ou écrivez 410 si la page est retirée sans remplacement."
    return _problem(row, ERROR, "cible-introuvable", f"La cible « {_shown(row)} » n’existe pas sur le site.", remedy, True)


def _shown(row: Redirect) -> str:
    return (row.target + ("*" if row.carries else "")) or str(row.status)


def _problem(row: Redirect, severity: str, code: str, message: str, remedy: str, on_target: bool = False) -> Problem:
    return Problem(row.file, row.line, row.columns[on_target], severity, code, message, remedy)


# Resolving


def resolve(rows: Iterable[Redirect], where: Where = locate) -> tuple[list[Redirect], list[Problem]]:
    """Replace each target that is itself redirected by where it ends. `where` finds the place of a target.

    Returns rows of which none leads to the source of another, and one problem for each row that had to be changed or
    dropped. A chain is an error that names both rows, and is served resolved all the same; a loop is dropped.

    Why nothing can go round after this: no source covers a target any more, so a redirect that carries the rest of an
    address can only be followed by one whose source uses up some of that rest, and the rest is finite.
    """
    table = Table(rows)
    problems: list[Problem] = []
    final = []
    for row in table:
        ending, trail = _follow(row, table, where)
        if ending is None:
            problems.append(_loop(row, trail))
            continue
        if len(trail) > 1:
            problems.append(_chain(row, trail[1], ending))
        final.append(ending)
    return final, problems + _second_hops(final, where)


def _follow(row: Redirect, table: Table, where: Where) -> tuple[Redirect | None, list[Redirect]]:
    trail, ending = [row], row
    while ending.target and (place := where(ending.target, table.hosts)):
        following = table.covering(place) if ending.carries else table.find(place)
        if following is None:
            break
        if following in trail:
            return None, [*trail, following]
        trail.append(following)
        path, _, query = ending.target.partition("#")[0].partition("?")
        if not path.startswith("/"):
            path = urlsplit(path).path
        target = following.destination(path, query)
        if ending.carries and following.carries and not target.endswith("/"):
            target += "/"
        status = 410 if following.status == 410 else ending.status
        ending = replace(ending, target=target, carries=ending.carries and following.carries, status=status)
    return ending, trail


def _loop(row: Redirect, trail: list[Redirect]) -> Problem:
    steps = " → ".join(f"« {step.source} » ({step.where})" for step in trail[:6])
    return _problem(row, ERROR, "redirection-en-boucle", f"Cette redirection tourne en rond : {steps}.",
                    "Retirez une de ces lignes, ou donnez-lui une cible qui n’est pas redirigée.", True)


def _chain(row: Redirect, following: Redirect, ending: Redirect) -> Problem:
    remedy = f"Écrivez « {_shown(ending)} » comme cible." if ending.status != 410 \
        else "Videz la cible et écrivez 410 : la page visée est retirée."
    return _problem(row, ERROR, "redirection-en-chaine",
                    f"La cible de « {row.source} » ({row.where}) est elle-même redirigée par « {following.source} » ({following.where}).",
                    remedy, True)


def _second_hops(rows: list[Redirect], where: Where) -> list[Problem]:
    """One warning for each carrying row below whose target some addresses are redirected again."""
    hosts = {row.place.host for row in rows}
    carrying = [(row, target) for row in rows if row.carries and (target := where(row.target, hosts))]
    if not carrying:
        return []
    sources, targets = {row.place.host for row, _ in carrying}, {target.host for _, target in carrying}
    table = Table(row for row in rows if row.place.host in sources)
    ordered = sorted((row for row in rows if row.place.host in targets), key=lambda row: row.place.key)
    keys = [row.place.key for row in ordered]
    return [problem for row, target in carrying if (problem := _second_hop(row, table, ordered, keys, target))]


def _second_hop(row: Redirect, table: Table, ordered: list[Redirect], keys: list[str], target: Place) -> Problem | None:
    root = target.host + target.path
    for other in ordered[bisect_left(keys, root):bisect_left(keys, root + "0")]:  # « 0 » follows « / » in ASCII
        rest = other.place.path[len(target.path):]
        if other is row or other.place.host != target.host or rest[:1] not in ("", "/"):
            continue
        asked = Place(row.place.host, row.place.path + rest, other.place.query)
        if table.find(asked) is row:
            return _problem(row, WARNING, "redirection-en-deux-temps",
                            f"Sous la cible de « {row.source} », « {other.source} » est redirigée à son tour ({other.where}).",
                            f"Ajoutez une ligne pour « {replace(other, place=asked).source} » avec la cible « {_shown(other)} ».", True)
    return None
