"""Filters of the newsroom: the formats, and in a real browser the answers, the keyboard, the address, and what never leaves the device."""

from __future__ import annotations

import datetime
import gzip
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, tree
from hypothesis import given
from hypothesis import strategies as st
from served import npm_tool, serve

from fleuve import newsroom, posting, posting_file, word
from fleuve.stages import newsroom_filter

pytest_plugins = ["browser"]

PAGE = "nouvelles/recherche/"
NOW = "2026-11-20T12:00"
BLOCK, BATCH = 5 * newsroom.SLICE, 3 * newsroom.SLICE

positions = st.sets(st.integers(0, 9_999), max_size=300).map(sorted)


# The formats.


@given(positions)
def test_a_posting_gives_back_its_positions(found):
    assert posting.decode(*posting.encode(found)) == found


@pytest.mark.parametrize("step", [1, 2, 7, 8, 9, 127, 128, 129, 5_000])
def test_a_posting_is_never_longer_than_its_bitmap(step):
    found = list(range(3, 10_000, step))
    kind, data = posting.encode(found)
    assert len(data) <= found[-1] // 8 + 1
    assert posting.decode(kind, data) == found


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), positions, max_size=20), st.integers(1, 8))
def test_posting_files_give_back_their_keys(postings, count):
    files = posting_file.spread(postings, count, posting_file.PREFIX)
    found = {}
    for number, keys in enumerate(files):
        for key, values in posting_file.unpack(posting_file.pack(keys, postings)).items():
            assert posting_file.fnv(key[: posting_file.PREFIX]) % count == number
            found[key] = values
    assert found == postings


def test_a_new_item_leaves_the_other_postings_as_they_are():
    before, after = {"a": [1, 5], "b": list(range(40))}, {"a": [1, 5], "b": [*range(40), 41]}
    assert posting.encode(before["a"]) == posting.encode(after["a"])
    assert posting_file.pack(["a"], before) == posting_file.pack(["a"], after)


@pytest.mark.parametrize(("asked", "written", "found"), [
    ("hopital", "hôpitaux", True), ("HÔPITAUX", "l’hôpital", True), ("ecoles", "d’école", True), ("travail", "travaux", True), ("bateaux", "bateau", True),
    ("party", "parties", True), ("œuvre", "oeuvres", True), ("orleans", "Île-d’Orléans", True), ("ile", "L’Île-d’Orléans", True), ("sant", "santé", False), ("mal", "maux", False),
])
def test_words_as_people_type_them(asked, written, found):
    assert any(word.matches(word.words(asked)[0], one) for one in word.words(written)) is found


@given(st.lists(st.text(max_size=40), max_size=6))
def test_words_of_texts_are_the_same_one_by_one_and_together(texts):
    expected: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for one in set(word.words(text)) - word.EMPTY:
            expected.setdefault(one, []).append(number)
    assert word.positions(texts) == expected


# A corpus, built by the public command, in blocks small enough for there to be three.


@dataclass
class Item:
    """A news item, and what a reader in French may ask of it."""

    path: str
    url: str
    date: str
    text: str
    values: set[str]


@dataclass
class Newsroom:
    """The built corpus, where it is served, and its items, the newest first."""

    site: Site
    url: str
    items: list[Item]

    def answer(self, query: list[tuple[str, str]]) -> list[str]:
        """The addresses that a question must give, found by looking at each item."""
        return [item.url for item in self.items if self._has(item, query)]

    @staticmethod
    def _has(item: Item, query: list[tuple[str, str]]) -> bool:
        facets: dict[str, set[str]] = {}
        for name, value in query:
            if name == "du" and item.date < value or name == "au" and item.date > value:
                return False
            if name == "mots":
                typed = word.words(value)
                written = word.words(item.text)
                if not all(any(word.matches(one, other, one == typed[-1]) for other in written) for one in typed if one not in word.EMPTY):
                    return False
            if name not in ("du", "au", "mots"):
                facets.setdefault(name, set()).add(f"{name}:{value}")
        return all(keys & item.values for keys in facets.values())


