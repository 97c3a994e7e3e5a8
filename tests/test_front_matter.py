"""The front matter: what is read, what is refused, and what the editor is told."""

from __future__ import annotations

import re
import time

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fleuve import front_matter, instant
from fleuve.front_matter import MAX_DOCUMENT, MAX_FRONT_MATTER, parse, position, read_plain, read_yaml, split
from fleuve.problem import ERROR, WARNING, Problem
from fleuve.slug import slugify

# An ordinary space where French typography wants an insecable one; code examples between guillemets have none.
BAD_TYPOGRAPHY = re.compile(r"« | »|(?<=[\w»]) [;?!](?=\s|$)|'(?=[a-zé]{2,})(?<=[a-z]')")


def told(problems: list[Problem]) -> str:
    """What the editor reads, with ordinary spaces."""
    return "\n".join(str(problem) for problem in problems).replace("\u00a0", " ")


# --- Cutting the file ------------------------------------------------------------------------------------------------------


def test_un_document_est_coupe_en_deux():
    parts = split("---\ntitle: Été\n---\n\nBonjour\n".encode(), "a.md")
    assert (parts.text, parts.body, parts.body_line, parts.first_line) == ("title: Été\n", "\nBonjour\n", 4, 2)
    assert parts.readable and not parts.crlf and parts.problems == []


@pytest.mark.parametrize(("text", "body"), [
    ("Bonjour\n", "Bonjour\n"),
    ("----\nBonjour\n", "----\nBonjour\n"),
    ("--- pas un en-tête\n", "--- pas un en-tête\n"),
    ("\n\nBonjour", "\n\nBonjour"),
])
def test_sans_en_tete_tout_est_du_texte(text, body):
    parts = split(text.encode(), "a.md")
    assert (parts.text, parts.body, parts.body_line, parts.problems) == ("", body, 1, [])


@pytest.mark.parametrize("text", ["---\n---\nCorps\n", "---   \n---\t\nCorps\n", "---\n...\nCorps\n"])
def test_en_tete_vide(text):
    parts = split(text.encode(), "a.md")
    assert (parts.text, parts.body, parts.body_line) == ("", "Corps\n", 3)


@pytest.mark.parametrize(("text", "front", "body", "body_line"), [
    ("---\na: b\n---", "a: b\n", "", 4),
    ("---\na: b\n...\nx\n\n---\n\ny\n", "a: b\n", "x\n\n---\n\ny\n", 4),
    ("---\na: b\n---  \nx\n---\n", "a: b\n", "x\n---\n", 4),
    ("---\na: |\n  x\n  ---\n---\ny\n", "a: |\n  x\n  ---\n", "y\n", 6),
    ("\n\n---\na: b\n---\ny\n", "a: b\n", "y\n", 6),
])
def test_fins_d_en_tete(text, front, body, body_line):
    parts = split(text.encode(), "a.md")
    assert (parts.text, parts.body, parts.body_line, parts.problems) == (front, body, body_line, [])


def test_fins_de_ligne_de_windows():
    parts = split(b"---\r\ntitle: A\r\n---\r\nLigne 1\rLigne 2\r\n", "a.md")
    assert parts.crlf and parts.text == "title: A\n" and parts.body == "Ligne 1\nLigne 2\n" and parts.problems == []


def test_marque_invisible_enlevee_et_signalee():
    parts = split(b"\xef\xbb\xbf---\ntitle: A\n---\n", "a.md")
    assert parts.text == "title: A\n" and parts.readable
    assert [problem.severity for problem in parts.problems] == [WARNING]
    assert "BOM" in told(parts.problems)


