"""`build.py search`: what a reader of the site would find, from the index that it has built; and what editors can mend of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from fleuve import settings as settings_module
from fleuve.search import FOLDERS, wanted
from fleuve.search.reader import Question, Reader
from fleuve.settings import Settings, SettingsError
from fleuve.typography import counted, space

FACETS = ("theme", "organisme", "type", "public", "region")
"""Those that --facette takes; the period has --du and --au."""


def run(options: argparse.Namespace) -> int:
    """Answer, or report. Returns the exit code. Raises SettingsError when there is no index, or nothing is asked."""
    settings = settings_module.load(options.config, options.content, options.out)
    if not wanted(settings.fleuve):
        raise SettingsError("La recherche est désactivée (« recherche: false » dans site.yml).")
    if options.bilan:
        return _report(settings, options)
    if not options.query:
        raise SettingsError("Dites ce que vous cherchez : build.py search \"permis de conduire\" ; ou demandez le bilan de la recherche : build.py search --bilan.")
    lang = options.lang or settings.default_language
    question = Question(options.query, _facets(options.facette), options.du, options.au, "date" if options.tri == "date" else "relevance", options.debut, options.nombre,
                        exact=options.exact, counts=options.json)
    answer = reader(settings, lang).search(question)
    print(json.dumps(answer, ensure_ascii=False) if options.json else space(_told(answer, question)))
    return 0


def reader(settings: Settings, lang: str) -> Reader:
    """The reader of the built index of a language. Raises SettingsError when there is none."""
    if lang not in FOLDERS or lang not in settings.languages:
        raise SettingsError(f"Pas de recherche en « {lang} ». Langues du site : {', '.join(code for code in settings.languages if code in FOLDERS)}.")
    try:
        return Reader(Path(settings.out) / FOLDERS[lang])
    except FileNotFoundError as error:
        raise SettingsError(str(error)) from None


def _facets(chosen: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in chosen:
        name, sign, value = one.partition("=")
        if not sign or name not in FACETS or not value:
            raise SettingsError(f"--facette {one} : écrivez nom=valeur, par exemple theme=sante. Noms : {', '.join(FACETS)}.")
        found.setdefault(name, []).append(value)
    return found


def _told(answer: dict, question: Question) -> str:
    lines = []
    correction = answer["correction"]
    if correction:
        lines.append(f"{'Résultats pour' if correction['applied'] else 'Vouliez-vous dire'} « {correction['text']} »{'' if correction['applied'] else ' ?'}")
    lines += (f"Suggéré : {bet['title']} — {bet['url']}" for bet in answer["best"])
    total = answer["total"]
    lines.append(f"{'Plus de ' if answer['atLeast'] else ''}{counted(total, 'résultat')}." if total else "Aucun résultat.")
    for number, result in enumerate(answer["results"], question.start + 1):
        where = " › ".join(result["trail"])
        lines.append(f"\n{number:>3}. {_plain(result['title'])}{' (page retirée)' if result['retired'] else ''}\n     {result['url']}")
        lines.append("     " + " · ".join(filter(None, (where, result["organism"], result["date"]))))
        if result["summary"]:
            lines.append(f"     {_plain(result['summary'])}")
        if result["section"]:
            lines.append(f"     Section : {_plain(result['section']['text'])} (#{result['section']['id']})")
    return "\n".join(lines)


def _plain(pieces: list[list]) -> str:
    return "".join(text for text, _ in pieces)


def _report(settings: Settings, options: argparse.Namespace) -> int:
    from fleuve import cache
    from fleuve.search import report

    path = cache.locate(options.cache or settings.config.parent / ".fleuve", settings.config, settings.content, settings.out)
    if not path.exists():
        raise SettingsError("Le site n’a pas encore été construit. Lancez d’abord build.py build.")
    db = cache.open_for_reading(path)
    try:
        rows = list(_rows(db))
    finally:
        db.close()
    langs = [options.lang] if options.lang else [lang for lang in settings.languages if lang in FOLDERS and (Path(settings.out) / FOLDERS[lang] / "index.json").exists()]
    found = report.report([row for row in rows if row[2] in langs], {lang: reader(settings, lang) for lang in langs})
    print(json.dumps(found.to_json(), ensure_ascii=False) if options.json else space(found.text()))
    return 0


def _rows(db: Any) -> Iterator[tuple]:
    """(path, url, lang, title, keywords, organism) of the published pages that the cache knows."""
    for path, url, lang, title, meta in db.execute("SELECT path, url, lang, title, meta FROM documents WHERE visible=1 AND retired=0 AND output IS NOT NULL ORDER BY path"):
        known = orjson.loads(meta or "{}")
        yield path, url, lang, title, known.get("mots_cles") or [], (known.get("organismes") or [""])[0]