SUBJECTS = ("L’hôpital", "Les hôpitaux", "Une école", "Des écoles", "Le pont de l’Île-d’Orléans", "Un bateau", "La vaccination", "Des travaux", "Le travail", "Œuvres d’art", "Le programme T4")
ACTS = ("ouvre ses portes", "sont annoncés", "reçoit une aide financière", "changent d’adresse", "est prolongé jusqu’au printemps", "attend vos idées")
WHERE = ("à Saint-Jérôme", "aux Îles-de-la-Madeleine", "à Trois-Rivières", "en Estrie", "")
ORGANISMS = [f"organisme-{number}" for number in range(18)]
THEMES = ("sante", "culture", "transports")
REGIONS = ("estrie", "laval", "montreal")
TYPES = ("communique",) * 7 + ("nomination", "billet")
PERSONS = ("anne-tremblay", "luc-gagnon")
COUNT = 430


def write_corpus(site: Site) -> list[Item]:
    """The documents of the corpus, and its items as they are asked for."""
    rng = random.Random(4)
    site.write("index.md", "---\ntitle: Accueil\n---\n")
    site.write("nouvelles/index.md", "---\ntype: salle-de-presse\ntitle: Nouvelles\n---\n")
    site.write("nouvelles/index.en.md", "---\ntype: salle-de-presse\ntitle: News\nslug: news\n---\n")
    for ident in ORGANISMS:
        site.write(f"organismes/{ident}.md", f"---\ntype: organisme\ntitle: Bureau {ident}\ndescription: Un bureau.\nsigle: B\nnature: bureau\nstatut: actif\n---\n")
    for ident in THEMES:
        site.write(f"{ident}/index.md", f"---\ntype: theme\ntitle: Thème {ident}\ndescription: Un thème.\n---\n")
    for ident in PERSONS:
        site.write(f"gouvernement/personnes/{ident}.md", f"---\ntype: personne\ntitle: {ident.title()}\nprenom: P\nnom: N\n---\n")
    site.write("_vocabulaires/regions.yml", "".join(f"- {{id: {ident}, fr: {ident.title()}, en: {ident.title()}}}\n" for ident in REGIONS))
    items = [write_item(site, rng, number) for number in range(COUNT)]
    return sorted(items, key=lambda item: (item.date, item.path), reverse=True)


def write_item(site: Site, rng: random.Random, number: int) -> Item:
    day = datetime.date(2018, 1, 1) + datetime.timedelta(days=rng.randrange(3_000))
    kind = rng.choice(TYPES)
    organisms, themes, regions = rng.sample(ORGANISMS, rng.choice((1, 1, 2))), rng.sample(THEMES, rng.choice((1, 2))), rng.sample(REGIONS, rng.choice((0, 1, 2)))
    ministers = [rng.choice(PERSONS)] if rng.random() < 0.5 else []
    title, lead = f"{rng.choice(SUBJECTS)} {rng.choice(ACTS)} {rng.choice(WHERE)} ({number})", f"{rng.choice(SUBJECTS)} {rng.choice(ACTS)}."
    english = number % 40 == 7
    stem = f"nouvelles/{day:%Y/%m}/nouvelle-{number}"
    path = f"{stem}.en.md" if english else f"{stem}.md"
    own = {"nomination": f"nomme: Une personne\nposte: Présidente\ndebut: {day}\n", "billet": "auteurs: [{nom: Une autrice, fonction: Autrice}]\n"}.get(kind, "")
    site.write(path, f"---\ntype: {kind}\ntitle: \"{title}\"\ndescription: \"{lead}\"\ndate: {day}\norganismes: [{', '.join(organisms)}]\nthemes: [{', '.join(themes)}]\n"
                     f"regions: [{', '.join(regions)}]\nministres: [{', '.join(ministers)}]\n{own}---\nDu texte.\n")
    values = {f"type:{kind}", *(f"organisme:{one}" for one in organisms), *(f"theme:{one}" for one in themes), *(f"region:{one}" for one in regions),
              *(f"ministre:{one}" for one in ministers)}
    url = f"/en/news/{day:%Y/%m}/nouvelle-{number}/" if english else f"/{stem}/"
    return Item(path, url, day.isoformat(), f"{title} {lead}", values)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(newsroom_filter, "BLOCK", BLOCK)
        patch.setattr(newsroom_filter, "BATCH", BATCH)
        site = Site(tmp_path_factory.mktemp("filtres"))
        items = write_corpus(site)
        result = site.build("--jobs", "1", now=NOW)
        assert result.code == 0, result.problems()[:5]
        server = serve(site.out)
        yield Newsroom(site, f"http://127.0.0.1:{server.server_port}/", items)
        server.shutdown()