@pytest.mark.parametrize(("data", "start"), [
    (b"", "a.md:1:1: Le fichier est vide."),
    (b" \n\t\n", "a.md:1:1: Le fichier est vide."),
    (b"\xef\xbb\xbf", "a.md:1:1: Le fichier commence par une marque invisible"),
    (b"---\ntitle: A\n", "a.md:1:1: L’en-tête ouvert par « --- » n’est jamais fermé. Ajoutez une ligne « --- »"),
    (b"---", "a.md:1:1: L’en-tête ouvert par « --- » n’est jamais fermé."),
    (b"---\ntitle: \xc9t\xe9\n---\n", "a.md:2:8: L’octet 0xC9 n’est pas de l’UTF-8 ; en Windows-1252, ce serait « É »."),
    ("---\r\ntitle: é".encode() + b"\xe9\n---\n", "a.md:2:9: L’octet 0xE9 n’est pas de l’UTF-8"),
    (b"\xff\xfe-\x00-\x00", "a.md:1:1: Le fichier est enregistré en UTF-16"),
    (b"x" * (50 * 1024 * 1024), "a.md:1:1: Document de 50,0 Mo : la limite est de 2 Mo."),
    (b"x" * (MAX_DOCUMENT + 1), "a.md:1:1: Document de plus de 2 Mo : la limite est de 2 Mo."),
    (b"---\na: " + b"x" * (MAX_FRONT_MATTER * 2) + b"\n---\n", "a.md:2:1: En-tête de 128,0 ko : la limite est de 64 ko."),
])
def test_fichiers_refuses(data, start):
    parts = split(data, "a.md")
    assert told(parts.problems).startswith(start)
    assert not parts.readable and (parts.text, parts.body) == ("", "")


def test_la_taille_d_un_fichier_lu_en_partie_est_celle_du_fichier():
    assert "50,0 Mo" in told(split(b"x" * (MAX_DOCUMENT + 1), "a.md", size=50 * 1024 * 1024).problems)


# --- Values ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "value"), [
    ("oui", "oui"), ("non", "non"), ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("True", "True"),
    ("true", True), ("false", False), ("", None), ("~", None), ("null", None),
    ("3", 3), ("-3", -3), ("0", 0), ("3.5", 3.5), ("012", "012"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("1:30", "1:30"),
    ("+14185550101", "+14185550101"), ("1.2.3", "1.2.3"), ("1e3", "1e3"), (".inf", ".inf"), ("9" * 30, "9" * 30),
    ("418-555-0101", "418-555-0101"), ("1 800 555-0101", "1 800 555-0101"),
    ("2026-05-04", "2026-05-04"), ("2026-05-04 09:30", "2026-05-04 09:30"),
    ('"3"', "3"), ("'true'", "true"), ('"a: b # c"', "a: b # c"), ("'l''eau'", "l'eau"), ('"a\\tb"', "a\tb"),
    ("https://a.quebec/x#y", "https://a.quebec/x#y"), ("a # commentaire", "a"), ("a#b", "a#b"), ("<<", "<<"), ("=", "="),
    ("[a, b]", ["a", "b"]), ("[]", []), ("[1, true, 2026-05-04]", [1, True, "2026-05-04"]), ("{b: 1}", {"b": 1}),
])
def test_ce_que_veut_dire_une_valeur(written, value):
    text = f"a: {written}\n"
    assert parse(text, "x.md") == ({"a": value}, [])
    assert type(parse(text, "x.md")[0]["a"]) is type(value)
    assert read_yaml(text, "x.md")[0] == {"a": value}


@pytest.mark.parametrize("text", [
    "title: Vacciner\norganismes:\n  - a\n  - b\npublics:\n- c\nthemes: [d, e f,g]\ndate: 2026-05-04\nordre: 3\n",
    "# commentaire\n\ntitle: A\n\n# autre\nvide:\n",
    "contact:\n  courriel: a@b.quebec\n  texte: Oui\nmodifications:\n  - date: 2026-01-01\n    note: Un\n  - date: 2026-01-02\n",
    "a: |\n  Un : deux\n\n   retrait\n\n\nb: c\n",
    "etapes:\n  - titre: A\n    contenus:\n      - texte: B\n        lien: c.md\n      - texte: D\n  - titre: E\n",
    "title: L’été\u00a0, oui\u202f!\n", "a: b\u00a0\n",
])
def test_la_voie_rapide_lit_ce_que_les_gens_ecrivent(text):
    fast = read_plain(text)
    assert fast is not None
    assert fast == read_yaml(text, "x.md")[0]


# --- Mistakes --------------------------------------------------------------------------------------------------------------

