"""The report of the migration that people read: static pages, in French, without a script, and the same in CSV and JSON.

    OUT/index.html                     all sites
    OUT/sites.csv, sites.json
    OUT/SITE/index.html                a site: figures, and the way to its pages
    OUT/SITE/GROUP-1.html, GROUP-2…    its pages, those that need a look first in the first groups (see GROUPS)
    OUT/SITE/comparaisons/ab/….html    an old page and its new one, side by side
    OUT/SITE/pages.csv, pages.jsonl, site.json

Pages are read once, and sorted on disk: memory does not grow with them. Nothing depends on a clock: the same reports give the same bytes.
"""

from __future__ import annotations

import csv
import itertools
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import orjson

from fleuve.slug import slugify
from migration import comparison
from migration.page_report import LABELS, PageReport, SiteReport
from migration.page_shelf import PageShelf
from migration.report_page import Theme
from migration.site_totals import Totals

# Rows of one file: as many as a person scrolls through, and in any case less than 1 MB.
ROWS_MAX, BYTES_MAX = 250, 700_000
SITES_MAX = 1000


@dataclass(frozen=True)
class Group:
    """Some pages of a site: the first group that takes a page has it."""

    id: str
    title: str
    text: str


GROUPS = (
    Group("erreurs", "Erreurs", "Ces pages n’ont pas pu être converties."),
    Group("conflits", "Conflits", "Une personne a décidé ou modifié ce que la migration propose autrement\u00a0: rien n’a été écrasé."),
    Group("a-decider", "À décider", "Personne ne sait encore ce que deviennent ces adresses."),
    Group("pertes", "Pertes", "Quelque chose de ces pages n’a pas pu être gardé, et personne ne les a relues."),
    Group("confiance", "Confiance basse", "La décision proposée est peu sûre, et personne ne l’a relue."),
    Group("garder", LABELS["garder"], "Ces pages ont leur place dans le nouveau site."),
    Group("fusionner", LABELS["fusionner"], "Le contenu de ces pages rejoint celui d’une autre."),
    Group("rediriger", LABELS["rediriger"], "Ces adresses mènent à une autre page."),
    Group("archiver", LABELS["archiver"], "Ces pages ne sont pas reprises\u00a0: leur adresse répond qu’elles sont retirées (410)."),
)
CSV_COLUMNS = ("ancienne", "titre", "decision", "cible", "raison", "confiance", "methode", "relu_par", "date", "demandes", "langue", "pertes", "remarques",
               "conflit", "erreur")
SITE_COLUMNS = ("site", "titre", "pages", "decidees", "part_decidee", "demandes", "demandes_decidees", "a_regarder", "erreurs", "conflits", "fermable")
# A cell that begins with one of these is a formula for a spreadsheet (OWASP, « CSV Injection »).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(out: Path, sites: Iterable[SiteReport], title: str = "Migration des sites") -> Totals:
    """Write the dashboard of these sites to a folder, in place of the one that was there, and return what they add up to.

    Each site is read to its end before the next is asked for. Raises OSError when the folder cannot be written, ValueError when two sites have one name.
    """
    theme = Theme(out)
    theme.write_files()
    totals, rows = Totals(), []
    for site in sites:
        folder = slugify(site.name) or "site"
        if any(folder == row["dossier"] for row in rows):
            raise ValueError(f"Deux sites portent le nom «\u00a0{site.name}\u00a0»\u00a0: donnez-leur des noms distincts.")
        mine = _write_site(out / folder, folder, site, theme, title)
        totals.join(mine)
        rows.append({**site.to_json(), "dossier": folder, "titre": site.title or site.name, "totaux": mine})
    rows.sort(key=lambda row: (row["titre"].casefold(), row["dossier"]))
    _forget(out, {row["dossier"] for row in rows})
    theme.render(out / "index.html", "sites.html", 0, titre=title, totaux=totals, sites=rows)
    _write_lists(out, rows, totals)
    return totals


def _forget(out: Path, written: set[str]) -> None:
    """Remove the sites of the report before, and nothing else, when they are in this one no more."""
    for file in out.glob("*/site.json"):
        folder = file.parent
        if folder.name not in written and not folder.is_symlink() and (folder / "pages.jsonl").is_file() and (folder / "index.html").is_file():
            shutil.rmtree(folder)


def _write_lists(out: Path, rows: list[dict], totals: Totals) -> None:
    with _csv(out / "sites.csv", SITE_COLUMNS) as sheet:
        for row in rows:
            values = row["totaux"].to_json()
            sheet.write([row["site"], row["titre"], *(values[key] for key in sheet.columns[2:-1]), "oui" if values["fermable"] else "non"])
    data = {"totaux": totals.to_json(), "sites": [{**row, "totaux": row["totaux"].to_json()} for row in rows]}
    (out / "sites.json").write_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2))


