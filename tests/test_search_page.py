"""The page of results and the boxes of the search, in a real browser: keyboard, what is announced, addresses, what never leaves the device.

The engine is another's: tests/search_mock.js answers in its place, as docs/adr/0017-search-page.md and the worker's protocol have it.
"""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import orjson
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site
from served import npm_tool, serve

from fleuve import policy

pytest_plugins = ["browser"]

FR, EN = "recherche/", "en/search/"
PERMITS, COUNT = 24, 27
THEMES = {"sante": "Santé", "transports": "Transports"}
EVIL = "<img src=x onerror=alert(1)>"


def pages() -> list[dict]:
    """What the engine knows: two dozen permits, and a page of each sort that needs a notice."""
    found = [
        {"url": f"/permis-{n}/", "title": f"Permis numéro {n}", "summary": "Comment l’obtenir, selon votre situation.", "trail": ["Transports", "Permis"], "organism": "Bureau d’essai",
         "date": f"2024-{1 + n % 12:02}-01", "section": "Renouveler un permis" if n == 0 else None,
         "facets": {"theme": ["transports", "sante"] if n % 4 == 0 else "transports", "organisme": "bureau", "type": "service" if n % 3 else "guide", "public": "aines" if n % 2 else [],
                    "region": [], "langue": "fr"}}
        for n in range(PERMITS)
    ]
    plain = {"theme": "sante", "type": "page", "langue": "fr"}
    return [*found,
            {"url": "/ancien/", "title": "Ancien permis", "summary": "Il n’existe plus.", "date": "2015-01-01", "retired": True, "facets": plain},
            {"url": "/en/licence/", "title": "Permis licence", "summary": "In English only.", "date": "", "facets": {**plain, "langue": "en"}},
            {"url": "/affreux/", "title": f"Permis {EVIL}", "summary": f"Un résumé {EVIL}", "date": "", "facets": plain}]


KNOWN = {
    "pages": pages(), "suite": ["rare"],
    "best": [{"queries": ["permis", "permis numero"], "url": "/sante/", "title": "La page que le secrétariat suggère", "summary": "Elle vient d’abord."}],
    "corrections": {"premis": {"text": "permis", "applied": True}, "numero 3": {"text": "numéro 13", "applied": False}},
}
MORE = {"pages": [{"url": "/rare/", "title": "Un oiseau rare", "summary": "Il se cache.", "date": "", "facets": {"theme": "sante", "type": "page", "langue": "fr"}}]}


@dataclass
class Searched:
    """The built site, and where it is served (with a final slash)."""

    site: Site
    url: str