MISTAKES = [
    # The five usual ones.
    ("title: Impôt : déclarer: comment\n", "2:14: La valeur de « title » contient un deux-points",
     'Mettez la valeur entre guillemets : title: "Impôt : déclarer: comment"'),
    ("title: A\n\tdescription: B\n", "3:1: Le retrait de cette ligne est fait avec une tabulation.", "deux espaces"),
    ("organismes:\n\t- a\n", "3:1: Le retrait de cette ligne est fait avec une tabulation.", "deux espaces"),
    ("title:Mon titre\ndate: 2026-05-04\n", "2:6: Il manque une espace après le deux-points de « title ».",
     "Écrivez « title: Mon titre »."),
    ('title: "Mon titre\ndate: 2026-05-04\n', '2:8: Le guillemet " ouvert dans « title » n’est pas fermé.', "Ajoutez \""),
    ('title: "Mon titre\ndescription: "Autre"\n', '2:8: Le guillemet " ouvert dans « title » n’est pas fermé.', "Ajoutez \""),
    ("organismes:\n  - a\n - b\n", "4:2: Ce tiret n’est pas aligné sur ceux de la même liste.", "Alignez"),
    # Their cousins.
    ("organismes:\n-a\ndate: b\n", "3:1: Il manque une espace après le tiret", "« - a »"),
    ("title: A\n  - b: c\n", "3:3: Cette liste suit une valeur : « title »", "après « - »"),
    ("title: A\n  description: B\n", "3:3: La clé « description » est en retrait sous « title »", "guillemets"),
    ("  title: A\ndescription: B\n", "2:3: La clé « title » est en retrait", "Enlevez les espaces"),
    ('title: "A" et B\n', '2:8: La valeur de « title » contient un guillemet " qui la ferme trop tôt.', "guillemets français"),
    ("title: 'l'eau'\n", "2:8: La valeur de « title » contient un guillemet ' qui la ferme trop tôt.", 'Entourez toute la valeur de "'),
    ("title: @Québec\n", "2:8: La valeur de « title » commence par le signe « @ », réservé par YAML.", 'title: "@Québec"'),
    ("title: %s\n", "2:8: La valeur de « title » commence par le signe « % »", 'title: "%s"'),
    ("title: [Guide] Impôt\n", "2:8: La valeur de « title » commence par « [ »", 'title: "[Guide] Impôt"'),
    ("title: A\nCeci est le texte.\n", "3:1: Cette ligne n’est pas de la forme « clé: valeur ».", "fermez l’en-tête"),
    ("Ceci est le texte.\n", "2:1: Cette ligne n’est pas de la forme « clé: valeur ».", "« --- »"),
    ("- a\n- b\n", "2:1: L’en-tête est une liste ou un texte, et non des clés.", "title: Mon titre"),
    ("title: a\x07b\n", "2:9: Cette ligne contient un caractère de contrôle", "retapez"),
    # What YAML allows and a document does not.
    ("a: &x b\nc: *x\n", "2:4: Les ancres et les renvois de YAML", "entre guillemets"),
    ("a: *important*\n", "2:4: La valeur de « a » commence par le signe « * »", 'a: "*important*"'),
    ("a: !!python/object b\n", "2:4: Les étiquettes de YAML (« ! ») ne sont pas permises.", "entre guillemets"),
    ("a: ! b\n", "2:4: Les étiquettes de YAML", "entre guillemets"),
    ("date: 2026\ndate: 2027\n", "3:1: La clé « date » est écrite deux fois.", "Gardez-en une seule."),
    ("embargo: 2026-01-01\nembargo: 2027-01-01\n", "3:1: La clé « embargo » est écrite deux fois.", "une seule"),
    ("contact:\n  courriel: a\n  courriel: b\n", "4:3: La clé « courriel » est écrite deux fois.", "une seule"),
    ("2026: x\n", "2:1: La clé « 2026 » n’est pas un nom de clé.", "title"),
    ("true: x\n", "2:1: La clé « true » n’est pas un nom de clé.", "title"),
    ("? [a]\n: b\n", "2:3: Une clé doit être un mot", "entre guillemets"),
    ("title: {{ macro }}\n", "2:9: Une clé doit être un mot", "entre guillemets"),
    ("a: " + "[" * 60 + "\n", "2:15: L’en-tête a plus de 12 niveaux imbriqués.", "crochets"),
    ("a: 1\n--- \nb: 2\n", "3:1: L’en-tête contient deux documents YAML.", "un seul bloc"),
]