def _write_site(folder: Path, name: str, site: SiteReport, theme: Theme, home: str) -> Totals:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    totals, title = Totals.of(site), site.title or site.name
    with tempfile.TemporaryDirectory(prefix=".tri-", dir=folder) as place, PageShelf(Path(place)) as shelf:
        for page in site.pages:
            totals.add(page)
            compared = _compare(folder, page, theme, title) if page.before or page.after else ""
            shelf.put(page, _group_of(page), compared)
        groups = [(group, count) for group in GROUPS if (count := shelf.count(group.id))]
        files = [(group, count, _write_group(folder, group, count, shelf.of(group.id), theme, title, home)) for group, count in groups]
        first = list(itertools.islice((row for group, _ in groups[:5] for row in shelf.of(group.id)), 10)) if totals.to_look_at else []
        theme.render(folder / "index.html", "site.html", 1, titre=title, accueil=home, site=site, totaux=totals, groupes=files, premieres=first)
        with _csv(folder / "pages.csv", CSV_COLUMNS) as sheet, (folder / "pages.jsonl").open("wb") as lines:
            for row in shelf.all():
                lines.write(orjson.dumps(row) + b"\n")
                sheet.write([" | ".join(value) if isinstance(value := row[column], list) else value for column in CSV_COLUMNS])
    (folder / "site.json").write_bytes(orjson.dumps({**site.to_json(), "totaux": totals.to_json()}, option=orjson.OPT_INDENT_2))
    return totals


def _group_of(page: PageReport) -> str:
    if page.error:
        return "erreurs"
    if page.conflict:
        return "conflits"
    if not page.is_decided or page.decision not in LABELS:
        return "a-decider"
    if page.needs_a_look:
        return "pertes" if page.losses else "confiance"
    return page.decision


def _write_group(folder: Path, group: Group, count: int, rows: Iterator[dict], theme: Theme, site: str, home: str) -> list[str]:
    """Write the files of a group; returns their names."""
    names: list[str] = []
    lots = _lots(theme.row(row) for row in rows)
    lot, done = next(lots, None), 0
    while lot is not None:
        following = next(lots, None)
        names.append(f"{group.id}-{len(names) + 1}.html")
        neighbours = {"precedente": names[-2] if len(names) > 1 else "", "suivante": f"{group.id}-{len(names) + 1}.html" if following else ""}
        theme.render(folder / names[-1], "pages.html", 1, titre=group.title, site=site, accueil=home, groupe=group, nombre=count, numero=len(names), rangs=lot,
                     premier=done + 1, dernier=done + len(lot), **neighbours)
        done += len(lot)
        lot = following
    return names


def _lots(rows: Iterator[str]) -> Iterator[list[str]]:
    lot, size = [], 0
    for row in rows:
        weight = len(row.encode())
        if lot and (len(lot) == ROWS_MAX or size + weight > BYTES_MAX):
            yield lot
            lot, size = [], 0
        lot.append(row)
        size += weight
    if lot:
        yield lot


def _compare(folder: Path, page: PageReport, theme: Theme, site: str) -> str:
    """Write the comparison of a page; returns its path in the folder of the site."""
    digest = blake2b(page.old.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    path = f"comparaisons/{digest[:2]}/{digest[2:]}.html"
    before, before_cut = comparison.shown(page.before)
    after, after_cut = comparison.shown(page.after)
    gone, come = comparison.difference(page.before, page.after)
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    theme.render(folder / path, "comparaison.html", 3, titre=page.title or page.old, site=site, page=page, groupe=_group_of(page), avant=before, apres=after,
                 coupe=before_cut or after_cut, disparus=gone, venus=come, mots_montres=comparison.WORDS_SHOWN)
    return path


class _csv:
    """A sheet that French spreadsheets open as it is: semicolons, a byte-order mark, no cell that would be a formula."""

    def __init__(self, file: Path, columns: tuple[str, ...]) -> None:
        self.columns = columns
        self._stream = file.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._writer = csv.writer(self._stream, delimiter=";", lineterminator="\r\n")
        self._writer.writerow(columns)

    def __enter__(self) -> _csv:
        return self

    def __exit__(self, *_) -> None:
        self._stream.close()

    def write(self, cells: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow([_cell(cell) for cell in cells])


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, str):
        text = value.replace("\r", " ").replace("\n", " ").replace("\x00", "")
        return "'" + text if text.startswith(_FORMULA) else text
    return value
