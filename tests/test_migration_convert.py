"""HTML → Markdown: what a page says comes out, and comes back when Fleuve renders it."""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import tarfile
from pathlib import Path

import pytest
import turbohtml
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from fleuve.markdown import commonmark, render
from migration.convert import Link, convert, markdown_of, rewrite
from migration.inline import clean
from test_commonmark import normal

URL = "https://www.mern.gouv.exemple.quebec/mines/permis.html"


def markdown(html: str, **options) -> str:
    """The Markdown of HTML, without the line end that closes it."""
    return convert(html, URL, **options).markdown.rstrip("\n")


@pytest.mark.parametrize("html, expected", [
    # Words
    ("<p>Une <b>loi</b>, un <i>règlement</i>&nbsp;!</p>", "Une **loi**, un *règlement*\u00a0!"),
    ("<p>un<b>seul</b>mot, <strong><em>les deux</em></strong></p>", "un**seul**mot, **_les deux_**"),
    ("<p>avant<b> dedans </b>après</p>", "avant **dedans** après"),
    ("<p><b>Article</b><b> 3</b></p>", "**Article 3**"),
    ("<p>« <b>(a)</b>b »</p>", "« <strong>(a)</strong>b »"),
    ("<p><font color=red><big>Gros</big></font> <center>milieu</center></p>", "Gros\n\nmilieu"),
    ("<p>2 * 3 = 6, snake_case, a_b_, [x], `y`, C:\\dossier, &amp;eacute; &lt;b&gt; 1 < 2</p>",
     "2 * 3 = 6, snake_case, a_b\\_, \\[x], \\`y\\`, C:\\\\dossier, &amp;eacute; &lt;b> 1 < 2"),
    ("<p>1. pas une liste</p><p>- non plus</p><p># ni titre</p><p>&gt; ni citation</p><p>: ni définition</p><p>2026</p>",
     "1\\. pas une liste\n\n\\- non plus\n\n\\# ni titre\n\n\\> ni citation\n\n\\: ni définition\n\n2026"),
    ("<p>a<br>b</p>", "a\\\nb"),
    ("<div>a<br><br>b</div>", "a\n\nb"),
    ("<p>H<sub>2</sub>O, m<sup>2</sup>, <kbd>Ctrl</kbd>, <q>oui</q>, <del>vieux</del> <ins>neuf</ins></p>", "H<sub>2</sub>O, m<sup>2</sup>, <kbd>Ctrl</kbd>, <q>oui</q>, ~~vieux~~ <ins>neuf</ins>"),
    ('<p><acronym title="Commission de la &quot;construction&quot;">CCQ</acronym></p>', '<abbr title="Commission de la &quot;construction&quot;">CCQ</abbr>'),
    ('<p>Les <span lang="en">open data</span> et <i xml:lang="la">de facto</i></p>', "Les [open data]{lang=en} et *[de facto]{lang=la}*"),
    ('<p lang="en-CA">Hello <b>world</b></p>', '<span lang="en-CA">Hello **world**</span>'),
    ('<div lang="iu"><h2>ᐃᓄᒃ</h2><p>ᑎᑎ</p></div>', '<div lang="iu">\n\n## ᐃᓄᒃ\n\nᑎᑎ\n\n</div>'),
    ("<p><code>a`b</code> <tt>x|y</tt></p>", "``a`b`` `x|y`"),
    ("<p>&nbsp;</p><p><b></b></p><div><span> </span></div><p>reste</p>", "reste"),
    ('<p><span style="font-weight: bold">gras</span></p>', "**gras**"),
    # Headings
    ("<h1>Permis</h1><h2>Qui</h2><h4>Saut</h4><h2>Quand</h2>", "## Permis\n\n### Qui\n\n#### Saut\n\n### Quand"),
    ('<h2 id="cout"><strong>Coût</strong></h2>', "## Coût {#cout}"),
    ('<a name="delai"></a><h3>Délai</h3>', "## Délai {#delai}"),
    ('<h2>Titre<a class="headerlink" href="#titre">¶</a></h2>', "## Titre"),
    ("<h2>C#</h2><h2>Le #</h2><h2>{.x}</h2>", "## C#\n\n## Le \\#\n\n## {.x&#125;"),
    # Anchors
    ('<p><a href="#x">là</a></p><p id="x">ici</p><p id="y">non</p>', '[là](#x)\n\n<span id="x"></span>ici\n\nnon'),
    (f'<p><a href="{URL}#x">là</a></p><ul id="x"><li>ici</li></ul>', '[là](#x)\n\n<span id="x"></span>\n\n- ici'),
    ('<p><a href="#ailleurs">hors du contenu</a></p>', f"[hors du contenu]({URL}#ailleurs)"),
    # Lists
    ("<ul><li>a<ul><li>b<li>c</ul><li>d</ul>", "- a\n  - b\n  - c\n- d"),
    ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
    ("<ol type=a><li>a<li>b</ol>", '<ol type="a">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ("<ul><li><p>a</p><p>b</p></li><li>c</li></ul>", "- a\n\n  b\n\n- c"),
    ("<ul><li>a</ul><ul><li>b</ul>", "- a\n\n* b"),
    ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n  - b"),
    ("<p>- un</p><p>- deux</p>", "- un\n- deux"),
    ("<p>&bull; un<br>&bull; deux</p>", "- un\n- deux"),
    ("<dl><dt>NAS</dt><dd>Numéro</dd><dt>TPS</dt><dd><p>Taxe</p><ul><li>x</ul></dd></dl>", "NAS\n: Numéro\n\nTPS\n: Taxe\n\n  - x"),
    ("<dl><dt>a<dt>b<dd>c</dl>", "<dl>\n<dt>a</dt>\n<dt>b</dt>\n<dd>c</dd>\n</dl>"),
    # Blocks
    ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
    ('<pre><code class="language-python">x = 1\n```\n</code></pre>', "````python\nx = 1\n```\n````"),
    ('<pre>voir <a href="/x">ici</a></pre>', '<pre>voir <a href="https://www.mern.gouv.exemple.quebec/x">ici</a></pre>'),
    ("<p>a</p><hr><p>b</p>", "a\n\n***\n\nb"),
    ("<address>1, rue X<br>Québec</address>", "<address>\n\n1, rue X\\\nQuébec\n\n</address>"),
    ('<figure><img src="a.png" alt="Carte"><figcaption>Les mines</figcaption></figure>',
     "<figure>\n\n![Carte](https://www.mern.gouv.exemple.quebec/mines/a.png)\n\n<figcaption>Les mines</figcaption>\n</figure>"),
    ("<details><summary>Et si ?</summary><p>Alors.</p></details>", "::: accordeon Et si ?\nAlors.\n:::"),
    ("<ul><li><details><summary>S</summary>d</details></ul>", "- <details>\n  <summary>S</summary>\n\n  d\n\n  </details>"),
    ('<section class="alert alert-warning"><h3>Attention</h3><p>Délai.</p></section>', "> [!WARNING]\n> Délai."),
    ('<html><frameset><frame src="menu.html" title="Menu"></frameset></html>', "[Menu](https://www.mern.gouv.exemple.quebec/mines/menu.html)"),
    # Links
    ('<p><a href="../a b.html?x=1&amp;y=2" title="Voir">Un [lien]</a></p>', '[Un \\[lien\\]](https://www.mern.gouv.exemple.quebec/a%20b.html?x=1&y=2 "Voir")'),
    ('<p><a href="mailto:a@b.ca">a@b.ca</a> <a href="tel:+14185550100">418 555-0100</a></p>', "[a@b.ca](mailto:a@b.ca) [418 555-0100](tel:+14185550100)"),
    ('<p>Non !<a href="/x">lien</a></p>', "Non \\![lien](https://www.mern.gouv.exemple.quebec/x)"),
    ('<p><a href="/x"><img src="/i.png" alt="Img"></a></p>', "[![Img](https://www.mern.gouv.exemple.quebec/i.png)](https://www.mern.gouv.exemple.quebec/x)"),
    ('<a href="/x"><h3>Carte</h3><p>Texte</p></a>', '<a href="https://www.mern.gouv.exemple.quebec/x">\n\n## Carte\n\nTexte\n\n</a>'),
    ('<base href="/autre/"><p><a href="x">l</a></p>', "[l](https://www.mern.gouv.exemple.quebec/autre/x)"),
    ('<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0" title="La mine"></iframe>', '::: video-externe La mine {lien="https://www.youtube.com/watch?v=dQw4w9WgXcQ"}\n:::'),
    ('<p>Voir <iframe src="https://cartes.exemple.quebec/m" title="La carte"></iframe></p>', "Voir [La carte](https://cartes.exemple.quebec/m)"),
    # Tables
    ("<table><tr><th>a<th>b<tr><td>1|2<td>x<br>y</table>", "| a | b |\n| --- | --- |\n| 1\\|2 | x<br>y |"),
    ("<table><caption>Tarifs</caption><tr><th>a<th>b<tr><td>1<td>2</table>", "::: tableau Tarifs\n| a | b |\n| --- | --- |\n| 1 | 2 |\n:::"),
    ("<table><tr><td><b>a</b><td><b>b</b><tr><td>1<td>2</table>", "| **a** | **b** |\n| --- | --- |\n| 1 | 2 |"),
    ('<table role="presentation"><tr><td><p>a</p><td>b</table>', "a\n\nb"),
    ("<table><tr><td><h2>Menu</h2><td><table><tr><th>a<th>b<tr><td>1<td>2</table></table>", "## Menu\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"),
])
def test_what_is_written(html, expected):
    assert markdown(html) == expected


def test_a_heading_that_repeats_the_title_is_left_out():
    assert markdown("<h1>Permis  d’exploration</h1><h2>Coût</h2>", title="Permis d’exploration") == "## Coût"


def test_a_complex_table_keeps_its_headers():
    html = ('<table><caption>Droits <em>2026</em></caption><thead><tr><th rowspan="2" id="h1">Région</th><th colspan="2">Droits</th></tr><tr><th>A</th><th>B</th></tr></thead>'
            '<tbody><tr><th scope="row">Nord</th><td headers="h1"><ul><li>1</li></ul></td><td>2</td></tr></tbody></table>')
    back = turbohtml.parse_fragment(commonmark(markdown(html)))
    assert [(one.text.strip(), one.attr("scope"), one.attr("colspan"), one.attr("rowspan")) for one in back.select("th")] == [
        ("Région", "col", None, "2"), ("Droits", "colgroup", "2", None), ("A", "col", None, None), ("B", "col", None, None), ("Nord", "row", None, None)]
    assert back.select_one("caption p").inner_html == "Droits <em>2026</em>" and back.select_one("td").attr("headers") == "h1" and back.select_one("td li").text == "1"


@pytest.mark.parametrize("html", [
    '<p>Texte<sup><a href="#note1" id="r1">1</a></sup>.</p><h2>Notes</h2><ol><li id="note1">La <b>note</b>. <a href="#r1">↩</a></li></ol>',
    '<p>Texte<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>.</p><hr><div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> La <b>note</b>.</p></div>',
    '<p>Texte<sup id="fn1-rf"><a class="fn-lnk" href="#fn1"><span class="wb-inv">Note </span>1</a></sup>.</p><aside class="wb-fnote"><h2>Notes</h2><dl><dt>Note 1</dt><dd id="fn1"><p>La <b>note</b>.</p>'
    '<p class="fn-rtn"><a href="#fn1-rf"><span class="wb-inv">Retour à la référence de la note </span>1</a></p></dd></dl></aside>',
    '<p>Texte<sup id="cite_ref-1"><a href="#cite_note-1">[1]</a></sup>.</p><ol class="references"><li id="cite_note-1"><span class="mw-cite-backlink"><a href="#cite_ref-1">↑</a></span> La <b>note</b>.</li></ol>',
    '<p>Texte<sup><a href="#n1">1</a></sup>.</p><p><a name="n1"></a>1. La <b>note</b>. <a href="#haut">Retour</a></p>',
])
def test_footnotes_of_all_makes(html):
    assert markdown(html).replace("***\n\n", "") == "Texte[^1].\n\n[^1]: La **note**."


@pytest.mark.parametrize("html", [
    '<div class="panel-group"><div class="panel"><div class="panel-heading"><h4 class="panel-title"><a data-toggle="collapse" href="#c1">Qui ?</a></h4></div>'
    '<div id="c1" class="panel-collapse collapse"><div class="panel-body">Vous.</div></div></div></div>',
    '<div class="accordion"><div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button" data-bs-toggle="collapse" data-bs-target="#c1">Qui ?</button></h2>'
    '<div id="c1" class="accordion-collapse collapse"><div class="accordion-body">Vous.</div></div></div></div>',
    '<div class="ui-accordion"><h3>Qui ?</h3><div>Vous.</div></div>',
    '<dl class="ckeditor-accordion"><dt>Qui ?</dt><dd>Vous.</dd></dl>',
    '<div><button aria-expanded="false" aria-controls="p">Qui ?</button><div id="p" hidden>Vous.</div></div>',
])
def test_accordions_of_all_kits(html):
    assert markdown(html) == "::: accordeon Qui ?\nVous.\n:::"


@pytest.mark.parametrize("html", [
    '<ul class="nav nav-tabs"><li><a data-toggle="tab" href="#a">A</a></li><li><a data-toggle="tab" href="#b">B</a></li></ul><div class="tab-content"><div class="tab-pane" id="a">un</div><div class="tab-pane" id="b">deux</div></div>',
    '<div class="ui-tabs"><ul class="ui-tabs-nav"><li><a href="#a">A</a></li><li><a href="#b">B</a></li></ul><div id="a">un</div><div id="b">deux</div></div>',
    '<div class="wb-tabs"><div class="tabpanels"><details id="a"><summary>A</summary>un</details><details id="b"><summary>B</summary>deux</details></div></div>',
    '<div role="tablist"><button role="tab" aria-controls="a">A</button><button role="tab" aria-controls="b">B</button></div><div role="tabpanel" id="a">un</div><div role="tabpanel" id="b" hidden>deux</div>',
])
def test_tabs_of_all_kits(html):
    assert markdown(html) == "::: onglets\n::: onglet A\nun\n:::\n\n::: onglet B\ndeux\n:::\n:::"


def test_what_a_page_uses_is_told():
    found = convert('<h2 id="a">T</h2><p><a href="g.pdf">Guide</a> <a href="r.docx">Rapport (Word)</a> <a href="t.xlsx">Tableau</a> (XLSX, 2 Mo) <img src="/i.png" alt="I"></p>'
                    '<form action="/s"><label for="q">Mot</label><input id="q" name="q"></form>', URL, size={f"{URL[:-11]}g.pdf": 348_160}.get)
    base = "https://www.mern.gouv.exemple.quebec"
    assert found.markdown == f"## T {{#a}}\n\n[Guide (PDF, 340\u00a0Ko)]({base}/mines/g.pdf) [Rapport (Word)]({base}/mines/r.docx) [Tableau]({base}/mines/t.xlsx) (XLSX, 2 Mo) ![I]({base}/i.png)\n"
    assert found.links[0] == Link(f"{base}/mines/g.pdf", "Guide") and len(found.links) == 3
    assert found.downloads == tuple(f"{base}/mines/{name}" for name in ("g.pdf", "r.docx", "t.xlsx")) and found.media == (f"{base}/i.png",)
    assert found.anchors == ("a",) and found.forms == (f"1\u00a0champ (Mot), GET vers {base}/s",)
    assert found.counts == {"words": (9, 11), "links": (3, 3), "images": (1, 1), "tables": (0, 0), "headings": (1, 1), "items": (0, 0)}


def test_what_may_not_be_kept_is_a_loss():
    found = convert('<p><a href="java&#10;script:alert(1)">A</a> <a href="data:text/html,x">B</a> <img src="javascript:x" alt="C"> <a href="ftp://x/y">D</a></p><form><textarea name="m"></textarea></form><svg></svg>', URL)
    assert found.markdown == "A B D\n" and len(found.losses) == 7
    assert any("javascript" in loss and "«\u00a0A\u00a0»" in loss for loss in found.losses) and any(loss.startswith("Un formulaire") for loss in found.losses)


def test_a_page_that_is_one_form_keeps_its_words():
    assert "mot" in markdown(f'<form id="aspnetForm"><input type="text" name="q"><p>{"mot " * 200}</p></form>')


def test_nesting_beyond_reason_is_flattened():
    for opening in ("<div>", "<b>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<details><summary>x</summary>", "<a href=/x><div>", "<span lang=en><span lang=fr>", "<dl><dd>", "<section lang=en>"):
        assert "fin" in convert(opening * 3000 + "fin", URL).markdown


def test_the_same_bytes_come_out_each_time():
    html = Path(__file__).read_text("utf-8")
    assert convert(html, URL) == convert(html, URL)


# ---------------------------------------------------------------- CommonMark

EXAMPLES = json.loads((Path(__file__).parent / "commonmark" / "spec-0.31.2.json").read_text("utf-8"))
_RAW = re.compile(r"<(?!/?(?:p|h[1-6]|em|strong|a|img|code|pre|ul|ol|li|blockquote|hr|br)\b)")


def test_the_examples_of_commonmark_come_back():
    kept = [html for _, _, _, html in EXAMPLES if not _RAW.search(html)]
    good = sum(normal(commonmark(markdown_of(html))) == normal(html) for html in kept)
    assert len(kept) == 594 and good >= 570


# ---------------------------------------------------------------- properties

_TEXT = st.text(st.one_of(st.sampled_from("*_`[]()<>&#!|~{}\\-+=:.1 2\n\tab\"'^$@/;xéÉ\u00a0\u202f«»"), st.characters(exclude_categories=("Cs", "Cc"))), min_size=1, max_size=60)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@settings(max_examples=600)
@given(_TEXT)
def test_any_text_comes_back_as_it_was(text):
    html = render(convert(f"<p>{escaped(text)}</p>").markdown)
    # A form feed, a line of spaces: what HTML itself does not keep.
    assert clean(turbohtml.parse_fragment(html).text).strip() == clean(turbohtml.parse_fragment(f"<p>{escaped(text)}</p>").text).strip()


@settings(max_examples=200)
@given(_TEXT, st.sampled_from(["<ul><li>{}</li><li>x</li></ul>", "<table><tr><th>a<th>b<tr><td>{}<td>x</table>", '<p><a href="https://x.ca/">{}</a></p>', "<h2>{}</h2>", "<blockquote>{}</blockquote>",
                               "<p>a<b>{}</b>c</p>", "<p>a <i>{}</i> <b>b</b></p>", "<dl><dt>x<dd>{}</dl>", "<table><tr><th>a<th rowspan=2>b<tr><td>{}</table>"]))
def test_and_so_it_does_wherever_it_stands(text, where):
    html = where.format(escaped(text))
    back = turbohtml.parse_fragment(render(convert(html).markdown))
    given_words, found = (re.sub(r"\s", "", clean(one.text)) for one in (turbohtml.parse_fragment(html), back))
    assert found == given_words


_NAMES = ("p div span b i strong em a ul ol li dl dt dd table tr td th thead tbody caption h1 h2 h3 h6 blockquote pre code br hr img figure figcaption details summary sup sub abbr q del "
          "form input button select iframe video svg script style template font center section article address ruby rt map area object").split()
_ATTRIBUTES = st.dictionaries(
    st.sampled_from("href src id name class lang title alt start type value colspan rowspan scope headers style onclick hidden role data-toggle aria-controls cite".split()),
    st.sampled_from(["#a", "a", "javascript:alert(1)", "JaVa\tScript:x", "data:text/html,<script>", "en", "fr", "3", "-1", "99999999999", "x y", "collapse", "tab", "accordion", "http://[", "\"><script>alert(1)</script>",
                     "https://x.ca/(a)b", "presentation", "a|b", ":::", "font-weight:bold", "```", "nav-tabs", "xx-yy-zz-" * 9]), max_size=3)


def _tag(children):
    return st.builds(lambda name, attributes, inner: "<" + name + "".join(f' {key}="{value.replace(chr(34), "&quot;")}"' for key, value in attributes.items()) + ">" + "".join(inner) + f"</{name}>",
                     st.sampled_from(_NAMES), _ATTRIBUTES, st.lists(children, max_size=4))


_TREES = st.lists(st.recursive(st.sampled_from(["mot", " ", "a *b* [c](d)", "\n::: accordeon\n", "&lt;script&gt;", "```", "1. x", "\ue0001\ue002", "- x", "<!-- c -->", "[^1]", "&#0;", "| a |"]), _tag, max_leaves=14), max_size=4)


@settings(max_examples=500)
@given(_TREES)
def test_no_tree_raises_and_no_script_comes_out(trees):
    found = convert("".join(trees), URL)
    back = commonmark(found.markdown)
    for element in turbohtml.parse_fragment(back).iter_elements():
        assert element.tag not in ("script", "iframe", "object", "style", "form", "input", "svg", "template")
        assert not any(key.startswith("on") for key in element.attrs)
        for key in ("href", "src"):
            assert not (element.attr(key) or "").lower().strip().startswith(("javascript:", "data:", "vbscript:"))
    assert rewrite(found.markdown, lambda url: url) == found.markdown


# ---------------------------------------------------------------- rewrite

@pytest.mark.parametrize("text, expected", [
    ("[a](https://x.ca/a) ![b](https://x.ca/b \"t\")", "[a](N) ![b](N \"t\")"),
    ("[a](<https://x.ca/a b>)", "[a](<N>)"),
    ("[![i](https://x.ca/i)](https://x.ca/l)", "[![i](N)](N)"),
    ("[a][r] [b] [c](https://x.ca/c)\n\n[r]: https://x.ca/r 'titre'\n[b]:\n  <https://x.ca/b>", "[a][r] [b] [c](N)\n\n[r]: N 'titre'\n[b]:\n  <N>"),
    ("<https://x.ca/a>", "[https://x.ca/a](N)"),
    ("`[a](https://x.ca/a)` et\n\n```\n[a](https://x.ca/a)\n```\n\n    [a](https://x.ca/a)", None),
    ("\\[a](https://x.ca/a)", None),
    ('<a href="https://x.ca/a">a</a> <img src=\'https://x.ca/b\' srcset="https://x.ca/c 1x, https://x.ca/d 2x">', '<a href="N">a</a> <img src=\'N\' srcset="N 1x, N 2x">'),
    ('<table>\n<tr><td><a\n href="https://x.ca/a?b&amp;c">x</a></td></tr>\n</table>', '<table>\n<tr><td><a\n href="N">x</a></td></tr>\n</table>'),
    ('::: carte T {lien="https://x.ca/a"}\n[é](https://x.ca/b)\n:::', '::: carte T {lien="N"}\n[é](N)\n:::'),
    ("```\n::: carte T {lien=\"https://x.ca/a\"}\n```", None),
    ("> - [a](https://x.ca/a)\n>   [^1]\n\n[^1]: [n](https://x.ca/n)", "> - [a](N)\n>   [^1]\n\n[^1]: [n](N)"),
    ("| a |\n| --- |\n| [a\\|b](https://x.ca/a) |", "| a |\n| --- |\n| [a\\|b](N) |"),
    ("[a](#ici) [b](mailto:a@b.ca) <!-- <a href=\"https://x.ca/\"> -->", None),
    ("[a [b]](https://x.ca/\\(a) [](https://x.ca/) [x `]` y](https://x.ca/)", "[a [b]](N) [](N) [x `]` y](N)"),
])
def test_addresses_are_replaced_where_they_stand(text, expected):
    assert rewrite(text, lambda url: "N" if url.startswith("https://x.ca/") else url) == (text if expected is None else expected)


def test_addresses_are_given_as_they_are_read():
    seen = []
    rewrite('[a](https://x.ca/?a&amp;b\\(c) <a href="https://x.ca/?a&amp;b">x</a>\n\n[r]: /a&lt;b', lambda url: seen.append(url) or url)
    assert seen == ["https://x.ca/?a&b(c", "https://x.ca/?a&b", "/a<b"]


@settings(max_examples=300)
@given(st.text(st.sampled_from("[]()<>!`\\\"'ab :/.#\n|{}=*^~é\U0001f600-&;"), max_size=60) | st.text(max_size=40))
def test_rewriting_to_the_same_changes_nothing(text):
    assert rewrite(text, lambda url: url) == text


@settings(max_examples=300)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), st.sampled_from(["[a]({})", "![a](<{}>)", '<a href="{}">x</a>', "[a]\n\n[a]: {}", '::: carte T {{lien="{}"}}\n:::', "<{}>"]))
def test_no_address_can_break_out(new, where):
    text = rewrite(where.format("https://x.ca/") + "\n\n**fin**\n", lambda url: new if url == "https://x.ca/" else url)
    html = commonmark(text.replace(":::", ""))
    assert "<p><strong>fin</strong></p>" in html and "<script" not in html