@pytest.mark.parametrize(("text", "message", "remedy"), MISTAKES)
def test_erreurs_expliquees(text, message, remedy):
    meta, problems = parse(text, "x.md")
    shown = told(problems)
    assert shown.startswith(f"x.md:{message}"), shown
    assert remedy in shown, shown
    assert all(problem.severity == ERROR for problem in problems)
    assert not any(BAD_TYPOGRAPHY.search(part) for problem in problems for part in (problem.message, problem.remedy)), shown


def test_une_cle_en_double_garde_la_premiere_mais_un_doute_sur_la_publication_efface_tout():
    assert parse("title: A\ndate: 2026\ndate: 2027\n", "x.md")[0] == {"title": "A", "date": 2026}
    assert parse("title: A\nembargo: 2026-01-01\nembargo: 2027-01-01\n", "x.md")[0] == {}


def test_la_bombe_de_yaml_est_desamorcee_tout_de_suite():
    bomb = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
    start = time.perf_counter()
    meta, problems = parse(bomb, "x.md")
    assert time.perf_counter() - start < 0.5 and meta == {} and "ancres" in told(problems)


@pytest.mark.parametrize("text", [
    "[" * 60_000, "{" * 60_000, "a: " * 20_000, "- " * 30_000, "a" * 65_000, "a:\n" * 20_000, "a: " + "b:" * 30_000 + "\n",
    "a: [" + "b, " * 20_000 + "\n", "a: " + "b #" * 20_000, "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 350)),
    "a: [" + "b " * 30_000 + ":]\n", "a: '" + "''" * 30_000, "a: |\n" + "  \n" * 20_000 + "b",
])
def test_le_temps_reste_borne(text):
    start = time.perf_counter()
    parse(text, "x.md")
    assert time.perf_counter() - start < 3


def test_position_d_une_cle_et_d_un_element():
    text = "title: A\norganismes:\n  - a\n  - b\ncontact:\n  courriel: x\nmots: [é, ü]\n"
    assert position(text, ("title",)) == (2, 1)
    assert position(text, ("organismes", 1)) == (5, 5)
    assert position(text, "/organismes/1") == (5, 5)
    assert position(text, ("contact", "courriel"), 10) == (15, 3)
    assert position(text, ("mots", 1)) == (8, 11)
    assert position(text, ("contact", "absent")) == (6, 1)
    assert position(text, ("absent",)) == (2, 1)
    assert position("a: b\nc: [", ("a",)) == (2, 1)


# --- Properties ------------------------------------------------------------------------------------------------------------


class ReferenceLoader(yaml.CSafeLoader):
    """PyYAML itself, with our rules for scalars: an independent way to the same values."""

    yaml_implicit_resolvers: dict = {}


ReferenceLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), None)
ReferenceLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("null|~|"), None)
for tag, pattern, first in (("int", r"-?(0|[1-9][0-9]{0,14})", "-0123456789"),
                            ("float", r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}", "-0123456789")):
    ReferenceLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})\\Z"), list(first))
ReferenceLoader.yaml_implicit_resolvers = {
    first: [(tag, re.compile(f"(?:{regexp.pattern})\\Z")) for tag, regexp in found]
    for first, found in ReferenceLoader.yaml_implicit_resolvers.items()}

_word = st.sampled_from([
    "a", "b", "Été", "l’eau", "l'eau", "oui", "true", "false", "null", "~", "12", "-1", "3.50", "012", "2026-05-04", "09:30",
    "https://x.quebec/a#b", "a:b", "x#y", "418", "555-0101", "«", "»", "«\u00a0x\u00a0»", "\u202f:", ":", "::", "#", "-", "- ", "?", "&a",
    "*a", "!", "!!str", "|", ">", "%", "@", "`", "'", '"', "''", "[", "]", "{", "}", ",", "<<", "=", "\\", "\\n", "--", "---", "...",
    "\t", "\u2028", "\x85", "\x07", "é", "٣", "²", "ª", "_", "/", "(", ")", "+1", "e:", ":e", "  ", ".", "1.", ".5", "-.inf",
])
_scalar = st.lists(_word, max_size=4).map(" ".join) | st.lists(_word, max_size=3).map("".join)
_quoted = _scalar.map(lambda s: f'"{s}"') | _scalar.map(lambda s: f"'{s}'") | st.lists(_scalar, max_size=3).map(
    lambda items: "[" + ", ".join(items) + "]")
