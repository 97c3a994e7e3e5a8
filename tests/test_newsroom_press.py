"""The Pelican press: news are articles of real Pelican, which its plugins see one by one, and pages of the site like all others."""

from __future__ import annotations

import gc
import re
import subprocess
import sys

import pytest
from conftest import NOW, Site
from pelican.contents import Article
from test_executor import Cluster, needs_dask
from test_mkdocs import configure, mkdocs, ours

from fleuve import shard
from fleuve.build import press_shard

PLUGIN = '''
from pelican import signals


def preread(generator):
    generator.settings["LUS"] = generator.settings.get("LUS", 0) + 1


def metadata(generator, metadata):
    metadata["tampon"] = "tampon " + metadata["slug"]


def body(article):
    assert type(article).__name__ == "Article" and article.settings["VILLE"] == "Rimouski"
    article._content = article._content.replace("Texte", "Texte de " + article.settings["VILLE"])


def finalized(generator):
    for article in generator.articles:
        article.voisins = len(generator.articles)


def sign(generators):
    for article in generators[0].articles + generators[0].translations:
        article._content += f"<p>{article.tampon}, {article.author.name}, {article.category.name}, {article.date:%H}, {len(article.translations)}</p>"


def write(generator, content):
    content.metadata["ecrit"] = True


def written(path, context):
    article = context["article"]
    with open(path, encoding="utf-8") as page:
        assert article.metadata["ecrit"] and article.tampon in page.read() and path.endswith(article.save_as)


def register():
    signals.article_generator_preread.connect(preread)
    signals.article_generator_context.connect(metadata)
    signals.content_object_init.connect(body)
    signals.article_generator_finalized.connect(finalized)
    signals.all_generators_finalized.connect(sign)
    signals.article_generator_write_article.connect(write)
    signals.content_written.connect(written)
'''


def item(title: str, date: str = "2025-03-10", body: str = "Texte.", **keys: str) -> str:
    """A news release of the health ministry."""
    more = "".join(f"{key}: {value}\n" for key, value in keys.items())
    kind = "" if "type" in keys else "type: communique\n"
    return f"---\ntitle: {title}\n{kind}description: Le chapeau de « {title} ».\norganismes: [sante]\ndate: {date}\n{more}---\n{body}\n"


@pytest.fixture
def newsroom(site: Site) -> Site:
    """A site with four months of news."""
    site.write("index.md", "---\ntitle: Accueil\n---\n[Dernière](nouvelles/2025/04/un-0.md)")
    site.write("organismes/sante.md", "---\ntitle: Ministère de la Santé\ntype: organisme\nsigle: MS\nnature: ministere\nstatut: actif\n---\nMission.")
    site.write("nouvelles/index.md", "---\ntitle: Nouvelles\ntype: salle-de-presse\n---\n")
    site.write("nouvelles/index.en.md", "---\ntitle: News\ntype: salle-de-presse\nslug: news\n---\n")
    for month in ("2024/12", "2025/01", "2025/03", "2025/04"):
        for number in range(3):
            site.write(f"nouvelles/{month}/un-{number}.md", item(f"Annonce {number} de {month}", month.replace("/", "-") + "-10", "Texte [suivant](un-2.md).\n\n## Détails\n\nFin."))
    site.write("nouvelles/2025/03/un-0.en.md", item("Announcement", body="Text."))
    return site


@pytest.fixture
def plugin(newsroom: Site) -> Site:
    """The same with a plugin of Pelican, beside site.yml."""
    configure(newsroom, ("pelican: {}", "pelican: {PLUGINS: [tampon], PLUGIN_PATHS: [greffons], VILLE: Rimouski}"))
    (newsroom.root / "greffons").mkdir()
    (newsroom.root / "greffons" / "tampon.py").write_text(PLUGIN, "utf-8")
    sys.modules.pop("tampon", None)
    return newsroom


def text(html: str) -> str:
    """The body of an item."""
    return re.search(r'<div class="texte">(.*?)</div>', html, re.DOTALL)[1]


