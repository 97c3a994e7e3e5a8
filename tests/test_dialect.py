"""The Markdown dialect, by example: on the left what an editor types, on the right what a reader's browser gets.

« ~ » in the HTML stands for an insecable space. Components are in the second part, front matter in the third.
"""

from __future__ import annotations

import re

import pytest
from conftest import Site
from pipeline import Pipeline

NBSP = "\u00a0"


def case(name: str, markdown: str, html: str):
    """A line of the table."""
    return pytest.param(markdown, html, id=name)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """A small site to link to."""
    site = Site(tmp_path_factory.mktemp("dialecte"))
    for path in ("page.md", "page.en.md", "autre.md", "autre.en.md", "dossier/index.md", "sous/page.md"):
        site.write(path, "")
    site.write("dossier/Été à Québec.md", "---\ntitle: Été\nslug: ete\n---\n")
    site.write("embargo.md", "---\ntitle: Plus tard\nembargo: 2099-01-01\n---\n")
    for name, data in (("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>'), ("guide.pdf", b"x" * 1_234_567), ("film.mp4", b"x"), ("film.vtt", b"x"), ("son.mp3", b"x"), ("dossier/carte é.pdf", b"x")):
        site.write(name, data)
    site.write("_glossaire/sigles.yml", "NAS: {fr: Numéro d’assurance sociale, en: Social insurance number}\nPME: {fr: Petite ou moyenne entreprise}\n")
    site.write("_fragments/joindre.md", "Appelez-nous : 418 555-0123.\n")
    site.write("_fragments/joindre.en.md", "Call us.\n")
    return site


@pytest.fixture(scope="module")
def pipeline(site) -> Pipeline:
    """The pipeline over that site."""
    return Pipeline(site)


def shown(html: str) -> str:
    """HTML as the tables write it."""
    return html.strip().replace(NBSP, "~")


TEXT = [
    case("emphasis", "Un **mot** *fort* et ~~barré~~.", "<p>Un <strong>mot</strong> <em>fort</em> et <del>barré</del>.</p>"),
    case("list", "- un\n- deux\n  1. trois", "<ul>\n<li>un</li>\n<li>deux\n<ol>\n<li>trois</li>\n</ol>\n</li>\n</ul>"),
    case("definition list", "Terme\n: Une définition\n: Une autre\n\nSecond terme\n: La sienne",
         "<dl>\n<dt>Terme</dt>\n<dd>Une définition</dd>\n<dd>Une autre</dd>\n<dt>Second terme</dt>\n<dd>La sienne</dd>\n</dl>"),
    case("fragment", "[[inclure: joindre]]\n\nFin.", "<p>Appelez-nous~: 418~555-0123.</p>\n<p>Fin.</p>"),
    case("code", "`a  : b` et\n\n    l'eau ?\n", "<p><code>a  : b</code> et</p>\n<pre><code>l'eau ?\n</code></pre>"),
    case("raw HTML that is allowed", "H<sub>2</sub>O, <kbd>Ctrl ?</kbd>", "<p>H<sub>2</sub>O, <kbd>Ctrl ?</kbd></p>"),
    case("raw HTML that is not", '<div style="color: red" onclick="x()">Non</div>', "<div>Non</div>"),
    case("a script", "Avant <script>alert(1)</script> après", "<p>Avant  après</p>"),
]

TYPOGRAPHY = [
    case("high signs", "Quoi : ceci ; cela ! Vraiment ?", "<p>Quoi~: ceci~; cela~! Vraiment~?</p>"),
    case("quotes", "« Oui », dit-elle.", "<p>«~Oui~», dit-elle.</p>"),
    case("apostrophe", "L'eau d'ici, aujourd'hui", "<p>L’eau d’ici, aujourd’hui</p>"),
    case("hours", "De 8 h 30 à 16 h, pendant 24 h.", "<p>De 8~h~30 à 16~h, pendant 24~h.</p>"),
    case("amounts", "1 234 567 $, 24,50 $, 50 %, 30 €", "<p>1~234~567~$, 24,50~$, 50~%, 30~€</p>"),
    case("telephones", "418 555-0123 ou 1 800 555-0199", "<p>418~555-0123 ou 1~800~555-0199</p>"),
    case("a year is not an amount", "En 2026 12 personnes, 3 000 en 2027", "<p>En 2026 12 personnes, 3~000 en 2027</p>"),
    case("ellipsis and dashes", "Attendez... 2025--2026", "<p>Attendez… 2025–2026</p>"),
    case("code is left alone", "`x ? y : l'eau` !", "<p><code>x ? y : l'eau</code>~!</p>"),
    case("addresses are left alone", "<https://a.quebec/?q=l'eau&h=8:30> : oui",
         '<p><a href="https://a.quebec/?q=l&#x27;eau&amp;h=8:30" class="externe">https://a.quebec/?q=l\'eau&amp;h=8:30</a>~: oui</p>'),
]

ENGLISH = [
    case("no French spaces", "Really : yes ! At 8 h 30, $1 000", "<p>Really : yes ! At 8 h 30, $1 000</p>"),
    case("curly quotes", "It's \"here\"...", "<p>It’s “here”…</p>"),
    case("alert", "> [!CAUTION]\n> Hot.", '<div class="alerte alerte-caution" role="note" aria-label="Caution">\n<p class="alerte-titre">Caution</p>\n<p>Hot.</p>\n</div>'),
    case("table name", "## Fees\n\n| a |\n|---|\n| 1 |",
         '<h2 id="fees">Fees</h2>\n<div class="tableau" role="region" tabindex="0" aria-label="Table: Fees">\n<table><thead><tr><th scope="col">a</th></tr></thead>'
         "<tbody>\n<tr><td>1</td></tr>\n</tbody></table>\n</div>"),
    case("glossary in its language", "Your NAS and a PME.", '<p>Your <abbr title="Social insurance number">NAS</abbr> and a PME.</p>'),
    case("fragment in its language", "[[inclure: joindre]]", "<p>Call us.</p>"),
    case("footnote", "A[^1]\n\n[^1]: B",
         '<p>A<sup class="footnote-reference" id="appel-1"><a href="#note-1">1</a></sup></p>\n<section class="notes" aria-label="Notes">\n<ol>\n'
         '<li id="note-1" value="1"><p>B <a class="note-retour" href="#appel-1" aria-label="Back to text, note 1">↩</a></p></li>\n</ol>\n</section>'),
]

HEADINGS = [
    case("the title of the page is the only level 1", "# Un\n\n## Deux", '<h2 id="un">Un</h2>\n<h3 id="deux">Deux</h3>'),
    case("no level is skipped", "### Trois\n\n###### Six\n\n## Deux", '<h2 id="trois">Trois</h2>\n<h3 id="six">Six</h3>\n<h2 id="deux">Deux</h2>'),
    case("ids are unique", "## Coût\n\n## Coût\n\n## Coût", '<h2 id="cout">Coût</h2>\n<h2 id="cout-2">Coût</h2>\n<h2 id="cout-3">Coût</h2>'),
    case("an id of one's own", "## Les tarifs {#tarifs}\n\n## Tarifs", '<h2 id="tarifs">Les tarifs</h2>\n<h2 id="tarifs-2">Tarifs</h2>'),
    case("an id that is taken elsewhere", '<div id="cout">x</div>\n\n## Coût', '<div id="cout">x</div>\n<h2 id="cout-2">Coût</h2>'),
    case("marks of emphasis", "## Le `code` & *l'eau*", '<h2 id="le-code-l-eau">Le <code>code</code> &amp; <em>l’eau</em></h2>'),
    case("no Latin letter", "## 漢字", '<h2 id="titre">漢字</h2>'),
    case("empty", "##\n\nTexte", "<p>Texte</p>"),
    case("attributes that run code", "## Titre {#t onclick=alert(1) style=color:red .c}", '<h2 id="t" class="c">Titre</h2>'),
    case("ends with words of another language", "## Le [big data]{lang=en}", '<h2 id="le-big-data">Le <span lang="en">big data</span></h2>'),
]

NOTES = [
    case("several calls",
         "Un[^1], deux[^1].\n\n[^1]: Note.",
         '<p>Un<sup class="footnote-reference" id="appel-1"><a href="#note-1">1</a></sup>, deux<sup class="footnote-reference" id="appel-1-2">'
         '<a href="#note-1">1</a></sup>.</p>\n<section class="notes" aria-label="Notes">\n<ol>\n<li id="note-1" value="1"><p>Note. '
         '<a class="note-retour" href="#appel-1" aria-label="Retour au texte, note 1">↩</a> '
         '<a class="note-retour" href="#appel-1-2" aria-label="Retour au texte, note 1, appel 2">↩</a></p></li>\n</ol>\n</section>'),
    case("a label with spaces and accents",
         "Un[^loi d'été].\n\n[^loi d'été]: Note *forte*.\n\n    Suite.\n\nFin.",
         '<p>Un<sup class="footnote-reference" id="appel-1"><a href="#note-1">1</a></sup>.</p>\n<p>Fin.</p>\n<section class="notes" aria-label="Notes">\n<ol>\n'
         '<li id="note-1" value="1"><p>Note <em>forte</em>.</p>\n<p>Suite. <a class="note-retour" href="#appel-1" aria-label="Retour au texte, note 1">↩</a></p>'
         "</li>\n</ol>\n</section>"),
    case("no note", "Un[^1].", "<p>Un[^1].</p>"),
]

ALERTS = [
    case(name, f"> [!{sign}]\n> Texte.", f'<div class="alerte alerte-{sign.lower()}" role="note" aria-label="{name}">\n<p class="alerte-titre">{name}</p>\n<p>Texte.</p>\n</div>')
    for sign, name in (("NOTE", "Note"), ("TIP", "Conseil"), ("IMPORTANT", "Important"), ("WARNING", "Attention"), ("CAUTION", "Mise en garde"))
] + [
    case("a quotation in an alert", "> [!NOTE]\n> Il dit\n>\n> > cité\n>\n> fin\n\n> citation",
         '<div class="alerte alerte-note" role="note" aria-label="Note">\n<p class="alerte-titre">Note</p>\n<p>Il dit</p>\n<blockquote>\n<p>cité</p>\n</blockquote>\n'
         "<p>fin</p>\n</div>\n<blockquote>\n<p>citation</p>\n</blockquote>"),
]

GLOSSARY = [
    case("first use only", "Le NAS, le NAS.", '<p>Le <abbr title="Numéro d’assurance sociale">NAS</abbr>, le NAS.</p>'),
    case("not in links, code and headings", "## NAS\n\n[NAS](autre.md) `NAS` NAS",
         '<h2 id="nas">NAS</h2>\n<p><a href="/autre/">NAS</a> <code>NAS</code> <abbr title="Numéro d’assurance sociale">NAS</abbr></p>'),
    case("whole words", "PME-PMI, PMEs, NASA, une PME", '<p>PME-PMI, PMEs, NASA, une <abbr title="Petite ou moyenne entreprise">PME</abbr></p>'),
]

LANGUAGES = [
    case("words", "Les [open data]{lang=en}.", '<p>Les <span lang="en">open data</span>.</p>'),
    case("with quotes", 'Un [*week-end*]{lang="en-CA"}', '<p>Un <span lang="en-CA"><em>week-end</em></span></p>'),
    case("in code", "`[x]{lang=en}`", "<p><code>[x]{lang=en}</code></p>"),
    case("not a language", "[mot]{lang=x9}", "<p>mot</p>"),
]

TABLES = [
    case("region, scope, alignment", "| Permis | Coût |\n|:--|--:|\n| Pêche | 5 $ |",
         '<div class="tableau" role="region" tabindex="0" aria-label="Tableau">\n<table><thead><tr><th scope="col" class="al-gauche">Permis</th>'
         '<th scope="col" class="al-droite">Coût</th></tr></thead><tbody>\n<tr><td class="al-gauche">Pêche</td><td class="al-droite">5~$</td></tr>\n</tbody></table>\n</div>'),
    case("named by its heading, an empty corner", "## Prix\n\n| | a |\n|---|---|\n| b | 1 |\n\n| c |\n|---|\n",
         '<h2 id="prix">Prix</h2>\n<div class="tableau" role="region" tabindex="0" aria-label="Tableau~: Prix">\n<table><thead><tr><td></td><th scope="col">a</th></tr>'
         "</thead><tbody>\n<tr><td>b</td><td>1</td></tr>\n</tbody></table>\n</div>\n"
         '<div class="tableau" role="region" tabindex="0" aria-label="Tableau~: Prix (2)">\n<table><thead><tr><th scope="col">c</th></tr></thead><tbody>\n</tbody></table>\n</div>'),
    case("in HTML, an empty corner with its scope", '<table><tr><th scope="col"> </th><th scope="col">a</th></tr><tr><th scope="row">b</th><td>1</td></tr></table>',
         '<div class="tableau" role="region" tabindex="0" aria-label="Tableau">\n<table><tbody><tr><td></td><th scope="col">a</th></tr>'
         '<tr><th scope="row">b</th><td>1</td></tr></tbody></table>\n</div>'),
]

LINKS = [
    case("to a page", "[a](autre.md)", '<a href="/autre/">a</a>'),
    case("to a part of a page", "[a](autre.md#coût)", '<a href="/autre/#co%C3%BBt">a</a>'),
    case("on the page", "[a](#ici)", '<a href="#ici">a</a>'),
    case("to a folder", "[a](dossier/)", '<a href="/dossier/">a</a>'),
    case("without .md", "[a](autre)", '<a href="/autre/">a</a>'),
    case("to the English twin", "[a](autre.en.md)", '<a href="/en/autre/">a</a>'),
    case("a name with spaces and accents", "[a](<dossier/Été à Québec.md>)", '<a href="/dossier/ete/">a</a>'),
    case("a name that is percent-encoded", "[a](dossier/%C3%89t%C3%A9%20%C3%A0%20Qu%C3%A9bec.md#x)", '<a href="/dossier/ete/#x">a</a>'),
    case("to a file", "[a](<dossier/carte é.pdf>)", '<a href="/dossier/carte%20%C3%A9.pdf">a</a>'),
    case("an image", '![Une carte](dessin.svg "Titre")', '<img src="/dessin.svg" alt="Une carte" title="Titre" width="4" height="3" loading="lazy" decoding="async">'),
    case("an address of the site", "[a](/dossier/)", '<a href="/dossier/">a</a>'),
    case("outside", "[a](https://a.quebec/)", '<a href="https://a.quebec/" class="externe">a</a>'),
    case("mail and telephone", "[a](mailto:a@b.quebec) [b](tel:+14185550123)", '<a href="mailto:a@b.quebec">a</a> <a href="tel:+14185550123">b</a>'),
    case("by reference", "[a][r]\n\n[r]: autre.md", '<a href="/autre/">a</a>'),
    case("to nowhere", "[a](absent.md)", "<a>a</a>"),
    case("to a page under embargo", "[a](embargo.md)", "<a>a</a>"),
    case("to an image that does not exist", "![Une carte](absent.png)", "Une carte"),
    case("that runs code", "[a](javascript:alert(1))", "<a>a</a>"),
    case("out of the content", "[a](../../etc/passwd)", "<a>a</a>"),
    case("shown as code", '`<a href="autre.md">`', '<code>&lt;a href="autre.md"&gt;</code>'),
]

TOLD = [
    ("[a](absent.md)", "lien-brise"), ("![a](absent.png)", "lien-brise"), ("[a](embargo.md)", "lien-brise"), ("[a](javascript:x)", "adresse-interdite"),
    ("[a](javascript:x) <b>b</b>", "adresse-interdite"), ("<script>x</script>", "balise-interdite"), ("<b onclick=x>a</b>", "gestionnaire-interdit"),
    ("<b style='x'>a</b>", "html-retire"), ("##\n", "titre-vide"), ("[a]{lang=x9}", "langue-inconnue"), ("[[inclure: absent]]", "fragment-introuvable"),
    ("[[inclure: À éviter]]", "inclusion-invalide"), ("::: encadree\n:::", "composant-inconnu"), ("::: encadre\nTexte", "composant-non-ferme"),
    ("Texte\n\n:::\n", "composant-ferme-de-trop"), ("::: accordeon\n:::", "composant-sans-titre"), ("::: carte X\n:::", "composant-mal-place"),
    ("::: appel-action X\n:::", "attribut-manquant"), ('::: encadre X {couleur="rouge"}\n:::', "attribut-inconnu"),
]


@pytest.mark.parametrize("markdown, html", TEXT + TYPOGRAPHY + HEADINGS + NOTES + ALERTS + GLOSSARY + LANGUAGES + TABLES)
def test_french(markdown, html, pipeline):
    assert shown(pipeline.render(markdown).html) == html


@pytest.mark.parametrize("markdown, html", ENGLISH)
def test_english(markdown, html, pipeline):
    assert shown(pipeline.render(markdown, "page.en.md").html) == html


@pytest.mark.parametrize("markdown, html", LINKS)
def test_links(markdown, html, pipeline):
    assert shown(pipeline.render(markdown).html) == f"<p>{html}</p>"


def test_links_from_a_folder(pipeline):
    assert '<a href="/autre/">' in pipeline.render("[a](../autre.md)", "sous/page.md").html
    assert "lien-brise" in pipeline.render("[a](autre.md)", "sous/page.md").codes


@pytest.mark.parametrize("markdown, code", TOLD)
def test_what_is_wrong_is_told_with_its_line(markdown, code, pipeline):
    found = pipeline.render("Un début.\n\n" + markdown)
    problem = next(problem for problem in found.doc.problems if problem.code == code)
    assert problem.file == "page.md" and problem.message and problem.remedy
    if code not in ("titre-vide", "composant-ferme-de-trop"):
        assert problem.line == found.doc.body_line + 2


# Components.


def component(pipeline: Pipeline, markdown: str, path: str = "page.md") -> str:
    """HTML of a text with components, its line ends as spaces."""
    return re.sub(r"\s*\n\s*", " ", shown(pipeline.render(markdown, path).html))


COMPONENTS = [
    case("accordeon", "::: accordeon Et sans l'adresse ?\nUne **lettre** suffit.\n:::",
         '<details class="accordeon" id="et-sans-l-adresse-1"><summary>Et sans l’adresse~?</summary> <div class="accordeon-corps"> <p>Une <strong>lettre</strong> suffit.</p> </div></details>'),
    case("appel-action", '::: appel-action Commencer {lien="autre.md"}\n:::', '<p><a class="bouton" href="/autre/">Commencer'),
    case("encadre", "::: encadre Le saviez-vous ?\nTexte.\n:::", '<div class="encadre" id="le-saviez-vous-1"> <p class="encadre-titre">Le saviez-vous~?</p> <p>Texte.</p> </div>'),
    case("encadre without a title", "::: encadre\nTexte.\n:::", '<div class="encadre" id="encadre-1"> <p>Texte.</p> </div>'),
    case("etapes", "::: etapes\n::: etape Un\nA\n:::\n::: etape Deux\nB\n:::\n:::",
         'id="etapes-1"> <li class="etape" id="un-2"><p class="etape-titre">Un</p> <p>A</p> </li> <li class="etape" id="deux-3"><p class="etape-titre">Deux</p> <p>B</p> </li> </ol>'),
    case("onglets", "::: onglets\n::: onglet Par la poste\nA\n:::\n::: onglet En ligne\nB\n:::\n:::",
         '<details class="onglet" name="onglets-1" id="en-ligne-3"><summary>En ligne</summary> <div class="onglet-corps"> <p>B</p> </div></details> </div>'),
    case("cartes", '::: cartes\n::: carte Autre {lien="autre.md"}\nTexte.\n:::\n:::', '<p class="carte-titre"><a href="/autre/">Autre</a></p> <p>Texte.</p>'),
    case("telechargement", '::: telechargement Guide {fichier="guide.pdf" version_html="autre.md"}\n:::', 'href="/guide.pdf" download>Guide <span class="note">(PDF, 1,2~Mo)</span></a>'),
    case("video", '::: video Un film {fichier="film.mp4" sous_titres="film.vtt"}\nParoles.\n:::', 'src="/film.mp4"> <track kind="captions" src="/film.vtt" srclang="fr"'),
    case("audio", '::: audio Un son {fichier="son.mp3" duree="1:25"}\nParoles.\n:::', 'aria-labelledby="un-son-1-titre" src="/son.mp3">'),
    case("photo", '::: photo Le plan {fichier="dessin.svg" texte_de_remplacement="Un plan." credit="Parcs"}\n:::',
         '<img src="/dessin.svg" alt="Un plan." width="4" height="3" loading="lazy" decoding="async"><span class="invisible"> (voir en grand)</span></a> <figcaption>Le plan'),
    case("galerie", '::: galerie Le parc\n::: photo {fichier="dessin.svg" texte_de_remplacement="Un plan." credit="Parcs"}\n:::\n:::',
         '<div class="galerie" id="le-parc-1" role="group" aria-labelledby="le-parc-1-titre"> <figure class="photo" id="photo-2">'),
    case("infographie", '::: infographie Trois étapes {fichier="dessin.svg" texte_de_remplacement="Les étapes."}\nUne, deux, trois.\n:::',
         '<img src="/dessin.svg" alt="Les étapes." aria-details="trois-etapes-1-description"'),
    case("video-externe", '::: video-externe La conférence {lien="https://vimeo.com/1"}\nUn résumé.\n:::',
         '<a class="externe" href="https://vimeo.com/1" rel="noreferrer">La conférence (sur vimeo.com)</a>'),
    case("coordonnees", "::: coordonnees Comptoir\n92, rue Ouest\n418 555-0123\n:::",
         '<div class="coordonnees" id="comptoir-1"> <p class="coordonnees-titre">Comptoir</p> <p>92, rue Ouest 418~555-0123</p> </div>'),
    case("tableau", "::: tableau Tarifs de 2026\n| a |\n|---|\n| 1 |\n:::",
         '<div class="tableau" role="region" tabindex="0" aria-label="Tableau~: Tarifs de 2026"> <table><caption>Tarifs de 2026</caption><thead>'),
    case("demande-acces", "::: demande-acces\n:::", '<form class="formulaire demande" data-lettre="demande-acces-1-lettre"'),
    case("citation", '::: citation {auteur="M. Roy" source="Discours"}\nL\'eau.\n:::',
         "<blockquote> <p>L’eau.</p> </blockquote> <figcaption>M. Roy, <cite>Discours</cite></figcaption>"),
]


@pytest.mark.parametrize("markdown, html", COMPONENTS)
def test_components(markdown, html, pipeline):
    assert html in component(pipeline, markdown)


def test_every_component_of_the_theme_is_in_the_table(pipeline):
    tried = {name for parameter in COMPONENTS for name in re.findall(r"^::: ([a-z-]+)", parameter.values[0], re.M)}
    assert tried == set(pipeline.session.components)


def test_the_example_of_every_component_is_right(pipeline):
    for known in pipeline.session.components.values():
        found = pipeline.render(known.example)
        assert set(found.codes) <= {"lien-brise"}, (known.name, found.codes)  # examples name files that this site has not
        assert known.description and ":::" not in found.html


def test_components_hold_all_of_the_dialect_and_each_other(pipeline):
    html = component(pipeline, "::: encadre Dehors\n## Titre\n\n::: accordeon Dedans\nVoir[^1] le NAS.\n\n- un\n\n> [!NOTE]\n> Oui.\n:::\n\n[Ici](autre.md)\n:::\n\n[^1]: Note.\n")
    assert re.search(r'<div class="encadre".*<h2 id="titre">.*<details.*<sup.*<abbr.*<ul>.*alerte-note.*</details>.*<a href="/autre/">.*</div> <section class="notes"', html)


def test_a_component_shown_as_code_is_left_alone(pipeline):
    assert "<pre><code>::: encadre Titre" in pipeline.render("```\n::: encadre Titre\n:::\n```\n").html


def test_an_unknown_component_keeps_its_text_and_suggests_the_nearest(pipeline):
    found = pipeline.render("::: acordeon Titre\nTexte gardé.\n:::")
    assert "Texte gardé." in found.html and "Titre" in found.html
    assert "accordeon" in found.doc.problems[0].remedy


def test_an_address_that_leads_nowhere_leaves_no_link_in_a_component(pipeline):
    html = pipeline.render('::: telechargement Guide {fichier="absent.pdf"}\n:::\n\n::: video Film {fichier="absent.mp4"}\n:::').html
    assert 'href=""' not in html and 'src=""' not in html and "Guide" in html


# Front matter.

SERVICE = """\
---
type: service
title: "72 heures : êtes-vous prêts ?"
titre_court: L'été ; quoi
description: "Quoi faire : l'essentiel."
introduction: "Il faut un NAS : [voir](autre.md) et [big data]{lang=en} <script>x</script>"
lien_service: {url: "https://a.quebec/"}
autres_facons:
  - {mode: telephone, texte: "Au **1 800 555-0123** : merci !"}
documents_requis:
  - "Une pièce d'identité `a : b`"
cout: "24,50 $ [ici](absent.md)"
---
"""


def test_front_matter_in_markdown_is_treated_as_the_body_is(tmp_path):
    site = Site(tmp_path)
    site.write("autre.md", "")
    site.write("service.md", SERVICE)
    result = site.build()
    html = site.read("service/index.html").replace(NBSP, "~").replace("&nbsp;", "~")
    main = html[html.index("<main") : html.index("</main>")]
    assert '<a href="/autre/">voir</a>' in main and '<span lang="en">big data</span>' in main
    assert "Au <strong>1~800~555-0123</strong>~: merci~!" in main
    assert "Une pièce d’identité <code>a : b</code>" in main and "24,50~$ <a>ici</a>" in main
    assert "<script>x" not in main and "absent.md" not in main
    assert "lien-brise" in result.codes()


def test_titles_have_their_insecable_spaces_everywhere(tmp_path):
    site = Site(tmp_path)
    site.write("dossier/index.md", "")
    site.write("dossier/service.md", SERVICE)
    site.write("dossier/essai.en.md", "---\ntitle: \"Ready ? It's\"\n---\n")
    site.build()
    page = site.read("dossier/service/index.html")
    assert f"72 heures{NBSP}: êtes-vous prêts{NBSP}?" in page.replace("&nbsp;", NBSP) and "72 heures :" not in page and "prêts ?" not in page
    assert f"L’été{NBSP}; quoi" in page[page.index('<nav class="section"') :].replace("&nbsp;", NBSP)
    assert f"72 heures{NBSP}:" in site.read("dossier/index.html").replace("&nbsp;", NBSP)
    assert f"Quoi faire{NBSP}: l’essentiel." in page.replace("&nbsp;", NBSP)
    assert "Ready ?" in site.read("en/dossier/essai/index.html")


def test_contents_notes_and_hours_have_their_insecable_spaces(tmp_path):
    site = Site(tmp_path)
    site.write("page.md", "---\ntitle: Page\nmise_a_jour: 2026-05-04\nmodifications:\n  - {date: 2026-05-04, note: \"Bilan : 13 420 jeunes\", portee: majeure}\n---\n"
               "## Tarifs : 2026\n\nA\n\n## Et l'eau ?\n\nB\n\n## Fin\n\nC\n")
    site.build()
    page = site.read("page/index.html").replace("&nbsp;", NBSP)
    assert page.count(f"Tarifs{NBSP}: 2026") >= 2 and page.count(f"Et l’eau{NBSP}?") >= 2
    assert f"Bilan{NBSP}: 13{NBSP}420" in page or "Bilan" not in page
    assert f"de 8{NBSP}h{NBSP}30 à 16{NBSP}h{NBSP}30" in page and f"1{NBSP}800{NBSP}555-0100" in page
    assert not re.search(r"\w [?!;](?=[ <])", re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL))


def test_a_broken_link_is_in_the_report_of_links(tmp_path):
    site = Site(tmp_path)
    site.write("a.md", "Texte.\n\n[un](absent.md#x), [deux](absent.pdf) et [trois](absent-aussi.md)")
    site.write("b.md", "[un](absent.md)")
    site.build()
    rows = site.read("rapports/liens.csv").splitlines()
    assert [row.split(";")[:5] for row in rows[1:]] == [
        ["a.md", "6", "/a/", "absent-aussi.md", "page-introuvable"], ["a.md", "6", "/a/", "absent.md#x", "page-introuvable"],
        ["a.md", "6", "/a/", "absent.pdf", "fichier-introuvable"], ["b.md", "4", "/b/", "absent.md", "page-introuvable"],
    ]