@pytest.fixture
def tab(news, visit):
    """tab(query, **options): the page of filters, once it has answered."""

    def opened(query: str = "", **options):
        page = visit(f"{news.url}{PAGE}{query}", **options)
        page.wait_for_selector("[data-resultats][data-nombre]")
        return page

    return opened


ASK = """async (queries) => {
  const section = document.querySelector("[data-resultats]");
  const found = [];
  for (const query of queries) {
    const answered = new Promise((done) => new MutationObserver((_, watch) => (watch.disconnect(), done())).observe(section, { attributes: true, attributeFilter: ["data-nombre"] }));
    history.pushState({ count: 1e6 }, "", `?${query}`);
    dispatchEvent(new PopStateEvent("popstate"));
    await answered;
    found.push([+section.dataset.nombre, [...section.querySelectorAll("[data-liste] a")].map((link) => new URL(link.href).pathname)]);
  }
  return found;
}"""


def questions(rng: random.Random, count: int) -> Iterator[list[tuple[str, str]]]:
    typed = ("hopital", "HÔPITAUX", "ecole", "écol", "l’île d’orléans", "saint jerome", "travaux", "œuvre", "t4", "les des la", "aide fin", "bateaux", "d'adresse", "zzz", "Trois-Riv")
    for number in range(count):
        query = []
        for facet, values, odds in (("organisme", ORGANISMS, 0.4), ("theme", THEMES, 0.4), ("region", REGIONS, 0.3), ("type", sorted(set(TYPES)), 0.3), ("ministre", PERSONS, 0.2)):
            if rng.random() < odds:
                query += [(facet, value) for value in rng.sample(sorted(values), rng.choice((1, 1, 2)))]
        if rng.random() < 0.4:
            query.append(("mots", " ".join(rng.sample(typed, rng.choice((1, 1, 2))))))
        day = datetime.date(2017, 11, 1) + datetime.timedelta(days=rng.randrange(3_100))
        query += [("du", day.isoformat())] * (rng.random() < 0.3) + [("au", (day + datetime.timedelta(days=rng.randrange(-5, 900))).isoformat())] * (rng.random() < 0.3)
        yield [("au", "2019-01-01")] if number == 1 else query


def test_the_browser_answers_as_python_does(news, tab):
    asked = list(questions(random.Random(6), 200))
    answers = tab().evaluate(ASK, [urlencode(query) for query in asked])
    for query, (count, urls) in zip(asked, answers, strict=True):
        assert urls == news.answer(query), query
        assert count == len(urls)
    assert {len(urls) > 20 for _, urls in answers} == {True, False}


