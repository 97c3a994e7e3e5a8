"""The pipeline as a whole: what it is made of, in what order it runs, and what no text can make it do."""

from __future__ import annotations

import ast
import re
import tomllib
from html.parser import HTMLParser

import pytest
import yaml
from conftest import ROOT, Site
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pipeline import Pipeline

from fleuve.settings import _Loader

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["mkdocs.plugins"]
LISTED = yaml.load((ROOT / "site.yml").read_text("utf-8"), _Loader)["plugins"]


def test_every_plugin_is_declared_and_listed():
    assert sorted(DECLARED) == sorted(LISTED) and len(LISTED) == len(set(LISTED))


@pytest.mark.parametrize("name", DECLARED)
def test_a_plugin_is_one_file_that_says_what_it_does(name):
    module, _, attribute = DECLARED[name].partition(":")
    file = ROOT / f"{module.replace('.', '/')}.py"
    tree = ast.parse(file.read_text("utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "BasePlugin" for base in node.bases)]
    assert [node.name for node in classes] == [attribute], "one plugin, one file"
    assert len(ast.get_docstring(tree) or "") > 30 and ast.get_docstring(classes[0])
    assert file.stem == name.removeprefix("fleuve-")


def test_no_other_file_lies_in_the_folder_of_plugins():
    files = {file.stem for file in (ROOT / "plugins").glob("*.py")} - {"__init__"}
    assert files == {target.partition(":")[0].rpartition(".")[2] for target in DECLARED.values()}


def test_plugins_run_in_the_order_of_the_configuration(site):
    site.write("page.md", "Texte.")
    press = Pipeline(site).press
    assert list(press.plugins) == LISTED
    handlers = press.plugins.events["page_content"]
    order = [LISTED.index(f"fleuve-{handler.__self__.__class__.__module__.rpartition('.')[2]}") for handler in handlers]
    assert len(order) > 5 and order == sorted(order)


def test_the_order_is_that_of_site_yml_and_nothing_else(site):
    """With the typography before the sanitizer, spaces are set in another order: what is listed is what runs."""
    text = site.config.read_text("utf-8")
    site.config.write_text(text.replace("  - fleuve-tables", "  - fleuve-TABLES").replace("  - fleuve-headings", "  - fleuve-tables").replace("  - fleuve-TABLES", "  - fleuve-headings"), "utf-8")
    site.write("page.md", "Texte.")
    names = list(Pipeline(site).press.plugins)
    assert names.index("fleuve-tables") < names.index("fleuve-headings")


def test_a_site_without_the_documents_plugin_is_told_so(site):
    site.config.write_text(site.config.read_text("utf-8").replace("  - fleuve-documents", "  # "), "utf-8")
    site.write("page.md", "Texte.")
    result = site.build()
    assert result.code == 2 and "fleuve-documents" in result.said and "site.yml" in result.said


def test_a_plugin_that_does_not_exist_is_told(site):
    site.config.write_text(site.config.read_text("utf-8").replace("plugins:\n", "plugins:\n  - greffon-absent\n"), "utf-8")
    site.write("page.md", "Texte.")
    result = site.build()
    assert result.code == 2 and "greffon-absent" in result.said


# What no text can do.

VOID = frozenset("area base br col embed hr img input link meta source track wbr path circle rect line polyline".split())
PIECES = st.sampled_from([
    "<script>alert(1)</script>", "<SCRIPT SRC=//x>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>", "[x](javascript:alert(1))",
    "[x](JaVa\tScript:alert(1))", "![x](data:text/html;base64,AAAA)", "<svg onload=alert(1)>", "<div style='color:red'>", "</div>", "<p>", "</p>", "<!-- ", " -->",
    "<details>", "</details>", "<table><tr><td>", "<pre>", "```", "~~~", "`", "    code", "# Un", "### Trois", "###### Six {#a}", "## T {onclick=alert(1) style=x}",
    "## [x]{lang=en}", "Titre\n===", "Titre\n---", "::: encadre Titre", "::: accordeon \"><script>", "::: onglets", "::: onglet <b>x</b>", "::: tableau T",
    "::: appel-action X {lien=\"javascript:alert(1)\"}", "::: carte C {lien='\"><img src=x onerror=y>'}", "::: telechargement T {fichier=\"/x\\\" onclick=\\\"y\"}", "::: inconnu", ":::", "::::",
    "> [!NOTE]", "> > [!TIP]", "> ", "- ", "1. ", "[^1]", "[^1]: note", "[^é \"<b>]", "[^é \"<b>]: x", "| a | b |\n|:-:|--:|\n| c | d |", "Terme\n: Définition",
    "[open]{lang=en}", "[x]{lang=\"><script>\"}", "[[inclure: bloc]]", "[[inclure: absent]]", "NAS", "*", "**", "_", "~~", "\\", "&lt;script&gt;", "&#106;avascript:", "<https://a.quebec/?x=<b>>",
    "<h4 id=a onmouseover=x>", "</h4>", "<a name=x>", "<style>body{}</style>", "<iframe src=x>", "<form action=x>", "<math>", "<textarea>", "<title>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "\x00", "\ue000", "\ue0000\ue002", "\ue0010\ue002", "\u202e", "« oui »", "8 h 30", "<b title='a>b'>", "href=\"x.md\"", "`<a href=\"x.md\">`", "\r\n", "\t",
])
texts = st.lists(st.one_of(PIECES, st.text(max_size=12), st.sampled_from(["\n", "\n\n", "  \n"])), max_size=24).map("".join)
lines = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=16).map("\n".join)
blocks = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=16).map("\n\n".join)

