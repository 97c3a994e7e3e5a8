"""What a migration did: every sheet in, what each became, what was kept of it, and all that was not, named."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from migration import tally

# Below this part of its words, a sheet is named in the report.
WORDS_MIN = 0.98


@dataclass
class Sheet:
    """One sheet of the source: where it went, and for each kind how many entered, were kept, came out."""

    source: str
    path: str
    type: str
    counts: dict[str, tuple[int, int, int]]
    missing: dict[str, list[str]] = field(default_factory=dict)

    @property
    def word_ratio(self) -> float:
        """The part of its words that is kept."""
        return tally.ratio(self.counts["mots"])


@dataclass
class Report:
    """The whole migration. `files` counts the files of the source; each is converted, set aside or failed."""

    source: str = ""
    licence: str = ""
    files: int = 0
    sheets: list[Sheet] = field(default_factory=list)
    set_aside: list[dict[str, str]] = field(default_factory=list)        # {fichier, raison}: not a sheet
    failed: list[dict[str, str]] = field(default_factory=list)           # {fiche, raison}
    links: list[dict[str, str]] = field(default_factory=list)            # {fiche, texte, cible, raison}
    images: list[dict[str, str]] = field(default_factory=list)           # {fiche, fichier, texte}
    unknown: dict[str, int] = field(default_factory=dict)                # element → times
    unreadable: list[dict[str, object]] = field(default_factory=list)    # {fiche, caracteres}
    omitted: dict[str, dict[str, object]] = field(default_factory=dict)  # element → {mots, raison}
    ambiguous: dict[str, list[str]] = field(default_factory=dict)        # acronym → meanings
    folders: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, tuple[int, int, int]]:
        """Counts over all the sheets."""
        return tally.total(sheet.counts for sheet in self.sheets)

    @property
    def poor(self) -> list[Sheet]:
        """The sheets that keep less than WORDS_MIN of their words, worst first."""
        return sorted((s for s in self.sheets if s.word_ratio < WORDS_MIN), key=lambda s: (s.word_ratio, s.source))

    @property
    def complete(self) -> bool:
        """Whether every file of the source is accounted for and no sheet failed."""
        return not self.failed and len(self.sheets) + len(self.set_aside) == self.files

    def data(self, *, each: bool = True) -> dict[str, object]:
        """Return the report as plain data, keys in French; `each` includes one entry a sheet."""
        out: dict[str, object] = {
            "source": self.source, "licence": self.licence, "fichiers": self.files, "fiches_converties": len(self.sheets),
            "fichiers_mis_de_cote": self.set_aside, "fiches_en_erreur": self.failed, "index_de_dossiers_ajoutes": self.folders,
            "comptes": {kind: _counts(counts) for kind, counts in self.totals.items()},
            "fiches_sous_le_seuil_de_mots": [_sheet(sheet) for sheet in self.poor],
            "liens_non_repris": self.links, "images_remplacees_par_leur_texte": self.images,
            "elements_inconnus": self.unknown, "caracteres_illisibles_dans_la_source": self.unreadable,
            "mots_laisses_de_cote": self.omitted, "sigles_ambigus": self.ambiguous, "secondes": self.seconds,
        }
        if each:
            out["fiches"] = [_sheet(sheet) for sheet in self.sheets]
        return out

    def write(self, path: Path) -> None:
        """Write the report as JSON; raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(self.data(), option=orjson.OPT_INDENT_2))

    def summary(self) -> str:
        """Return the report in a few lines of French."""
        lines = [f"{_number(len(self.sheets))} fiches converties sur {_number(self.files)} fichiers ({self.source})."]
        for item in self.set_aside:
            lines.append(f"  Mis de côté\u00a0: {item['fichier']} – {item['raison']}.")
        for item in self.failed:
            lines.append(f"  Non convertie\u00a0: {item['fiche']} – {item['raison']}.")
        lines += [self._summary_of(kind, counts) for kind, counts in self.totals.items() if counts[0] or kind != "images"]
        lines.append(self._summary_of_poor())
        if self.links:
            lines.append(f"  {_number(len(self.links))} liens non repris, nommés dans le rapport.")
        if self.unknown:
            lines.append("  Éléments inconnus (leur texte est gardé)\u00a0: " + ", ".join(f"{name} ({n})" for name, n in self.unknown.items()) + ".")
        return "\n".join(lines)

    def _summary_of(self, kind: str, counts: tuple[int, int, int]) -> str:
        entered, kept, out = map(_number, counts)
        if kind == "images":
            replaced = _number(len(self.images))
            return f"  images\u00a0: aucune n’est dans le paquet\u00a0; leur texte les remplace ({replaced} sur {entered}, nommées)."
        part = _percent(tally.ratio(counts))
        return f"  {tally.KINDS[kind]}\u00a0: {entered} à l’entrée, {kept} gardés ({part}), {out} à la sortie."

    def _summary_of_poor(self) -> str:
        poor = self.poor
        if not poor:
            return f"  Aucune fiche ne garde moins de {_percent(WORDS_MIN)} de ses mots."
        few, whose = ("1 fiche garde", "ses") if len(poor) == 1 else (f"{_number(len(poor))} fiches gardent", "leurs")
        named = ", ".join(f"{sheet.source} ({_percent(sheet.word_ratio)})" for sheet in poor[:10])
        return f"  {few} moins de {_percent(WORDS_MIN)} de {whose} mots\u00a0: {named}{'…' if len(poor) > 10 else '.'}"


def _counts(counts: tuple[int, int, int]) -> dict[str, object]:
    return {"entree": counts[0], "gardes": counts[1], "sortie": counts[2], "part_gardee": round(tally.ratio(counts), 5)}


def _sheet(sheet: Sheet) -> dict[str, object]:
    out: dict[str, object] = {
        "fiche": sheet.source, "chemin": sheet.path, "type": sheet.type, "part_des_mots": round(sheet.word_ratio, 4),
        "comptes": {kind: list(counts) for kind, counts in sheet.counts.items() if any(counts)},
    }
    if sheet.missing:
        out["manque"] = sheet.missing
    return out


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")


def _percent(value: float) -> str:
    # Rounded down: 100 % must mean that nothing is lost.
    return f"{math.floor(value * 10_000 + 1e-9) / 100:.2f}".replace(".", ",") + "\u00a0%"