def test_javascript_reads_the_bytes_that_python_writes(news, visit, chromium):
    """Postings of every density, over a block of its real size."""
    rng = random.Random(7)
    total = 10_000
    postings = {f"organisme:o{number}": sorted(rng.sample(range(total), size)) for number, size in enumerate((1, 2, 60, 900, 1_249, 1_251, 5_000, 9_999, 10_000))}
    of_words, of_facets = newsroom_filter.file_counts(total)
    files = [posting_file.pack(keys, postings) for keys in posting_file.spread(postings, of_facets)]
    page = re.sub(r'data-total="\d+" data-debuts="[^"]*" data-bloc="\d+"', f'data-total="{total}" data-debuts="9" data-bloc="{total}"', news.site.read(PAGE + "index.html"))

    def serve_data(route) -> None:
        name = route.request.url.rpartition("/")[2]
        if "facettes" in name:
            return route.fulfill(body=files[int(re.search(r"\d+", name)[0])])
        first = int(name.removesuffix(".json")) * newsroom_filter.CHUNK
        route.fulfill(json=[[f"/{first + at}", "T", "communique", "2020-01-01", "", "", "", "", ""] for at in range(newsroom_filter.CHUNK)])

    context = chromium.new_context(service_workers="block")
    tab = context.new_page()
    tab.route("**/donnees/**", serve_data)
    tab.route(f"**/{PAGE}", lambda route: route.fulfill(body=page, content_type="text/html; charset=utf-8"))
    tab.goto(news.url + PAGE)
    tab.wait_for_selector("[data-resultats][data-nombre]")
    answers = tab.evaluate(ASK.replace("1e6", "20"), [f"organisme={key.partition(':')[2]}" for key in postings])
    for (count, urls), expected in zip(answers, postings.values(), strict=True):
        assert count == len(expected)
        assert urls == [f"/{position}" for position in expected[:-21:-1]]
    context.close()


# What readers do.


def test_a_shared_address_shows_the_same_results_and_form(news, tab):
    page = tab("?organisme=organisme-3&organisme=organisme-5&theme=sante&mots=hopital")
    expected = news.answer([("organisme", "organisme-3"), ("organisme", "organisme-5"), ("theme", "sante"), ("mots", "hopital")])
    assert page.locator("[data-liste] li").count() == min(20, len(expected))
    for name in ("Organisme", "Thème"):
        page.locator("form summary", has_text=name).click()
    page.get_by_label(re.compile("^Thème sante")).wait_for()
    assert page.locator("input:checked").evaluate_all("(boxes) => boxes.map((box) => box.value)") == ["organisme-3", "organisme-5", "sante"]
    assert page.locator("[data-choisis] li").count() == 4
    assert page.locator("form summary", has_text="Organisme").inner_text() == "Organisme (2)"


def test_back_and_forward_follow_the_questions(tab):
    page = tab()
    counts = [_count(page)]
    for act in (lambda: _tick(page, "Thème", "Thème sante"), lambda: _tick(page, "Région", "Estrie"), lambda: page.get_by_label("Mots", exact=True).fill("hopital")):
        _answered(page, act)
        counts.append(_count(page))
    assert page.url.endswith("?mots=hopital&theme=sante&region=estrie")
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 4
    for expected in counts[-2::-1]:
        _answered(page, page.go_back)
        assert _count(page) == expected
    assert page.locator("input:checked").count() == 0
    for expected in counts[1:]:
        _answered(page, page.go_forward)
        assert _count(page) == expected
    assert page.get_by_label("Mots", exact=True).input_value() == "hopital"