_value = _scalar | _quoted
_key = st.sampled_from(["a", "b", "cle", "mots_cles", "true", "null", "x1", "É", "1", "a b", "_a", "-", ""])
_line = st.one_of(
    st.builds("{}: {}".format, _key, _value), st.builds("{}:{}".format, _key, _value), _key.map("{}:".format),
    st.builds("- {}".format, _value), st.builds("- {}: {}".format, _key, _value), st.just(""), _scalar.map("# {}".format),
    _key.map("{}: |".format), _key.map("{}: >".format), _scalar,
)
_indented = st.builds(lambda indent, line: " " * indent + line, st.sampled_from([0, 0, 0, 2, 2, 4, 1, 3, 6]), _line)
documents = st.lists(_indented, max_size=9).map(lambda lines: "\n".join(lines) + "\n")
plausible = st.lists(st.one_of(
    st.builds("{}: {}".format, st.sampled_from("abcdefgh"), _value),
    st.builds("{}:\n  - {}\n  - {}".format, st.sampled_from("abcdefgh"), _value, _value),
    st.builds("{}:\n- {}".format, st.sampled_from("abcdefgh"), _value),
    st.builds("{}:\n  x: {}\n  y: {}".format, st.sampled_from("abcdefgh"), _value, _value),
    st.builds("{}:\n  - x: {}\n    y: {}\n  - z: {}".format, st.sampled_from("abcdefgh"), _value, _value, _value),
    st.builds("{}: |\n  {}\n\n  {}\n".format, st.sampled_from("abcdefgh"), _scalar, _scalar),
), max_size=5).map(lambda blocks: "\n".join(blocks) + "\n")