# ---------------------------------------------------------------- real pages

def test_real_government_pages_come_back():
    data = Path(os.environ.get("FLEUVE_SHARED_DATA", ROOT.parent / "shared" / "data")) / "wcxb-dev-subset.tar.xz"
    if not data.exists():
        pytest.skip(f"{data.name} is not beside the repository (FLEUVE_SHARED_DATA)")
    sys.path.insert(0, str(ROOT / "bench"))
    import migration_fidelity as bench

    found, wanted = {kind: 0 for kind in bench.KINDS}, {kind: 0 for kind in bench.KINDS}
    with tarfile.open(data) as packed:
        files = {Path(member.name).name: packed.extractfile(member).read() for member in packed if member.isfile() and member.name.endswith((".tsv", ".html.gz"))}
    rows = [line.split("\t") for line in files["ids.tsv"].decode().splitlines()]
    for ident, _, mark, url in rows:
        if mark != "gov" or len(files[f"{ident}.html.gz"]) > 25_000:
            continue
        body = turbohtml.parse(gzip.decompress(files[f"{ident}.html.gz"]).decode("utf-8", "replace")).find("body").serialize(inner=True)
        before = bench.items(bench.pruned(body), url, True)
        after = bench.items(turbohtml.parse(bench.again(convert(body, url, "en").markdown)).find("body"), url, False)
        after["headings"] += after["details"]
        for kind in bench.KINDS:
            found[kind] += (before[kind] & after[kind]).total()
            wanted[kind] += before[kind].total()
    assert wanted["links"] > 300
    for kind, least in (("links", 0.97), ("images", 0.99), ("items", 0.95), ("cells", 0.99), ("headings", 0.95)):
        assert found[kind] >= least * wanted[kind], kind