def test_by_keyboard_alone(news, tab):
    page = tab()
    page.get_by_label("Mots", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Chercher dans la liste : Organisme").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("organisme-4")
    page.keyboard.press("Tab")
    _answered(page, lambda: page.keyboard.press("Space"))
    expected = news.answer([("organisme", "organisme-4")])
    status = page.locator("[data-resultats] [role=status]")
    status.get_by_text(f"{len(expected)} nouvelles trouvées.").wait_for()
    page.get_by_role("button", name="Voir les résultats").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    page.get_by_role("button", name="Afficher plus de nouvelles").focus()
    page.keyboard.press("Enter")
    page.locator("[data-liste] li").nth(20).wait_for()
    assert page.evaluate("new URL(document.activeElement.href).pathname") == expected[20]
    status.get_by_text(f"{min(40, len(expected))} nouvelles affichées sur {len(expected)}.").wait_for()
    page.get_by_role("button", name="Retirer le filtre : Bureau organisme-4").focus()
    _answered(page, lambda: page.keyboard.press("Enter"))
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    assert page.url.endswith(PAGE)


def test_nothing_found_helps_to_find(news, tab):
    page = tab("?theme=sante&mots=zzz")
    help_ = page.locator("[data-vide]")
    assert help_.is_visible()
    link = help_.get_by_role("link", name="Toutes les nouvelles : Thème sante")
    assert (news.site.out / link.get_attribute("href").removeprefix(news.url) / "index.html").exists()
    _answered(page, help_.get_by_role("button", name="Sans « zzz »").click)
    assert _count(page) == len(news.answer([("theme", "sante")]))
    assert help_.is_hidden()


def test_an_unknown_value_can_be_removed(news, tab):
    page = tab("?organisme=disparu")
    assert _count(page) == 0
    _answered(page, page.get_by_role("button", name="Retirer le filtre : disparu").click)
    assert _count(page) == COUNT


def test_items_in_another_language_say_so(news, tab):
    english = next(item for item in news.items if item.url.startswith("/en/"))
    page = tab("?" + urlencode([("du", english.date), ("au", english.date)]))
    card = page.locator("[data-liste] li").filter(has=page.locator(f"a[href='{english.url}']"))
    assert card.locator("h3").get_attribute("lang") == "en"
    assert "En anglais seulement" in card.inner_text()


def test_the_english_page_lists_every_item(news, visit):
    page = visit(f"{news.url}en/news/search/")
    page.wait_for_selector("[data-resultats][data-nombre]")
    assert _count(page) == COUNT
    page.locator("[data-resultats] [role=status]").get_by_text(f"{COUNT} news items found.").wait_for()
    assert "In French only" in page.locator("[data-liste]").inner_text()


AXE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map((rule) => [rule.ruleId, { enabled: true }]));
  return (await axe.run(document, { rules, resultTypes: ["violations"] })).violations.map((one) => [one.id, one.nodes[0].html]);
}"""


@pytest.mark.parametrize("query", ["?theme=sante&organisme=organisme-3&du=2019-01-01", "?theme=sante&mots=zzz"])
def test_axe_finds_nothing_on_a_phone_with_all_lists_open(tab, query):
    page = tab(query, viewport={"width": 320, "height": 740}, reduced_motion="reduce")
    page.evaluate("document.querySelectorAll('form details').forEach((one) => (one.open = true))")
    page.get_by_label("Chercher dans la liste : Organisme").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.evaluate(npm_tool("axe-core/axe.min.js").read_text("utf-8"))
    assert page.evaluate(AXE) == []


# What must not be.


def test_nothing_typed_leaves_the_browser(news, tab):
    page = tab()
    sent = []
    page.context.on("request", lambda request: sent.append(" ".join([request.url, request.post_data or "", *request.all_headers().values()])))
    page.get_by_label("Mots", exact=True).press_sequentially("hopital vaccination", delay=5)
    page.wait_for_url("**?mots=hopital+vaccination")
    page.reload()  # the address is the reader's own: it goes to the site alone, without a referrer
    page.wait_for_selector("[data-resultats][data-nombre]")
    page.locator("[data-liste] a").first.click()
    page.wait_for_load_state()
    told = [text for text in sent if "hopital" in text or "vaccination" in text]
    assert len(sent) > 5
    assert {text.split()[0] for text in told} == {f"{news.url}{PAGE}?mots=hopital+vaccination"}
    assert not any(text.count("hopital") > 1 for text in told)  # nor a header


def test_without_a_script_the_page_is_links_to_the_listings(news, visit):
    page = visit(news.url + PAGE, java_script_enabled=False)
    assert page.locator("form[data-nouvelles] :is(input, button):visible").count() == 0
    for summary in page.locator("summary:visible").all():
        summary.click()
    links = page.locator("form a")
    assert links.count() > len(ORGANISMS) + len(THEMES) + len(REGIONS) + len(set(TYPES)) + len(PERSONS)
    for link in links.all():
        assert link.is_visible()
        assert (news.site.out / link.get_attribute("href").removeprefix("/") / "index.html").exists()


def test_without_a_connection_what_was_read_still_answers(news, tab):
    page = tab("?theme=sante")
    known = _count(page)
    page.context.set_offline(True)
    page.locator("form summary", has_text="Région").click()
    _answered(page, lambda: page.get_by_label(re.compile("^Estrie")).check())
    page.locator("[data-resultats] [role=status]").get_by_text("Une partie des nouvelles ne peut pas être lue").wait_for()
    _answered(page, lambda: page.get_by_label(re.compile("^Estrie")).uncheck())
    assert _count(page) == known
    page.context.set_offline(False)
    _answered(page, lambda: page.get_by_label(re.compile("^Estrie")).check())
    assert _count(page) == len(news.answer([("theme", "sante"), ("region", "estrie")]))


def test_the_service_worker_keeps_what_was_read(news, visit):
    page = visit(f"{news.url}{PAGE}?theme=sante")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # what the first visit read, the worker did not see
    page.wait_for_selector("[data-resultats][data-nombre]")
    page.wait_for_timeout(300)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector("[data-resultats][data-nombre]")
    assert _count(page) == len(news.answer([("theme", "sante")]))
    assert page.locator("[data-liste] li").count() == 20


def test_the_script_is_small_and_of_this_page_alone(news):
    script = (ROOT / "themes" / "fleuve" / "js" / "nouvelles.js").read_bytes()
    assert len(gzip.compress(script, 9)) < 6_000
    assert "nouvelles.js" in news.site.read(PAGE + "index.html")
    assert "nouvelles.js" not in news.site.read("index.html")


# What a change costs. It comes last: the corpus changes.


def test_an_item_more_or_corrected_makes_few_files_again_and_those_of_a_clean_build(news):
    site = news.site
    before = tree(site.out / PAGE)
    site.write("nouvelles/2026/11/derniere.md", "---\ntype: communique\ntitle: Une toute dernière nouvelle\ndescription: Elle vient de paraître.\ndate: 2026-11-19\norganismes: [organisme-0]\n---\n")
    assert site.build("--jobs", "1", now=NOW).code == 0
    after = tree(site.out / PAGE)
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    last = f"donnees/{COUNT // BLOCK}/"
    assert "index.html" in changed
    assert all(path.startswith(last) or path in ("index.html", f"donnees/fiches/{COUNT // newsroom_filter.CHUNK}.json") for path in changed)
    oldest = news.items[-1]
    file = site.content / oldest.path
    file.write_text(file.read_text("utf-8").replace('title: "', 'title: "Rectifié : '), "utf-8")
    assert site.build("--jobs", "1", now=NOW).code == 0
    corrected = tree(site.out / PAGE)
    changed = {path for path in corrected if after.get(path) != corrected[path]}
    assert "donnees/fiches/0.json" in changed
    assert len(changed) == 2  # the card, and the file of the word « rectifie »
    clean = site.clean_build("--jobs", "1", now=NOW)
    assert {path: digest for path, digest in clean.items() if path.startswith(PAGE)} == {PAGE + path: digest for path, digest in corrected.items()}


def test_files_of_cards_are_what_the_page_shows(news):
    cards = [card for file in sorted((news.site.out / PAGE / "donnees" / "fiches").glob("*.json"), key=lambda file: int(file.stem)) for card in orjson.loads(file.read_bytes())]
    assert [card[0] for card in cards if "derniere" not in card[0]] == [item.url for item in reversed(news.items)]
    page = BeautifulSoup(news.site.read(PAGE + "index.html"), "html.parser")
    assert {card[4] for card in cards} <= {link["data-valeur"] for link in page.select("[data-facette=organisme] a")}


def _count(page) -> int:
    return int(page.locator("[data-resultats]").get_attribute("data-nombre"))


def _tick(page, group: str, label: str) -> None:
    page.locator("form summary", has_text=group).click()
    page.get_by_label(re.compile(f"^{label}")).check()


def _answered(page, act) -> None:
    """Do something that asks a question, and wait for its answer."""
    mark = "document.querySelector('[data-resultats]').removeAttribute('data-nombre')"
    page.evaluate(mark)
    act()
    page.wait_for_selector("[data-resultats][data-nombre]")
