"""The static checker itself: what it reads of a page, where it says things are, and that nothing makes it fall."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleuve.audit import checker
from fleuve.audit.aria import ATTRIBUTES, ROLES
from fleuve.audit.checker import check_folder, check_page, html_files
from fleuve.audit.css_color import Color
from fleuve.audit.finding import CERTAIN, TO_VERIFY
from fleuve.audit.html_page import HtmlPage
from fleuve.audit.rules import all_rules

WHOLE = '<!doctype html>\n<html lang="fr"><head><meta charset="utf-8"><title>Permis de pêche – Gouvernement</title></head><body><main><h1>Permis</h1>\n{}\n</main></body></html>'


def of_rule(html: str | bytes, rule: str) -> list:
    return [finding for finding in check_page(html, "p.html") if finding.rule == rule]


def target(html: str):
    """The page and its element marked data-t."""
    page = HtmlPage(html)
    return page, page.having("data-t")[0]


# --- names: https://www.w3.org/TR/accname-1.2/ ---


@pytest.mark.parametrize(("html", "name"), [
    ("<a data-t href=x> Payer\n ses <b>droits</b></a>", "Payer ses droits"),
    ("<a data-t href=x><div>Payer</div><div>ses droits</div></a>", "Payer ses droits"),
    ("<a data-t href=x>Pa<b>yer</b></a>", "Payer"),
    ("<a data-t href=x><img src=i alt='Accueil'> du site</a>", "Accueil du site"),
    ("<a data-t href=x><img src=i alt='Accueil' role=none></a>", ""),
    ("<a data-t href=x title='Accueil'><img src=i alt=''></a>", "Accueil"),
    ("<a data-t href=x>Suite<span hidden> cachée</span><span aria-hidden=true>→</span></a>", "Suite"),
    ("<a data-t href=x><svg><title>Courriel</title><path d='M0'/></svg></a>", "Courriel"),
    ("<button data-t aria-label=' '>Fermer</button>", "Fermer"),
    ("<button data-t aria-labelledby='a b'>x</button><i id=a hidden>Fermer</i> <i id=b>la carte</i>", "Fermer la carte"),
    ("<button data-t id=a aria-label=Supprimer aria-labelledby='a b'>x</button><i id=b>le permis</i>", "Supprimer le permis"),
    ("<button data-t aria-labelledby=absent>Fermer</button>", "Fermer"),
    ("<i id=a aria-labelledby=b>x</i><button data-t aria-labelledby=a></button><i id=b>y</i>", "x"),
    ("<label>Nom <input data-t></label>", "Nom"),
    ("<label for=n>Nom</label><label for=n>(obligatoire)</label><input id=n data-t>", "Nom (obligatoire)"),
    ("<label for=n hidden>Nom</label><input id=n data-t>", "Nom"),
    ("<label>Rappeler dans <input value=3> jours <input data-t type=checkbox></label>", ""),
    ("<label><input data-t type=checkbox>Rappeler dans <input value=3 aria-label=nombre> jours</label>", "Rappeler dans 3 jours"),
    ("<input data-t placeholder=Ville>", "Ville"),
    ("<input data-t type=submit>", "Submit"),
    ("<input data-t type=image src=x>", ""),
    ("<div data-t role=textbox>Tremblay</div>", ""),
    ("<table data-t><caption>Tarifs</caption><tr><td>1</table>", "Tarifs"),
    ("<fieldset data-t><legend>Adresse</legend><input></fieldset>", "Adresse"),
    ("<svg data-t role=img><title>Carte</title></svg>", "Carte"),
    ("<h2 data-t><template>caché</template>Titre</h2>", "Titre"),
])
def test_accessible_name(html: str, name: str) -> None:
    page, element = target(html)
    assert page.name(element) == name


@pytest.mark.parametrize(("html", "role"), [
    ("<img data-t alt=''>", "none"), ("<img data-t alt=' '>", "img"), ("<img data-t alt='' aria-label=x>", "img"), ("<img data-t role=none tabindex=0>", "img"),
    ("<a data-t>x</a>", ""), ("<a data-t href=x role=none>x</a>", "link"), ("<button data-t role=none disabled>x</button>", "none"),
    ("<div data-t role='inconnu button'>x</div>", "button"), ("<header data-t>x</header>", "banner"), ("<main><header data-t>x</header></main>", ""),
    ("<section data-t>x</section>", ""), ("<section data-t aria-label=x>x</section>", "region"), ("<input data-t list=l>", "combobox"),
    ("<select data-t multiple></select>", "listbox"), ("<input data-t type=zut>", "textbox"), ("<input data-t type=password>", ""),
    ("<ul><li data-t>x</ul>", "listitem"), ("<li data-t>x", ""), ("<table role=grid><tr><td data-t>x</table>", "gridcell"),
    ("<svg data-t></svg>", "graphics-document"), ("<table><tr><th data-t scope=row>x<td>y</table>", "rowheader"),
])
def test_role(html: str, role: str) -> None:
    page, element = target(html)
    assert page.role(element) == role


@pytest.mark.parametrize(("html", "exposed"), [
    ("<p data-t>x", True), ("<div hidden><p data-t>x</div>", False), ("<div hidden style='display:block'><p data-t>x</div>", True),
    ("<div style='display:none'><p data-t>x</div>", False), ("<style>.a{display:none}</style><p class=a data-t>x", False),
    ("<style>.a{display:none} p.a{display:block}</style><p class=a data-t>x", True),
    ("<style>@media print{p{display:none}}</style><p data-t>x", True), ("<style media=print>p{display:none}</style><p data-t>x", True),
    ("<div style='visibility:hidden'><p data-t>x</div>", False), ("<div style='visibility:hidden'><p data-t style='visibility:visible'>x</div>", True),
    ("<div aria-hidden=true><p data-t>x</div>", False), ("<div aria-hidden><p data-t>x</div>", True), ("<div inert><p data-t>x</div>", False),
    ("<details><summary>s</summary><p data-t>x</details>", True), ("<details open><summary>s</summary><p data-t>x</details>", True),
    ("<details><summary data-t>s</summary></details>", True), ("<dialog><p data-t>x</dialog>", False), ("<dialog open><p data-t>x</dialog>", True),
])
def test_what_assistive_technologies_get(html: str, exposed: bool) -> None:
    page, element = target(html)
    assert page.exposed(element) is exposed


# --- lines and excerpts ---


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_file(end: str) -> None:
    """A tag is on the line where it begins, whatever ends lines; comments, scripts and attributes of several lines count."""
    html = WHOLE.format("<!-- un\ncommentaire --><script>\nlet a = '<img>'\n</script>\n<p\n class='a\nb'>é\n<img src=a.png>\n<table><tr><td><img\nsrc=b.png></table>").replace("\n", end)
    assert [finding.line for finding in of_rule(html.encode(), "image-sans-nom")] == [10, 11]


def test_an_implied_tag_is_where_its_parent_is() -> None:
    page = HtmlPage("<p>x\n\n<table>\n<tr><td>1</table>")
    assert page.line(page.tagged("tbody")[0]) == 3
    assert page.line(page.root) == page.line(None) == 1


def test_excerpt_is_the_start_tag_and_short() -> None:
    page = HtmlPage(f'<a class="x y" href="{"é" * 300}" hidden>z</a>')
    assert page.excerpt(page.tagged("a")[0]).startswith('<a class="x y" href="éé')
    assert len(page.excerpt(page.tagged("a")[0])) == 160


def test_message_and_keys_of_a_finding() -> None:
    finding = of_rule(WHOLE.format("<img src=a.png>"), "image-sans-nom")[0]
    assert list(finding.to_json()) == ["file", "line", "rule", "act_rule", "criteria", "certainty", "message", "remedy", "excerpt", "pages", "page"]
    assert (finding.file, finding.line, finding.act_rule, finding.criteria, finding.certainty) == ("p.html", 3, "23a2a8", ("1.1.1",), CERTAIN)
    assert finding.excerpt == '<img src="a.png">'
    for each in check_page("<title></title><a href=x></a><p aria-z=1><div role=zut>", "p"):
        assert not any(f" {sign}" in each.message + each.remedy for sign in ":;?!»"), each


# --- what kind of document ---


def test_a_fragment_is_not_a_page() -> None:
    """Rules on pages say nothing of a piece of HTML without doctype, html, head, body nor title; a whole page must have all."""
    fragment = {finding.rule for finding in check_page("<p>Un morceau.</p>", "x")}
    whole = {finding.rule for finding in check_page("<!doctype html><p>Une page.</p>", "x")}
    assert {"page-sans-langue", "page-sans-titre"} <= whole - fragment


def test_foreign_content_and_templates_are_told_apart() -> None:
    page = HtmlPage("<svg><title>dessin</title><a href=x>y</a><foreignObject><p>html</p></foreignObject></svg><template><p id=t></template><title>page</title>")
    assert [title.text for title in page.tagged("title")] == ["page"]
    assert [title.text for title in page.tagged("svg:title")] == ["dessin"]
    assert len(page.tagged("p")) == 1
    assert not page.tagged("a")
    assert page.by_id("t") is None


@pytest.mark.parametrize(("html", "text"), [
    ("é".encode(), "é"), ("é".encode("windows-1252"), "é"), ("<meta charset=iso-8859-1>é".encode("latin-1"), "é"),
    ("\ufeffé".encode("utf-8-sig"), "é"), ("\ufeffé".encode("utf-16"), "é"), (b"<meta charset=utf-8>a\xffb", "a\ufffdb"), (b"<meta charset=klingon>\xe9", "é"),
])
def test_encodings(html: bytes, text: str) -> None:
    page = HtmlPage(html)
    assert page.root.text.strip("\ufeff") == text


# --- what must never make it fall ---


HOSTILE = {
    "profond": "<div>" * 50_000, "profond sans fin": "<b><i>" * 5_000, "liens imbriqués": "<a href=x><div>" * 3_000, "attribut immense": f'<p title="{"x" * 3_000_000}">',
    "mille attributs": "<p " + " ".join(f"aria-a{n}=1" for n in range(20_000)) + ">", "octets nuls": "\0" * 50_000, "tableaux": "<table>" * 2_000 + "x",
    "portées": '<table><tr><th colspan=9999999 rowspan=9999999>a<td colspan="' + "9" * 5_000 + '">b</table>', "grand tableau": "<table>" + ("<tr>" + "<th>a" * 150) * 150 + "</table>",
    "svg": "<svg><g>" * 3_000, "formulaires": "<select>" * 3_000,
    "références en rond": "<p id=a aria-labelledby=b>x</p><p id=b aria-labelledby=a>y</p><a href=x aria-labelledby='a b'>z</a>",
    "références nombreuses": "".join(f"<a id=i{n} href=x aria-labelledby='i{n + 1} i{n + 2}'>z</a>" for n in range(400)),
    "étiquettes en rond": "<label for=a>x<input id=a aria-labelledby=l></label><label id=l for=a>y</label>", "nombres": "<p tabindex=" + "9" * 9_999 + "><input size=" + "9" * 9_999 + ">",
    "chiffres d’ailleurs": "<select size=²><p tabindex=٣><td colspan=²><meta http-equiv=refresh content=٣>", "styles": "<style>" + "p{color:red;" * 5_000 + "</style><p style='" + "color:red;" * 5_000 + "'>x",
    "sélecteurs": "<style>:::{a:b} p:has(:not(,)){color:red} [a=']{} {display:none}</style><p>x", "couleurs": "<p style='color:rgb(1,,2);background:url(;font:0/0'>x", "cadres": "<iframe tabindex=-1 srcdoc=\"" + "<iframe tabindex=-1 srcdoc='x'>" * 500 + "\">",
    "aria-owns en rond": "<ul role=list id=a aria-owns=b></ul><div role=group id=b aria-owns=a></div>", "aria-owns de soi": "<div role=menu id=a aria-owns=a>", "refresh": "<meta http-equiv=refresh content='" + "9" * 9_999 + "'>",
    "langues": "<html lang='" + "a-" * 9_999 + "'><p lang='\0'>x<p lang=fr-" + "b" * 9_999 + ">y",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_pages_are_answered(html: str) -> None:
    """Whatever a page holds, the checker answers."""
    assert isinstance(check_page(html.encode(), "x.html"), list)
    assert isinstance(check_page(WHOLE.format(html), "x.html"), list)


_TAGS = "a img input button p div table th td tr caption ul li h1 h2 svg title iframe label select option details summary style script template object area map figure fieldset legend audio video".split()
_NAMES = [*sorted(ATTRIBUTES)[::3], "role", "id", "href", "alt", "title", "style", "lang", "for", "tabindex", "type", "scope", "headers", "colspan", "hidden", "autocomplete", "srcdoc", "usemap", "size"]
_VALUES = st.one_of(st.sampled_from([*sorted(ROLES)[::2], "", " ", "a", "b", "a b", "true", "-1", "0", "fr", "display:none", "color:#aaa;background:#fff", "checkbox", "x.png"]), st.text(max_size=8))


@st.composite
def _soup(draw) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 12))):
        tag = draw(st.sampled_from(_TAGS))
        attributes = draw(st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=4))
        written = "".join(f' {name}="{value.replace(chr(34), "")}"' for name, value in attributes.items())
        parts.append(f"<{tag}{written}>{draw(st.text(max_size=6))}" + draw(st.sampled_from(["", f"</{tag}>", "\n"])))
    return "".join(parts)


@settings(max_examples=150, deadline=None)
@given(_soup())
def test_no_markup_raises(html: str) -> None:
    check_page(html, "x.html")
    check_page("<!doctype html>" + html, "x.html")


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(html: bytes) -> None:
    check_page(html, "x.html")


@pytest.mark.parametrize("html", [b"", b" ", b"<!doctype html>", b"<html></html>", "<frameset><frame src=x></frameset>".encode(), b"<!-- ", b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>"])
def test_nearly_nothing(html: bytes) -> None:
    assert isinstance(check_page(html, "x.html"), list)


# --- folders ---


def _folder(folder: Path) -> Path:
    for number in range(150):
        page = folder / f"d{number % 7}" / f"p{number}.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text(WHOLE.format("<img src=a.png>" * (number % 3)), encoding="utf-8")
    (folder / "a.htm").write_text("<a href=x></a>", encoding="utf-8")
    (folder / "b.XHTML").write_text("<html xmlns='http://www.w3.org/1999/xhtml'><body><img src='a'/></body></html>", encoding="utf-8")
    (folder / "c.txt").write_text("<img src=a>", encoding="utf-8")
    return folder


def test_same_findings_in_the_same_order_whatever_the_jobs(tmp_path: Path) -> None:
    folder, done = _folder(tmp_path), []
    alone = list(check_folder(folder))
    together = list(check_folder(folder, jobs=2, progress=lambda checked, total: done.append((checked, total))))
    assert alone == together == sorted(alone, key=lambda finding: finding.file)
    assert done[-1] == (152, 152)
    assert {"a.htm", "b.XHTML", "d1/p1.html"} <= {finding.file for finding in alone}
    assert "c.txt" not in {finding.file for finding in alone}


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "dehors", tmp_path / "site"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.html").write_text("<img src=a>", encoding="utf-8")
    (folder / "page.html").write_text("<p>x", encoding="utf-8")
    os.symlink(outside / "secret.html", folder / "lien.html")
    os.symlink(outside, folder / "dossier")
    os.symlink(folder, folder / "rond")
    os.symlink(folder / "page.html", folder / "autre.html")
    os.symlink(folder / "absent.html", folder / "casse.html")
    assert html_files(folder) == ["autre.html", "casse.html", "page.html"]
    assert [finding.rule for finding in check_folder(folder) if finding.file == "casse.html"] == ["page-non-verifiee"]


def test_files_too_big_are_named_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "MAX_BYTES", 1_000)
    (tmp_path / "gros.html").write_text("<img src=a>" * 200, encoding="utf-8")
    [finding] = check_folder(tmp_path)
    assert (finding.file, finding.rule, finding.certainty) == ("gros.html", "page-non-verifiee", TO_VERIFY)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        list(check_folder(tmp_path / "rien"))


# --- the set of rules ---


def test_every_rule_says_what_it_is() -> None:
    """Id, French title, source and criteria: what reports and the accessibility page print."""
    rules = all_rules()
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.title and rule.source.startswith("https://"), rule.id
        assert rule.certainty in (CERTAIN, TO_VERIFY), rule.id
        assert rule.id == rule.id.lower().strip() and " " not in rule.id
        assert rule.__doc__, rule.id


@pytest.mark.parametrize(("one", "other", "ratio"), [
    ("#000", "white", 21.0), ("#767676", "#fff", 4.54), ("rgb(0 0 255)", "#ffff", 8.59), ("hsl(0, 100%, 50%)", "rgba(255,255,255,1)", 4.0), ("#777", "#777777", 1.0),
])
def test_contrast_of_two_colours(one: str, other: str, ratio: float) -> None:
    """Figures of WebAIM's and of the W3C's examples: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    assert Color.parse(one).contrast(Color.parse(other)) == pytest.approx(ratio, abs=0.01)


def test_what_is_no_colour_is_not_guessed() -> None:
    assert [Color.parse(text) for text in ("", "var(--x)", "canvastext", "rgb(1,2)", "#12", "color(srgb 1 0 0)")] == [None] * 6