def test_a_month_is_a_shard_and_holds_news_only():
    paths = [f"nouvelles/2025/{month:02}/n-{number}.md" for month in (1, 2) for number in range(shard.MAX_PAGES + 1 if month == 2 else 2)]
    paths += ["nouvelles/index.md", "nouvelles/2025/01/n-0.en.md", "sante/2025/01/page.md"]
    shards = shard.group(paths)
    assert shards["nouvelles/2025/01/n-0.md"] == shards["nouvelles/2025/01/n-0.en.md"] == "nouvelles/2025/01"
    assert {shards[path] for path in paths if "/02/" in path} == {"nouvelles/2025/02#0", "nouvelles/2025/02#1"}
    assert shards["nouvelles/index.md"] == "nouvelles" and shards["sante/2025/01/page.md"] == "sante"


def test_news_are_pages_of_the_site_like_others(newsroom):
    result = newsroom.build()
    assert result.code == 0, result.problems()
    page = newsroom.read("nouvelles/2025/03/un-0/index.html")
    assert "<h1>Annonce 0 de 2025/03</h1>" in page and '<a href="/nouvelles/2025/03/un-2/">suivant</a>' in page
    assert '<h2 id="details">Détails</h2>' in page and "Ministère de la Santé" in page
    assert 'hreflang="en"' in page and "Text." in newsroom.read("en/news/2025/03/un-0/index.html")
    assert "/nouvelles/2025/03/un-0/" in newsroom.read("sitemap.xml") and "/nouvelles/2025/04/un-0/" in newsroom.read("index.html")


def test_articles_are_let_go_of_with_their_shard(newsroom):
    # Pelican keeps the text of every article of the process unless it is told not to: gigabytes, for the news of twenty years.
    assert newsroom.build("--clean").code == 0
    gc.collect()
    assert [one for one in gc.get_objects() if isinstance(one, Article)] == []


def test_an_older_month_is_never_made_again(newsroom, monkeypatch):
    newsroom.build()
    made = []
    monkeypatch.setattr("fleuve.build.press_shard", lambda order, name, known: made.append(name) or press_shard(order, name, known))
    newsroom.write("nouvelles/2025/04/nouvelle.md", item("Nouvelle", "2025-04-28"))
    assert newsroom.build("--jobs", "1").code == 0
    assert [name for name in made if name.startswith("nouvelles/")] == ["nouvelles/2025/04"]
    made.clear()
    newsroom.write("nouvelles/2024/12/un-1.md", item("Annonce 1 de 2024/12", "2024-12-10", "Texte corrigé."))
    newsroom.build("--jobs", "1")
    assert [name for name in made if name.startswith("nouvelles/")] == ["nouvelles/2024/12"]
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")


def test_a_plugin_of_pelican_sees_every_article(plugin):
    result = plugin.build("--jobs", "1")
    assert result.code == 0, (result.said, result.problems())
    for path, ident in (("nouvelles/2025/03/un-0", "un-0"), ("nouvelles/2024/12/un-2", "un-2"), ("en/news/2025/03/un-0", "un-0")):
        body = text(plugin.read(f"{path}/index.html"))
        twins = int(path.endswith("2025/03/un-0"))
        assert f"<p>tampon {ident}, sante, communique, 00, {twins}</p>" in body, body
    assert "Texte de Rimouski" in text(plugin.read("nouvelles/2025/04/un-1/index.html"))
    assert "Rimouski" not in plugin.read("index.html")
    again = plugin.clean_build("--jobs", "3")
    assert plugin.tree() == again and ours(again) == mkdocs(plugin.config, plugin.root / "mkdocs")


def test_a_plugin_that_changes_makes_the_news_again_in_another_process(plugin):
    command = [sys.executable, "-m", "fleuve.command", "build", "--config", str(plugin.config), "--out", str(plugin.out), "--cache", str(plugin.cache), "--now", NOW]
    code = f"import sys; sys.argv = {command[2:]!r}; from fleuve.command import main; sys.exit(main(sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert "tampon un-0" in plugin.read("nouvelles/2025/03/un-0/index.html")
    file = plugin.root / "greffons" / "tampon.py"
    file.write_text(file.read_text("utf-8").replace('"tampon "', '"cachet "'), "utf-8")
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert "cachet un-0" in plugin.read("nouvelles/2025/03/un-0/index.html")