DANGEROUS_ATTRIBUTE = re.compile(r"on[a-z]+|style|srcdoc|formaction|action|xlink:href")
DANGEROUS_ADDRESS = re.compile(r"[\x00-\x20]*(javascript|vbscript|data):", re.I)


class Reading(HTMLParser):
    """What a browser would find in a page's body, and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        if self._open:
            self.wrong.append(f"left open: {self._open}")

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "iframe", "object", "form", "base", "meta", "link"):
            self.wrong.append(f"<{tag}>")
        names = [key for key, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"attribute twice in <{tag}>: {names}")
        for key, value in attrs:
            if DANGEROUS_ATTRIBUTE.fullmatch(key):
                self.wrong.append(f"{key}= in <{tag}>")
            if key in ("href", "src") and (not value or DANGEROUS_ADDRESS.match(value)):
                self.wrong.append(f"{key}={value!r}")
            if key == "id":
                self.ids.append(value)
                if not value or re.search(r"\s", value):
                    self.wrong.append(f"id={value!r}")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "img" and "src" not in names:
            self.wrong.append("<img> without src")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory) -> Pipeline:
    """A site of four pages, a glossary and a fragment that itself needs every plugin."""
    site = Site(tmp_path_factory.mktemp("greffons"))
    for path in ("index.md", "page.md", "page.en.md", "x.md"):
        site.write(path, "")
    site.write("_glossaire/a.yml", "NAS: {fr: Numéro d’assurance sociale, en: Social insurance number}\n")
    site.write("_fragments/bloc.md", "## Bloc\n\n::: encadre\n<b onclick=x>NAS\n:::\n\n[^1]: fin")
    return Pipeline(site)


@settings(max_examples=400)
@given(text=st.one_of(texts, lines, blocks), path=st.sampled_from(["page.md", "page.en.md"]))
@example("## T {onclick=alert(1)}", "page.md")
@example("> [!NOTE]\n> > cité", "page.md")
@example("[^é à]\n\n[^é à]: note", "page.md")
@example("<details>\n\n::: encadre\n\n</details>\n\n:::\n", "page.md")
@example("- a\n\n  <div>\n\n::: encadre\nb\n:::\n", "page.md")
@example("::: onglets\n::: onglets\n::: onglet Un\n::: onglet Deux", "page.md")
def test_no_text_breaks_the_page(pipeline, text, path):
    found = pipeline.render(text, path)
    html = found.html
    reading = Reading(html)
    assert reading.wrong == [], html
    assert len(reading.ids) == len(set(reading.ids)), html
    assert 1 not in reading.levels and reading.levels[:1] in ([], [2]), html
    assert all(after <= before + 1 for before, after in zip(reading.levels, reading.levels[1:])), html
    assert not any(mark in html for mark in "\x00\ue000\ue001\ue002"), html
    assert [heading["id"] for heading in found.doc.headings] == [ident for ident in reading.ids if ident in {h["id"] for h in found.doc.headings}], html


@settings(max_examples=100)
@given(text=texts)
def test_no_front_matter_field_breaks_the_page(pipeline, text):
    env = pipeline.session.env
    doc = pipeline.render("", "page.md").doc
    for name in ("markdown", "markdown_inline"):
        html = str(env.from_string("<div>{{ text|" + name + " }}</div>").render(text=text, doc=doc, lang="fr"))
        assert Reading(html).wrong == [], html