def same(left, right) -> bool:
    """Equal, types included (1, 1.0 and True are three things)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


@settings(max_examples=1500, deadline=None)
@given(documents | plausible)
@example("a: b\n  - c\n")
@example("a:\n- b\n  - c\n")
@example("a: |\n  b\n   \n \n")
@example("a: |\n  b\n\n\n")
@example("a:\n  b:\n  - c\n")
@example("a:\n  \n")
@example("a:\n  # b\n")
def test_la_voie_rapide_et_yaml_disent_la_meme_chose(text):
    fast = read_plain(text)
    if fast is None:
        return
    slow, problems = read_yaml(text, "x.md")
    assert problems == []
    assert same(fast, slow)
    assert same(fast, yaml.load(text, ReferenceLoader) or {})


@settings(max_examples=700, deadline=None)
@given(documents | st.text(max_size=200))
def test_lire_ne_leve_jamais_et_dit_toujours_pourquoi(text):
    meta, problems = parse(text, "x.md", 5)
    assert isinstance(meta, dict)
    lines = text.count("\n") + 1
    for problem in problems:
        assert 5 <= problem.line <= 5 + lines and problem.column >= 1
        assert problem.message and problem.remedy and problem.code
        assert not BAD_TYPOGRAPHY.search(problem.message.replace(text, ""))  or "«" in text or "»" in text
    assert position(text, ("a",), 5)[0] >= 5


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=300) | st.builds(lambda a, b: b"---\n" + a.encode() + b"---\n" + b, documents, st.binary(max_size=60)))
def test_couper_ne_leve_jamais_et_ne_perd_rien(data):
    parts = split(data, "x.md")
    if parts.readable:
        text = data.decode().removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        assert text.endswith(parts.body)
        assert text.split("\n")[parts.body_line - 1:] == parts.body.split("\n") or not parts.body
        assert parts.text in text
    else:
        assert any(problem.severity == ERROR for problem in parts.problems)


# --- Problems, slugs, instants ---------------------------------------------------------------------------------------------


def test_un_probleme_se_lit_se_trie_et_s_ecrit_en_json():
    late, early = Problem("b.md", 1, 1, ERROR, "x", "Un.", "Deux."), Problem("a.md", 9, 1, WARNING, "x", "Un.")
    assert sorted([late, early]) == [early, late]
    assert str(late) == "b.md:1:1: Un. Deux." and str(early) == "a.md:9:1: Un."
    assert list(late.to_json()) == ["file", "line", "column", "severity", "code", "message", "remedy"]
    with pytest.raises(AttributeError):
        late.line = 2


@pytest.mark.parametrize(("title", "slug"), [
    ("Faire vacciner son enfant", "faire-vacciner-son-enfant"), ("L’été à l'école", "l-ete-a-l-ecole"),
    ("Œuvres & cæcum", "oeuvres-caecum"), ("  100 % gratuit !  ", "100-gratuit"), ("Straße", "strasse"),
    ("deja-fait", "deja-fait"), ("???", ""), ("Ça", "ca"), ("H₂O", "h2o"), ("北京", ""), ("../x", "x"),
])
def test_titre_en_adresse(title, slug):
    assert slugify(title) == slug


@given(st.text(max_size=80))
def test_une_adresse_est_toujours_sure_et_stable(title):
    slug = slugify(title)
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert slugify(slug) == slug


def test_instants_du_quebec():
    midnight = instant.to_epoch("2026-05-04")
    assert midnight == 1777867200  # 04:00 UTC: summer time.
    assert instant.to_epoch("2026-05-04", end_of_day=True) == midnight + 86400
    assert instant.to_epoch("2026-05-04 09:30", end_of_day=True) == midnight + 9 * 3600 + 1800
    assert instant.to_epoch("2026-05-04T09:30:15") == midnight + 9 * 3600 + 1815
    assert instant.to_epoch("2026-05-04T04:00Z") == midnight
    assert instant.to_epoch("2026-05-04 00:00-04:00") == midnight
    assert instant.to_epoch("2026-03-08", True) - instant.to_epoch("2026-03-08") == 23 * 3600
    assert instant.to_epoch("2026-11-01", True) - instant.to_epoch("2026-11-01") == 25 * 3600
    assert instant.to_epoch("2026-03-08 02:30") == instant.to_epoch("2026-03-08 03:30")
    assert instant.to_epoch("2026-11-01 02:00") - instant.to_epoch("2026-11-01 01:00") == 2 * 3600


@pytest.mark.parametrize(("text", "message"), [
    ("2026-02-30", "« 2026-02-30 » n’existe pas : février 2026 compte 28 jours"),
    ("2024-02-30", "février 2024 compte 29 jours"), ("2026-04-31", "avril 2026 compte 30 jours"),
    ("2026-13-01", "il n’y a pas de mois 13"), ("2026-05-00", "le jour 00 n’existe pas"),
    ("4 mai 2026", "écrivez 2026-05-04"), ("le 1er août 2026", "écrivez 2026-08-01"), ("04/05/2026", "écrivez 2026-05-04"),
    ("2026/5/4", "écrivez 2026-05-04"), ("2026-5-4", "écrivez 2026-05-04"), ("demain", "écrivez-la comme 2026-05-04"),
    ("2026-05-04 25:00", "entre 00:00 et 23:59"), ("", "n’est pas une date"), ("2026-05-04\n", "n’est pas une date"),
    ("2026-05-04 12:00+99:00", "n’est pas une date"), ("0026-05-04", "n’est pas une date"), ("30 février 2026", "n’est pas une date"),
])
def test_dates_refusees(text, message):
    with pytest.raises(ValueError) as caught:
        instant.to_epoch(text)
    assert message in str(caught.value).replace("\u00a0", " ")


def test_l_instant_du_montage():
    assert instant.parse_now("2026-05-04T12:00Z").isoformat() == "2026-05-04T08:00:00-04:00"
    assert instant.parse_now("2026-05-04").isoformat() == "2026-05-04T00:00:00-04:00"
    assert instant.parse_now(None).tzinfo is instant.ZONE
    with pytest.raises(ValueError, match="--now"):
        instant.parse_now("hier")


def test_une_periode_est_ouverte_aux_deux_bouts():
    assert instant.span(None, None) == (None, None)
    period = instant.span("2026-05-04", "2026-05-04")
    start = instant.to_epoch("2026-05-04")
    assert period == (start, start + 86400)
    assert [instant.within(period, now) for now in (start - 1, start, start + 86399, start + 86400)] == [False, True, True, False]
    assert instant.within((None, None), 0)


@given(st.text(max_size=30) | st.from_regex(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?", fullmatch=True))
def test_une_date_est_un_nombre_ou_une_erreur_en_francais(text):
    try:
        assert isinstance(instant.to_epoch(text, True), int)
    except ValueError as error:
        assert "«" in str(error)


def test_les_limites_sont_celles_du_contrat():
    assert front_matter.MAX_DOCUMENT == 2 * 1024 * 1024 and front_matter.MAX_FRONT_MATTER == 64 * 1024