def test_a_plugin_from_pypi_runs_unmodified(newsroom):
    pytest.importorskip("pelican.plugins.add_css_classes", reason="pelican-add-css-classes n’est pas installé")
    configure(newsroom, ("pelican: {}", "pelican: {PLUGINS: [add_css_classes], ADD_CSS_CLASSES: {a: [fleche]}}"))
    assert newsroom.build().code == 0
    assert '<a class="fleche" href="/nouvelles/2025/03/un-2/">suivant</a>' in newsroom.read("nouvelles/2025/03/un-0/index.html")


def test_the_plugins_of_one_site_do_not_touch_another(plugin, tmp_path):
    plugin.build("--jobs", "1")
    other = Site(tmp_path / "autre")
    other.write("nouvelles/2025/03/un-0.md", item("Annonce"))
    other.build("--jobs", "1")
    assert "tampon" not in other.read("nouvelles/2025/03/un-0/index.html")


def test_a_plugin_that_does_not_exist_is_told_in_french(newsroom):
    configure(newsroom, ("pelican: {}", "pelican: {PLUGINS: [nulle_part]}"))
    result = newsroom.build("--jobs", "1")
    assert result.code == 2 and "extra.fleuve.pelican" in result.said and "nulle_part" in result.said and "Traceback" not in result.said


def test_a_setting_of_the_wrong_kind_is_told_in_french(newsroom):
    configure(newsroom, ("pelican: {}", "pelican: [tampon]"))
    result = newsroom.build()
    assert result.code == 2 and "extra.fleuve.pelican" in result.said and "doit contenir des clés" in result.said


def test_a_plugin_that_fails_on_an_item_is_told_and_the_others_are_made(plugin):
    file = plugin.root / "greffons" / "tampon.py"
    file.write_text(file.read_text("utf-8").replace('metadata["tampon"] =', 'assert metadata["slug"] != "un-1"\n    metadata["tampon"] ='), "utf-8")
    result = plugin.build("--jobs", "1")
    assert result.code == 1
    told = [problem for problem in result.report["errors"] if problem["code"] == "greffon"]
    assert "AssertionError" in told[0]["message"]
    assert {problem["file"] for problem in told} == {f"nouvelles/{month}/un-1.md" for month in ("2024/12", "2025/01", "2025/03", "2025/04")}
    assert not (plugin.out / "nouvelles/2025/03/un-1").exists() and "tampon un-2" in plugin.read("nouvelles/2025/03/un-2/index.html")


def test_news_that_stand_elsewhere_are_still_made(newsroom):
    newsroom.write("sante/annonce.md", item("Annonce ailleurs"))
    newsroom.write("sante/page.md", "---\ntitle: Page\norganismes: [sante]\n---\n[Annonce](annonce.md)")
    newsroom.build()
    assert "Annonce ailleurs" in newsroom.read("sante/annonce/index.html") and '<a href="/sante/annonce/">' in newsroom.read("sante/page/index.html")
    assert ours(newsroom.tree()) == mkdocs(newsroom.config, newsroom.root / "mkdocs")


def test_what_is_not_published_yet_is_nowhere(newsroom):
    newsroom.write("nouvelles/2025/03/secret.md", item("Grand secret", embargo="2026-07-01 09:00"))
    newsroom.write("nouvelles/2026/12/futur.md", item("Plus tard", "2026-12-01"))
    newsroom.build()
    assert not any("Grand secret" in file.read_text("utf-8", "replace") or "Plus tard" in file.read_text("utf-8", "replace") for file in newsroom.out.rglob("*") if file.is_file())
    newsroom.build(now="2026-07-01T09:00")
    assert "Grand secret" in newsroom.read("nouvelles/2025/03/secret/index.html")
    assert newsroom.tree() == newsroom.clean_build(now="2026-07-01T09:00")


@needs_dask
def test_workers_of_a_cluster_make_the_news(newsroom, tmp_path):
    cluster = Cluster(tmp_path)
    try:
        cluster.add_workers(2)
        result = newsroom.build("--executor", cluster.url)
        assert result.code == 0, result.said
        assert newsroom.tree() == newsroom.clean_build("--jobs", "1")
    finally:
        cluster.stop()
