"""Decisions: what people and spreadsheets do to the file is read back, and no run ever writes over what a person decided."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from migration import decision
from migration.decision import HEADER, Conflict, Decision, dump, merge, parse, read, update, write

HEAD = ",".join(HEADER) + "\n"


def rows(text: str, head: str = HEAD):
    """Decisions and problems of the rows after the header."""
    return parse((head + text).encode(), "decisions.csv")


# Reading

ONE = Decision("a.exemple/x", "rediriger", "/sante/", "Même sujet, mis à jour", 0.85, "f1", "f2", "Marie Tremblay", "2026-05-04")
SPREADSHEETS = [
    HEAD + 'a.exemple/x,rediriger,/sante/,"Même sujet, mis à jour",0.85,f1,f2,Marie Tremblay,2026-05-04\n',
    "\ufeff" + HEAD.replace(",", ";").replace("\n", "\r\n") + "a.exemple/x;rediriger;/sante/;Même sujet, mis à jour;0,85;f1;f2;Marie Tremblay;2026-05-04\r\n",
    HEAD.replace(",", "\t") + "a.exemple/x\trediriger\t/sante/\tMême sujet, mis à jour\t0.85\tf1\tf2\tMarie Tremblay\t04/05/2026\n",
    ",".join(f'"{name}"' for name in HEADER) + '\n"a.exemple/x","rediriger","/sante/","Même sujet, mis à jour","0.85","f1","f2","Marie Tremblay","2026-05-04"',
    HEAD + 'https://a.exemple/x, Rediriger ,/sante/,"Même sujet,\nmis à jour",85 %,f1,f2,Marie Tremblay,2026-05-04 00:00:00\n\n,,,,,,,,\n',
    HEAD.replace("\n", "\r") + 'a.exemple/x,RÉDIRIGER,/sante/,"Même sujet, mis à jour",".85",f1,f2,Marie Tremblay,2026-05-04\r',
    "# note\n" + "decision,ancienne_adresse,destination,date,relecteur,raison,confiance,empreinte_apres,empreinte_avant,\n"
    'rediriger,a.exemple/x,/sante/,2026-05-04,Marie Tremblay,"Même sujet, mis à jour",0.85,f2,f1,\n',
]


@pytest.mark.parametrize("text", SPREADSHEETS)
def test_forms_that_spreadsheets_write(text):
    for data in (text.encode(), text.encode("utf-16")):
        found, problems = parse(data, "decisions.csv")
        assert not problems
        assert found == [ONE]


def test_words_of_people_for_a_decision():
    found, problems = rows("a/1,À décider,,,,,,,\na/2,a-decider,,,,,,,\na/3,,,,,,,,\na/4,ARCHIVER,,,,,,,\na/5,Garder,/x/,,,,,,\na/6,à-décider,/peut-être/,,,,,,\n")
    assert not problems
    assert [row.decision for row in found] == ["a-decider", "a-decider", "a-decider", "archiver", "garder", "a-decider"]


def test_windows_encoding_is_read_and_told():
    found, problems = parse((HEAD + "a/x,archiver,,été,,,,,\n").encode("cp1252"), "decisions.csv")
    assert [row.reason for row in found] == ["été"]
    assert [(problem.code, problem.line, problem.severity) for problem in problems] == [("encodage", 2, "avertissement")]


MISTAKES = [
    ("a/x,supprimer,,,,,,,", "decision", "garder"),
    ("a/x,rediriger,,,,,,,", "destination-absente", "archiver"),
    ("a/x,garder, ,,,,,,", "destination-absente", "archiver"),
    ("a/x,archiver,/y/,,,,,,", "destination-inutile", "rediriger"),
    (",archiver,,,,,,,", "adresse-absente", "ancienne_adresse"),
    ("a/x,archiver,,,beaucoup,,,,", "confiance", "0.85"),
    ("a/x,archiver,,,1.5,,,,", "confiance", "0.85"),
    ("a/x,archiver,,,,,,,hier", "date", "2026-05-04"),
    ("a/x,archiver,,,,,,,2026-13-04", "date", "2026-05-04"),
    ("a/x,archiver,,un, deux,trois,,,,2026-05-04", "colonnes", "guillemets"),
    ('a/x,archiver,,"raison,,,,,', "guillemets", "doublez"),
    ("bonne/1,garder,/autre/,,,,,,", "decision-en-double", "seule"),
    ("a/x,archiver,," + "x" * 20000 + ",,,,,", "ligne-trop-longue", "Raccourcissez"),
]


@pytest.mark.parametrize(("row", "code", "word"), MISTAKES, ids=[row[1] for row in MISTAKES])
def test_mistake_is_told_with_its_line_and_the_rest_is_read(row, code, word):
    found, problems = rows(f"bonne/1,archiver,,,,,,,\n{row}\nbonne/2,archiver,,,,,,,\n")
    assert [(problem.code, problem.line, problem.severity) for problem in problems] == [(code, 3, "erreur")]
    assert word in problems[0].remedy
    assert [row.old for row in found] == ["bonne/1", "bonne/2"]
    assert [row.line for row in found] == [2, 4]


def test_all_mistakes_are_told_at_once():
    _, problems = rows("a,supprimer,,,2,,,,hier\n,garder,,,,,,,\n")
    assert [(problem.line, problem.code) for problem in problems] == [(2, "decision"), (2, "confiance"), (2, "date"), (3, "adresse-absente"), (3, "destination-absente")]


@pytest.mark.parametrize(("head", "code"), [("adresse,decision\n", "entete"), (HEAD.replace("raison", "motif"), "entete"), ("", None)])
def test_header(head, code):
    _, problems = rows("", head)
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_fingerprint_that_a_spreadsheet_made_a_number_is_forgotten():
    found, problems = rows('a/x,archiver,,,,"1,23E+15",9f2c,,\n')
    assert (found[0].before, found[0].after) == ("", "9f2c")
    assert [(problem.code, problem.severity) for problem in problems] == [("empreinte", "avertissement")]


def test_files_that_cannot_be_read(tmp_path, monkeypatch):
    assert read(tmp_path / "absent.csv") == ([], [])
    assert [problem.code for problem in read(tmp_path)[1]] in (["fichier-illisible"], ["fichier-trop-gros"])
    (tmp_path / "d.csv").write_text(HEAD + "a/x,archiver,,,,,,,\n")
    monkeypatch.setattr(decision, "MAX_BYTES", 10)
    assert [problem.code for problem in read(tmp_path / "d.csv")[1]] == ["fichier-trop-gros"]
    with pytest.raises(OSError, match="dépasserait"):
        write(tmp_path / "e.csv", [ONE])


# Writing

FORMULAS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "'=1", "''@x", "=HYPERLINK(\"http://x\";\"y\")"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula_is_neutralised_and_read_back(text):
    data = dump([Decision("a/x", "a-decider", text, text, reviewer=text)])
    cells = list(csv.reader(io.StringIO(data.decode())))[1]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]
    found, problems = parse(data, "decisions.csv")
    assert not problems
    assert (found[0].target, found[0].reason, found[0].reviewer) == (text, text, text)


_texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12) | st.text(st.sampled_from("=+-@'\",; #\né"), max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Decision, st.from_regex(r"[a-z]\.exemple/[a-zé0-9/?=&%,;\"' ]{0,10}[a-z]", fullmatch=True), st.just("a-decider"), _texts, _texts,
                          st.sampled_from([0.0, 0.5, 0.875, 1.0]), reviewer=_texts), max_size=4, unique_by=lambda row: row.old))
@example([Decision("a.exemple/a", reason=" '=1")])
def test_what_is_written_is_read_back(decisions):
    data = dump(decisions)
    found, problems = parse(data, "decisions.csv")
    assert not problems
    plain = [(row.old, " ".join(row.reason.split()), row.confidence) for row in sorted(decisions, key=lambda row: row.old)]
    assert [(row.old, " ".join(row.reason.split()), row.confidence) for row in found] == plain
    assert dump(found) == dump(parse(dump(found), "decisions.csv")[0])
    assert dump(decisions[::-1]) == data


def test_file_is_written_in_one_step(tmp_path):
    file = tmp_path / "sous/dossier/decisions.csv"
    write(file, [ONE])
    before = file.stat().st_mtime_ns
    write(file, [ONE])
    assert file.stat().st_mtime_ns == before  # The same bytes are not written again.
    assert [path.name for path in file.parent.iterdir()] == ["decisions.csv"]
    assert read(file) == ([ONE], [])


# Merging

def one(choice: str = "archiver", target: str = "", reviewer: str = "", before: str = "", old: str = "a/x") -> Decision:
    """A decision on one page."""
    return Decision(old, choice, target, before=before, reviewer=reviewer)


ARCHIVED, MOVED, ELSEWHERE = one(), one("rediriger", "/y/"), one("rediriger", "/z/")
SIGNED = one("garder", "/main/", "Marie")
MERGES = [
    # what the file says, what is proposed, what the last run proposed, what stands, conflicts
    ("a new page", None, ARCHIVED, None, ARCHIVED, 0),
    ("a proposal that changes", ARCHIVED, MOVED, ARCHIVED, MOVED, 0),
    ("a proposal that changes, base unknown", ARCHIVED, MOVED, None, MOVED, 0),
    ("a signed row, same proposal as ever", SIGNED, ARCHIVED, ARCHIVED, SIGNED, 0),
    ("a signed row, proposed otherwise", SIGNED, MOVED, ARCHIVED, SIGNED, 1),
    ("a signed row, proposed otherwise, base unknown", SIGNED, MOVED, None, SIGNED, 1),
    ("a signed row that is proposed now", SIGNED, one("garder", "/main/"), ARCHIVED, SIGNED, 0),
    ("a row changed without being signed", ELSEWHERE, ARCHIVED, ARCHIVED, ELSEWHERE, 0),
    ("a row changed without being signed, proposed otherwise", ELSEWHERE, MOVED, ARCHIVED, ELSEWHERE, 1),
    ("a row changed as is now proposed", MOVED, MOVED, ARCHIVED, MOVED, 0),
    ("a page no longer found", ARCHIVED, None, ARCHIVED, ARCHIVED, 0),
    ("a signed page no longer found", SIGNED, None, ARCHIVED, SIGNED, 1),
    ("a signed row of a page that changed", one("archiver", "", "Marie", "f1"), one(before="f2"), one(before="f1"), one("archiver", "", "Marie", "f1"), 1),
    ("a row that was deleted", None, ARCHIVED, ARCHIVED, one("a-decider"), 1),
]


@pytest.mark.parametrize(("name", "current", "proposed", "base", "stands", "conflicts"), MERGES, ids=[row[0] for row in MERGES])
def test_merge(name, current, proposed, base, stands, conflicts):
    as_list = lambda row: [row] if row else []  # noqa: E731
    merged, told = merge(as_list(current), as_list(proposed), None if base is None and "unknown" in name else as_list(base))
    assert [(row.choice, row.reviewer) for row in merged] == [(stands.choice, stands.reviewer)]
    assert len(told) == conflicts
    again, told = merge(merged, as_list(proposed), as_list(proposed))
    assert (again, [conflict for conflict in told if conflict.proposed]) == (merged, [])  # Running again changes nothing and says nothing new.


def test_conflict_says_where_and_what():
    current = Decision("a/x", "garder", "/main/", reviewer="Marie", file="decisions.csv", line=7)
    _, (conflict,) = merge([current], [MOVED])
    assert isinstance(conflict, Conflict)
    assert str(conflict) == ("decisions.csv:7 : « a/x » : Marie a décidé « garder → /main/ » ; il est maintenant proposé « rediriger → /y/ »."
                             " La ligne est gardée telle quelle.")


def test_merge_by_canonical_form():
    merged, told = merge([one("garder", "/main/", "Marie", old="A/X/")], [one(old="a/x")], [one(old="a/x")], key=lambda old: old.lower().rstrip("/"))
    assert [(row.old, row.reviewer) for row in merged] == [("A/X/", "Marie")]
    assert not told


def test_file_with_mistakes_is_left_as_it_is(tmp_path):
    file = tmp_path / "decisions.csv"
    file.write_text(HEAD + "a/x,supprimer,,ce que j’ai écrit,,,,Marie,\n")
    before = file.read_bytes()
    _, _, problems = update(file, [ARCHIVED])
    assert [problem.code for problem in problems] == ["decision"]
    assert file.read_bytes() == before


def test_update_is_repeatable(tmp_path):
    file = tmp_path / "decisions.csv"
    update(file, [one(old="b/x"), one(old="a/x")], [])
    before = file.read_bytes()
    assert before.decode() == HEAD + "a/x,archiver,,,,,,,\nb/x,archiver,,,,,,,\n"
    update(file, [one(old="a/x"), one(old="b/x")], [one(old="a/x"), one(old="b/x")])
    assert file.read_bytes() == before