def write_site(site: Site) -> None:
    site.write("index.md", "---\ntitle: Accueil\nvoir_aussi: [transports/permis.md]\n---\nBienvenue.")
    site.write("index.en.md", "---\ntitle: Home\n---\nWelcome.")
    for ident, title in THEMES.items():
        site.write(f"{ident}/index.md", f"---\ntype: theme\ntitle: {title}\ndescription: Un thème.\n---\n")
    site.write("transports/permis.md", "---\ntype: service\ntitle: Obtenir un permis\ndescription: Un service.\norganismes: [bureau]\nintroduction: Demandez-le.\n"
               "lien_service: {url: 'https://services.gouv.exemple.quebec/p', texte: Commencer}\n---\n")
    site.write("organismes/bureau.md", "---\ntype: organisme\ntitle: Bureau d’essai\ndescription: Un bureau.\nsigle: BE\nnature: bureau\nstatut: actif\n---\n")
    site.write("_vocabulaires/publics.yml", "- {id: aines, fr: Personnes aînées, en: Seniors}\n- {id: jeunes, fr: Jeunes, en: Youth}\n")


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    site = Site(tmp_path_factory.mktemp("recherche"))
    write_site(site)
    result = site.build("--jobs", "1")
    assert result.code == 0, result.problems()[:5]
    shutil.copy(Path(__file__).parent / "search_mock.js", site.out / "js" / "recherche-moteur.js")
    for folder in (FR, EN):
        (site.out / folder / "donnees").mkdir(exist_ok=True)
        for number, known in enumerate((KNOWN, MORE)):
            (site.out / folder / "donnees" / f"essai-{number}.json").write_bytes(orjson.dumps(known))
    server = serve(site.out)
    yield Searched(site, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()


@pytest.fixture
def tab(searched, visit):
    """tab(question, **options): the page of results, once it has answered."""

    def opened(question: str, path: str = FR, **options):
        page = visit(f"{searched.url}{path}{question}", **options)
        page.wait_for_selector("[data-resultats][data-nombre]")
        return page

    return opened


def box(page):
    """The box that the page shows, ready to suggest."""
    found = page.locator("search input:visible")
    found.focus()
    page.wait_for_selector("search .suggestions", state="attached")
    return found


def suggest(page, text: str):
    """Type in the box and wait for its suggestions; the box."""
    found = box(page)
    found.press_sequentially(text)
    page.locator(".suggestions:visible [role=option]").last.get_by_text(f"« {text.strip()} »").wait_for()
    return found


def active(page) -> str:
    """The text of the option that is active for a screen reader, « » if none."""
    return page.evaluate("""() => {
      const id = document.activeElement.getAttribute("aria-activedescendant");
      const selected = [...document.querySelectorAll("[role=option][aria-selected=true]")];
      if (selected.length !== (id ? 1 : 0) || (id && selected[0].id !== id)) throw new Error("aria-selected and aria-activedescendant differ");
      return id ? document.getElementById(id).innerText.replaceAll("\u00a0", " ") : "";
    }""")


def status(page, text: str) -> None:
    page.locator("[data-resultats] [role=status]").get_by_text(text, exact=True).wait_for()


def titles(page) -> list[str]:
    return page.locator("[data-liste] h3").all_inner_texts()


def answered(page, act) -> None:
    """Do something that asks a question, and wait for its answer."""
    page.evaluate("document.querySelector('[data-resultats]').removeAttribute('data-nombre')")
    act()
    page.wait_for_selector("[data-resultats][data-nombre]")


# The box.


@pytest.mark.parametrize("path", ["", "transports/", "404.html", FR, EN])
def test_every_page_has_one_box_and_says_where_the_search_is(searched, visit, path):
    page = visit(searched.url + path)
    assert page.locator("search input:visible").count() == 1
    assert page.locator("search input:visible").evaluate("(one) => [one.role, one.ariaExpanded, one.ariaAutoComplete]") == ["combobox", "false", "list"]
    assert page.get_by_role("combobox", name=re.compile("cherchez|Chercher|looking")).count() == 1
    described = page.locator("link[rel=search]").get_attribute("href")
    assert (searched.site.out / described.strip("/")).is_file()


@pytest.mark.parametrize("path", ["", "transports/", FR])
def test_suggestions_by_keyboard_alone(searched, visit, path):
    page = visit(searched.url + path)
    input_ = suggest(page, "permis num")
    assert input_.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{input_.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    options = page.locator(".suggestions:visible [role=option]")
    assert options.count() == 7  # six pages, and all results
    assert active(page) == ""  # nothing is chosen by itself
    page.keyboard.press("ArrowDown")
    assert "Permis numéro 0" in active(page)
    page.keyboard.press("ArrowUp")
    assert active(page) == "Tous les résultats pour « permis num »"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "Permis numéro 1" in active(page)
    page.keyboard.press("Home")
    assert active(page) == ""
    assert input_.evaluate("(one) => [one.selectionStart, one.value]") == [0, "permis num"]
    page.keyboard.press("End")
    assert input_.evaluate("(one) => one.selectionStart") == len("permis num")
    page.keyboard.press("Escape")
    assert input_.get_attribute("aria-expanded") == "false"
    assert input_.input_value() == "permis num"
    page.keyboard.press("Alt+ArrowDown")
    options.first.wait_for()
    assert active(page) == ""
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert input_.input_value() == ""
    suggest(page, "permis num")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{searched.url}permis-0/")


def test_how_many_pages_are_suggested_is_announced(searched, visit):
    page = visit(searched.url + "transports/")
    suggest(page, "permis num")
    told = page.locator("search [role=status]").first
    told.get_by_text("Pages suggérées : 6").wait_for()
    page.keyboard.press("Escape")
    page.locator("search input:visible").fill("zzzz")
    told.get_by_text("Pages suggérées : 0").wait_for()
    page.locator(".suggestions:visible").get_by_text("Tous les résultats pour « zzzz »").wait_for()


def test_tab_leaves_the_box_and_shuts_the_list(searched, visit):
    page = visit(searched.url)
    suggest(page, "permis")
    page.keyboard.press("Tab")
    assert page.locator(".suggestions:visible").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_a_suggestion_is_followed_with_a_pointer_and_a_late_one_is_not_shown(searched, visit):
    page = visit(searched.url)
    input_ = box(page)
    input_.press_sequentially("lent")
    page.wait_for_timeout(100)
    page.keyboard.press("Escape")  # before the answer
    page.wait_for_timeout(500)
    assert page.locator(".suggestions:visible").count() == 0
    input_.fill("")
    suggest(page, "permis")
    option = page.locator(".suggestions:visible [role=option]").first
    assert option.inner_text() == "La page que le secrétariat suggère"
    option.click()
    page.wait_for_url(f"{searched.url}sante/")


def test_what_was_typed_before_the_script_came_is_suggested_too(searched, visit):
    page = visit("about:blank")
    page.route("**/js/recherche.js*", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.goto(searched.url)
    page.locator("search input:visible").press_sequentially("permis", delay=5)
    page.locator(".suggestions:visible [role=option]").first.wait_for()


def test_nothing_typed_leaves_the_browser(searched, visit):
    page = visit(searched.url + "transports/")
    sent = []
    page.context.on("request", lambda request: sent.append(" ".join([request.url, request.post_data or "", *request.all_headers().values()])))
    suggest(page, "permis numero")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{searched.url}{FR}#q=permis+numero")
    page.wait_for_selector("[data-resultats][data-nombre]")
    page.reload()
    page.wait_for_selector("[data-resultats][data-nombre]")
    answered(page, lambda: (page.locator("#q").fill("ancien permis"), page.keyboard.press("Enter")))
    page.locator("[data-liste] a").first.click()
    page.wait_for_load_state()
    assert len(sent) > 5
    assert not [text for text in sent if re.search("numero|ancien.permis|permis.num", text.split("#")[0])]


def test_enter_before_the_script_is_there_keeps_the_words_too(searched, visit):
    page = visit("about:blank")
    page.route("**/js/recherche.js*", lambda route: route.abort())
    page.goto(searched.url)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("search input:visible").fill("permis & plaques")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{searched.url}{FR}#q=permis+%26+plaques")
    assert not any("plaques" in url.split("#")[0] for url in sent)


# Results.


def test_a_result_says_where_it_is_who_answers_for_it_and_why_it_was_found(tab):
    page = tab("#q=permis")
    status(page, f"{COUNT} résultats pour « permis »")
    first = page.locator("[data-liste] > li").first
    assert first.locator("mark").first.inner_text() == "Permis"
    text = first.inner_text()
    for expected in ("Guide", "Transports › Permis", "Permis numéro 0", "Comment l’obtenir", "Bureau d’essai", "1er janvier 2024"):
        assert expected in text
    assert first.get_by_role("link", name="Renouveler un permis").get_attribute("href") == "/permis-0/#titre"
    suggested = page.get_by_role("heading", name="Suggéré")
    assert suggested.is_visible()
    assert page.get_by_role("link", name="La page que le secrétariat suggère").get_attribute("href") == "/sante/"
    assert page.title().startswith("permis – ")


def test_retired_pages_and_pages_in_another_language_say_so(tab):
    page = tab("#q=permis&page=3")
    lines = page.locator("[data-liste] > li")
    assert "Plus à jour" in lines.filter(has_text="Ancien").inner_text()
    other = lines.filter(has_text="licence")
    assert other.locator("a").get_attribute("lang") == other.locator("a").get_attribute("hreflang") == "en"
    assert "En anglais" in other.inner_text()


def test_html_is_never_interpreted(tab):
    page = tab("#q=permis&page=3")
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    assert EVIL in page.locator("[data-liste]").inner_text()
    assert page.locator("[data-liste] img").count() == 0
    answered(page, lambda: (page.locator("#q").fill(EVIL), page.keyboard.press("Enter")))
    status(page, f"1 résultat pour « {EVIL} »")
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize(("asked", "kept"), [
    ("#q=" + "a" * 500, "#q=" + "a" * 200),
    ("#q=permis&du=hier&au=2024-13-45&tri=nom&page=-3&autre=1", "#q=permis"),
    ("#q=permis&page=3e9", "#q=permis&page=3"),
    ("#q=++permis++numero++&theme=sante&theme=sante", "#q=permis+numero&theme=sante"),
])
def test_an_address_that_makes_no_sense_is_read_for_what_makes_some(tab, asked, kept):
    page = tab(asked)
    assert page.url.endswith(FR + kept)


def test_words_after_a_question_mark_are_read_and_leave_the_address(searched, tab):
    page = tab("?q=permis&theme=sante")
    assert page.url == f"{searched.url}{FR}#q=permis&theme=sante"
    assert page.locator("#q").input_value() == "permis"
    assert page.evaluate("document.querySelector('meta[name=referrer]').content") == "no-referrer"


def test_a_shared_address_shows_the_same_results_and_form(tab):
    page = tab("#q=permis&theme=sante&type=guide&public=aines&du=2024-01-01&tri=date")
    assert page.locator("#q").input_value() == "permis"
    assert sorted(page.locator("input:checked").evaluate_all("(boxes) => boxes.map((box) => box.value)")) == ["aines", "guide", "sante"]
    assert page.locator("#du").input_value() == "2024-01-01"
    assert page.locator("[data-choisis] li").all_text_contents() == ["Santé×", "Guide×", "Personnes aînées×", "du 1er janvier 2024×"]
    assert page.locator("[data-tri] [aria-current=true]").inner_text() == "Date"
    assert page.locator("details[data-affiner] > summary").inner_text() == "Préciser la recherche (4)"


def test_facets_narrow_with_their_counts_and_chips_widen(tab):
    page = tab("#q=permis")
    assert page.get_by_label("Santé (9)").is_visible()
    answered(page, page.get_by_label("Santé (9)").check)
    status(page, "9 résultats pour « permis »")
    assert page.url.endswith("#q=permis&theme=sante")
    assert page.evaluate("document.activeElement.value") == "sante"
    page.locator("summary", has_text="Sorte de page").click()
    answered(page, page.get_by_label("Guide (8)").check)
    status(page, "2 résultats pour « permis »")
    assert page.locator("[data-facette=type] .option:visible").count() == 3  # kinds without results are left out
    answered(page, page.get_by_role("button", name="Retirer le filtre : Santé").click)
    status(page, "8 résultats pour « permis »")
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    page.locator("summary", has_text="Période").click()
    answered(page, lambda: page.locator("#du").fill("2024-06-01"))
    assert page.url.endswith("#q=permis&type=guide&du=2024-06-01")


def test_a_value_that_the_page_does_not_know_can_be_removed(tab):
    page = tab("#q=permis&organisme=disparu")
    status(page, "Aucun résultat pour « permis »")
    answered(page, page.get_by_role("button", name="Retirer le filtre : disparu").click)
    status(page, f"{COUNT} résultats pour « permis »")


def test_results_without_words_are_those_of_the_facets(tab):
    page = tab("#theme=sante")
    status(page, "9 résultats")


def test_pages_of_results_by_keyboard_and_by_address(tab):
    page = tab("#q=permis")
    pages_ = page.get_by_role("navigation", name="Pages de résultats")
    assert pages_.locator("[aria-current=page]").inner_text() == "1"
    pages_.get_by_role("link", name="Page suivante").focus()
    answered(page, lambda: page.keyboard.press("Enter"))
    assert page.url.endswith("#q=permis&page=2")
    assert titles(page)[0] == "Permis numéro 10"
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    assert page.locator("[data-liste]").get_attribute("start") == "11"
    status(page, f"{COUNT} résultats pour « permis », page 2")
    assert page.get_by_role("heading", name="Suggéré").is_hidden()
    answered(page, pages_.get_by_role("link", name="Page 3").click)
    assert len(titles(page)) == COUNT - 20


def test_a_page_beyond_the_last_is_the_first(tab):
    page = tab("#q=permis&page=60")
    page.wait_for_url("**#q=permis")
    assert titles(page)[0] == "Permis numéro 0"


def test_sorting_by_date(tab):
    page = tab("#q=permis")
    answered(page, page.get_by_role("link", name="Date").click)
    assert page.url.endswith("#q=permis&tri=date")
    assert "1er décembre 2024" in page.locator("[data-liste] > li").first.inner_text()


def test_back_and_forward_follow_the_questions_and_the_place(tab):
    page = tab("#q=permis")
    steps = [
        lambda: page.get_by_label("Transports (24)").check(),
        lambda: (page.locator("#q").fill("permis numero 1"), page.keyboard.press("Enter")),
        lambda: page.get_by_role("link", name="Page suivante").click(),
    ]
    seen = [(page.url, titles(page))]
    for step in steps:
        answered(page, step)
        seen.append((page.url, titles(page)))
    assert len({url for url, _ in seen}) == 4
    for url, expected in seen[-2::-1]:
        answered(page, page.go_back)
        assert (page.url, titles(page)) == (url, expected)
    assert page.locator("input:checked").count() == 0
    for url, expected in seen[1:]:
        answered(page, page.go_forward)
        assert (page.url, titles(page)) == (url, expected)
    assert page.locator("#q").input_value() == "permis numero 1"
    answered(page, page.go_back)
    page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    page.wait_for_timeout(300)
    page.locator("[data-liste] a").nth(5).click()
    page.wait_for_load_state()
    page.go_back()
    page.wait_for_selector("[data-resultats][data-nombre]")
    page.wait_for_timeout(200)
    assert abs(page.evaluate("scrollY") - 700) < 3


def test_the_way_to_the_content_is_no_question(tab):
    page = tab("#q=permis")
    page.locator(".evitement a").first.evaluate("(link) => link.click()")
    page.wait_for_url("**#q=permis")
    assert len(titles(page)) == 10


def test_corrections(tab):
    page = tab("#q=premis")
    status(page, f"{COUNT} résultats pour « permis »")
    answered(page, page.get_by_role("link", name="Chercher plutôt « premis »").click)
    assert page.url.endswith("#q=premis&exact=1")
    status(page, "Aucun résultat pour « premis »")
    answered(page, lambda: (page.locator("#q").fill("numero 3"), page.keyboard.press("Enter")))
    assert page.locator("[data-correction]").inner_text().replace("\u00a0", " ") == "Vouliez-vous dire : numéro 13"
    answered(page, page.get_by_role("link", name="numéro 13", exact=True).click)
    assert page.url.endswith("#q=num%C3%A9ro+13")


def test_the_other_language_is_asked_the_same(searched, tab):
    page = tab("#q=permis&theme=sante")
    answered(page, lambda: page.locator(".bascule").click())
    assert page.url == f"{searched.url}{EN}#q=permis&theme=sante"
    page.locator("[data-resultats] [role=status]").get_by_text("9 results for “permis”").wait_for()


# When there is nothing, or not everything.


def test_nothing_found_helps_to_find(searched, tab):
    page = tab("#q=zzzz&theme=sante")
    status(page, "Aucun résultat pour « zzzz »")
    assert "Vérifiez l’orthographe" in page.locator("[data-vide]").inner_text()
    start = page.locator("[data-depart]")
    for name in ("Santé", "Transports", "O", "Plan du site"):
        assert start.get_by_role("link", name=name, exact=True).is_visible()
    assert start.locator("a[href^='tel:']").is_visible()
    answered(page, page.get_by_role("link", name="Chercher sans filtre").click)
    assert page.url.endswith("#q=zzzz")
    assert page.get_by_role("link", name="Chercher sans filtre").is_hidden()


def test_before_a_question_the_page_leads_on(searched, visit):
    page = visit(searched.url + FR)
    assert page.get_by_role("link", name="Obtenir un permis").is_visible()
    assert page.locator("[data-reponse]").is_hidden()
    page.locator("#q").fill("permis")
    page.keyboard.press("Enter")
    status(page, f"{COUNT} résultats pour « permis »")
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    page.go_back()
    page.locator("[data-depart]").wait_for()
    assert page.locator("[data-reponse]").is_hidden()


def test_an_engine_that_fails_is_told_and_begun_anew(tab):
    page = tab("#q=panne")
    status(page, "La recherche ne répond pas pour le moment. Les listes ci-dessous mènent à toutes les pages.")
    assert page.locator("[data-depart]").is_visible()
    assert page.get_by_role("button", name="Essayer de nouveau").is_visible()
    answered(page, lambda: (page.locator("#q").fill("permis"), page.keyboard.press("Enter")))
    status(page, f"{COUNT} résultats pour « permis »")
    assert page.locator("[data-depart]").is_hidden()


def test_a_part_of_the_index_that_cannot_be_read_is_told(searched, visit):
    page = visit("about:blank", service_workers="block")
    page.context.route("**/essai-1.json", lambda route: route.fulfill(status=500))
    page.goto(f"{searched.url}{FR}#q=rare")
    status(page, "Aucun résultat pour « rare ». Une partie de l’index n’a pu être lue : il peut manquer des pages.")
    page.context.unroute("**/essai-1.json")
    answered(page, page.get_by_role("button", name="Essayer de nouveau").click)
    status(page, "1 résultat pour « rare »")


def test_a_slow_answer_does_not_replace_a_later_one(tab):
    page = tab("#q=permis")
    page.locator("#q").fill("lent")
    page.keyboard.press("Enter")
    page.locator("#q").fill("ancien")
    page.keyboard.press("Enter")
    status(page, "1 résultat pour « ancien »")
    page.wait_for_timeout(500)
    assert titles(page) == ["Ancien permis"]


def test_without_a_connection_what_was_read_still_answers(searched, visit):
    page = visit(f"{searched.url}{FR}#q=permis")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # what the first visit read, the service worker did not see
    page.wait_for_selector("[data-resultats][data-nombre]")
    page.wait_for_timeout(300)
    page.context.set_offline(True)
    page.reload()
    status(page, f"{COUNT} résultats pour « permis »")
    answered(page, lambda: (page.locator("#q").fill("rare"), page.keyboard.press("Enter")))
    status(page, "Aucun résultat pour « rare ». Vous êtes hors connexion : la recherche se fait dans ce que cet appareil a déjà lu, et il peut manquer des pages.")
    page.context.set_offline(False)  # it is asked again by itself
    status(page, "1 résultat pour « rare »")


# Everyone.


AXE = """async () => {
  const rules = Object.fromEntries(axe.getRules().map((rule) => [rule.ruleId, { enabled: true }]));
  return (await axe.run(document, { rules, resultTypes: ["violations"] })).violations.map((one) => [one.id, one.nodes[0].html]);
}"""
WIDE = "document.documentElement.scrollWidth"
PHONE = {"viewport": {"width": 320, "height": 740}, "reduced_motion": "reduce"}


def _axe(page) -> list:
    page.evaluate(npm_tool("axe-core/axe.min.js").read_text("utf-8"))
    return page.evaluate(AXE)


@pytest.mark.parametrize("question", ["#q=permis&theme=sante&du=2020-01-01", "#q=zzzz&theme=sante", "#q=premis&page=2"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_results_on_a_phone_with_all_lists_open(tab, question, scheme):
    page = tab(question, color_scheme=scheme, **PHONE)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => (one.open = true))")
    assert page.evaluate(WIDE) == 320
    page.wait_for_timeout(100)
    assert _axe(page) == []


@pytest.mark.parametrize("path", ["", "transports/"])
def test_axe_finds_nothing_in_open_suggestions_on_a_phone(searched, visit, path):
    page = visit(searched.url + path, **PHONE)
    suggest(page, "permis")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(WIDE) == 320
    heights = page.locator(".suggestions:visible [role=option]").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 44
    assert _axe(page) == []


def test_in_forced_colours_the_active_suggestion_and_the_marks_are_seen(searched, visit):
    page = visit(searched.url + "transports/", forced_colors="active")
    suggest(page, "permis num")
    page.keyboard.press("ArrowDown")
    style = "(one) => [getComputedStyle(one).outlineStyle, parseFloat(getComputedStyle(one).outlineWidth) >= 2]"
    assert page.locator("[role=option][aria-selected=true]").evaluate(style) == ["solid", True]
    page.goto(f"{searched.url}{FR}#q=permis")
    mark = page.locator("[data-liste] mark").first
    mark.wait_for()
    assert mark.evaluate("(one) => getComputedStyle(one).backgroundColor !== getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(("path", "lang"), [(FR, "fr"), (EN, "en")])
def test_without_a_script_the_page_leads_to_the_lists(searched, visit, path, lang):
    page = visit(f"{searched.url}{path}?q=permis", java_script_enabled=False)
    assert page.locator("main input:visible").count() == 0
    assert page.locator("main .alerte").is_visible()
    links = page.locator("main a:visible")
    targets = {link.get_attribute("href") for link in links.all()}
    wanted = {"/plan-du-site/", "/services/", "/organismes/a-z/", "/sante/", "/services/#lettre-o"} if lang == "fr" else {"/en/site-map/", "/en/services/", "/en/organizations/a-z/"}
    assert wanted <= targets
    for target in targets:
        assert target.startswith("tel:") or (searched.site.out / target.partition("#")[0].strip("/") / "index.html").exists(), target


def test_the_box_works_without_a_script(searched, visit):
    page = visit(searched.url + "transports/", java_script_enabled=False)
    page.locator("search input:visible").fill("permis")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{searched.url}{FR}?q=permis")
    assert page.locator("main .alerte").is_visible()


# What is built.


def test_the_pages_are_twins_and_kept_from_search_engines(searched):
    for path, other in ((FR, EN), (EN, FR)):
        page = BeautifulSoup(searched.site.read(path + "index.html"), "html.parser")
        assert page.select_one("meta[name=robots]")["content"] == "noindex"
        assert page.select_one("a.bascule")["href"] == f"/{other}"
        assert page.select_one("[data-dossier]")["data-dossier"] == f"/{path}donnees/"
    assert FR not in searched.site.read("sitemap.xml").replace("nouvelles/recherche/", "")


@pytest.mark.parametrize(("path", "lang"), [(FR, "fr"), (EN, "en")])
def test_opensearch_keeps_words_after_the_hash(searched, path, lang):
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = ElementTree.fromstring(searched.site.read(path + "opensearch.xml"))
    assert root.findtext(f"{name}Language") == lang
    assert 0 < len(root.findtext(f"{name}ShortName")) <= 16
    assert root.find(f"{name}Url[@type='text/html']").get("template") == f"https://essai.exemple.quebec/{path}#q={{searchTerms}}"


def test_each_facet_names_its_values(searched):
    page = BeautifulSoup(searched.site.read(EN + "index.html"), "html.parser")
    values = {one["data-facette"]: {box["value"] for box in one.select("input")} for one in page.select("[data-facette]")}
    assert values["organisme"] == {"bureau"}  # in French only: pages in French are found too
    assert page.select_one("[for=organisme-bureau] span")["lang"] == "fr"
    assert values["public"] == {"aines", "jeunes"}
    assert values["langue"] == {"fr", "en"}
    assert {"service", "page", "communique"} <= values["type"]


def test_the_scripts_are_small_and_come_when_they_are_needed(searched, visit):
    script = (ROOT / "themes" / "fleuve" / "js" / "recherche.js").read_bytes()
    assert len(gzip.compress(script, 9)) < 8_000
    page = visit("about:blank")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(searched.url + "transports/")
    page.wait_for_load_state("networkidle")
    assert not any("recherche" in url for url in asked)
    box(page)
    assert sum("/js/recherche.js" in url for url in asked) == 1


def test_a_server_is_where_the_forms_go_without_a_script(tmp_path, visit):
    site = Site(tmp_path)
    write_site(site)
    _set(site, "recherche: {serveur: 'https://recherche.exemple.quebec/chercher'}")
    assert site.build("--jobs", "1").code == 0
    for path in ("index.html", "transports/index.html", FR + "index.html"):
        page = BeautifulSoup(site.read(path), "html.parser")
        assert {form["action"] for form in page.select("search form")} == {"https://recherche.exemple.quebec/chercher"}
        allowed = re.search("form-action ([^;]*)", page.select_one("meta[http-equiv]")["content"])[1]
        assert "https://recherche.exemple.quebec" in allowed.split()
    page = BeautifulSoup(site.read(FR + "index.html"), "html.parser")
    assert not page.select_one("search.recherche-page").has_attr("hidden")
    server = serve(site.out)
    tab = visit(f"http://127.0.0.1:{server.server_port}/")
    tab.locator("search input:visible").fill("permis")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{FR}#q=permis")  # with a script, it is not asked
    server.shutdown()


def test_a_site_without_search_has_nothing_of_it(tmp_path):
    site = Site(tmp_path)
    write_site(site)
    _set(site, "recherche: false")
    assert site.build("--jobs", "1").code == 0
    assert not (site.out / FR).exists()
    assert not (site.out / EN).exists()
    for path in ("index.html", "404.html", "transports/index.html"):
        page = BeautifulSoup(site.read(path), "html.parser")
        assert not page.select("link[rel=search], [data-moteur], .recherche-entete")
        assert {form["action"] for form in page.select("search form")} <= {"/services/"}


@pytest.mark.parametrize("value", [{"serveur": "http://recherche.exemple.quebec/"}, {"serveur": "mailto:a@exemple.quebec"}, {"serveur": 3}, ["https://recherche.exemple.quebec/"], "recherche"])
def test_a_server_that_is_none_is_refused(value):
    assert policy.mistakes({"recherche": value})


@pytest.mark.parametrize("value", [None, True, False, {}, {"serveur": "https://recherche.exemple.quebec/"}, {"serveur": "/chercher"}])
def test_what_the_setting_may_be(value):
    assert not policy.mistakes({"recherche": value})


def _set(site: Site, line: str) -> None:
    text = site.config.read_text("utf-8")
    site.config.write_text(text.replace("    moteurs: {}\n", f"    moteurs: {{}}\n    {line}\n"), "utf-8")


def test_box_page_and_engine_weigh_less_than_15_kb_compressed():
    scripts = [(ROOT / "themes" / "fleuve" / "js" / name).read_bytes() for name in ("recherche.js", "recherche-moteur.js")]
    assert sum(len(gzip.compress(script, 9)) for script in scripts) < 15_000
