"""What scripts add, in a real browser, and what pages do without them: policy, opinions, sharing, letter, filter, menus, pages kept."""

from __future__ import annotations

import functools
import gzip
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import yaml
from conftest import NOW, ROOT, Site
from served import Handler, Served, Server
from test_accessibility import EVERYTHING, axe_errors

from fleuve import policy

pytest_plugins = ["browser"]

WATCH = """
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Post(Handler):
    """A host with an endpoint at /avis: what it gets is kept, and answered with `status`."""

    received: list[tuple[str, str]]
    status = 200
    slow = ""
    patience = threading.Event()

    def do_GET(self) -> None:  # noqa: N802 - the name that http.server calls
        """A file, whole: its time is in seconds, and two builds may be of the same one."""
        del self.headers["If-Modified-Since"]
        if self.path == self.slow:
            self.patience.wait(15)
        super().do_GET()

    def end_headers(self) -> None:
        """Pages are asked for again at each visit, as the headers that the build writes for hosts say."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        """Take one message."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.received.append((self.headers["Content-Type"], body))
        self.send_response(self.status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"Merci")


class Host:
    """A small site that is built and served. received: what was posted; status: what a post is answered."""

    def __init__(self, root: Path, config: str = "    avis: /avis\n", base: str = "/") -> None:
        self.site = Site(root)
        text = self.site.config.read_text("utf-8").replace("    moteurs: {}\n", f"    moteurs: {{}}\n{config}")
        text = re.sub(r"    avis: https.*\n", "", text).replace("quebec/\n", f"quebec{base}\n", 1)
        self.site.config.write_text(text, "utf-8")
        self.site.write("index.md", "---\ntitle: Accueil\n---\nBienvenue.")
        self.site.write("index.en.md", "---\ntitle: Home\n---\nWelcome.")
        for name in ("un", "deux"):
            self.site.write(f"{name}.md", f"---\ntitle: Page {name}\n---\nTexte de la page {name}.")
        self.site.write("un.en.md", "---\ntitle: Page one\nslug: one\n---\nText.")
        self.build()
        self.handler = type("PostHandler", (Post,), {"received": []})
        folder = self.site.out
        if base != "/":
            folder = root / "hote"
            folder.mkdir()
            (folder / base.strip("/")).symlink_to(self.site.out)
        self.server = Server(("127.0.0.1", 0), functools.partial(self.handler, directory=str(folder)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}{base.rstrip('/')}"

    def build(self) -> None:
        """Bring the site up to date."""
        result = self.site.build(now=NOW)
        assert result.code == 0, json.dumps(result.problems(), ensure_ascii=False) + result.said

    def change(self, old: str, new: str) -> None:
        """Another configuration, built."""
        text = self.site.config.read_text("utf-8")
        assert old in text
        self.site.config.write_text(text.replace(old, new, 1), "utf-8")
        self.build()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A site whose opinions go to itself."""
    host = Host(tmp_path_factory.mktemp("hote"))
    yield host
    host.server.shutdown()


@pytest.fixture
def other_host(tmp_path: Path) -> Iterator:
    """other_host(config, base): a site of its own."""
    hosts = []

    def made(config: str = "", base: str = "/") -> Host:
        hosts.append(Host(tmp_path / str(len(hosts)), config, base))
        return hosts[-1]

    yield made
    for one in hosts:
        one.server.shutdown()


# The policy.


def test_no_page_and_no_component_breaks_the_policy(sample: Served, showcase: Served, visit) -> None:
    tab = visit("about:blank")
    tab.add_init_script(WATCH)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: said.append(str(error)))
    pages = [*sample.one_of_each(), *showcase.pages.values()]
    urls = [page.url for page in pages] + [sample.url + address for address in ("/404.html", "/hors-connexion.html", "/en/offline.html")]
    for url in dict.fromkeys(urls):
        tab.goto(url)
        assert tab.evaluate("() => violations") == [], url
    assert not said
    assert len(urls) > 40


def test_the_policy_is_the_first_thing_that_a_page_says_and_names_no_inline_code(sample: Served) -> None:
    for page in sample.some(60):
        meta = page.soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert "unsafe" not in meta["content"] and meta["content"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        before = page.html[: page.html.index("Content-Security-Policy")]
        assert "<script" not in before and "<link" not in before, "what comes before the policy is not under it"
        assert not page.soup.select("[style], style, [onclick], script:not([src]):not([type='application/ld+json'])"), page.address


def test_what_the_policy_refuses_does_not_run(sample: Served, visit) -> None:
    tab = visit("about:blank")
    tab.add_init_script(WATCH)
    tab.goto(sample.url + "/")
    tab.evaluate("""async () => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      document.body.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='window.ran = true' id='essai'>x</p><img src='https://ailleurs.exemple/a.png'>");
      document.getElementById("essai").click();
      await fetch("https://ailleurs.exemple/").catch(() => {});
    }""")
    assert tab.evaluate("() => window.ran") is None
    assert {line.split()[0] for line in tab.evaluate("() => violations")} >= {"script-src-elem", "script-src-attr", "style-src-attr", "img-src", "connect-src"}
    data = tab.locator("script[type='application/ld+json']")
    assert data.count() == 0 or json.loads(data.first.text_content())


POLICIES = [
    # extra.fleuve, directive, sources
    ({}, "connect-src", ["'self'"]),
    ({}, "form-action", ["'self'"]),
    ({}, "frame-ancestors", ["'none'"]),
    ({"avis": "https://avis.exemple.quebec/page?x=1"}, "form-action", ["'self'", "https://avis.exemple.quebec"]),
    ({"avis": "https://avis.exemple.quebec/page?x=1"}, "connect-src", ["'self'", "https://avis.exemple.quebec"]),
    ({"avis": "mailto:avis@exemple.quebec"}, "form-action", ["'self'", "mailto:"]),
    ({"avis": "mailto:avis@exemple.quebec"}, "connect-src", ["'self'"]),
    ({"avis": "/avis"}, "form-action", ["'self'"]),
    ({"recherche": {"serveur": "https://recherche.exemple.quebec:8443/"}}, "connect-src", ["'self'", "https://recherche.exemple.quebec:8443"]),
    ({"politique": {"img-src": ["https://images.exemple.quebec"]}}, "img-src", ["'self'", "https://images.exemple.quebec"]),
    ({"politique": {"frame-src": ["https://cartes.exemple.quebec"]}}, "frame-src", ["https://cartes.exemple.quebec"]),
    ({"politique": {"frame-ancestors": ["'self'"]}}, "frame-ancestors", ["'self'"]),
]


@pytest.mark.parametrize(("settings", "directive", "sources"), POLICIES)
def test_policy_follows_the_configuration(settings: dict, directive: str, sources: list[str]) -> None:
    assert not policy.mistakes(settings)
    assert policy.directives(settings)[directive] == sources
    assert f"{directive} {' '.join(sources)}" in policy.header(settings)
    assert "frame-ancestors" not in policy.meta(settings)


@pytest.mark.parametrize("settings", [
    {"avis": "http://avis.exemple.quebec/"}, {"avis": "avis@exemple.quebec"}, {"avis": "//ailleurs.exemple/"}, {"avis": "javascript:alert(1)"},
    {"avis": 'https://a.exemple/"><script>'}, {"avis": "https://a.exemple/; script-src *"}, {"avis": "mailto:"},
    {"politique": {"script-src": ["'unsafe-inline'"]}}, {"politique": {"script-src": ["*"]}}, {"politique": {"style-src": ["data:"]}},
    {"politique": {"img-src": ["https://a.exemple; script-src *"]}}, {"politique": {"scripts": ["https://a.exemple"]}}, {"politique": {"img-src": "x"}},
])
def test_a_configuration_that_would_open_the_door_is_refused(settings: dict, site: Site) -> None:
    assert policy.mistakes(settings)
    site.write("index.md", "Bienvenue.")
    text = re.sub(r"    avis: .*\n", "", site.config.read_text("utf-8"))
    site.config.write_text(text.replace("    moteurs: {}\n", f"    moteurs: {{}}\n    {json.dumps(settings)[1:-1]}\n"), "utf-8")
    result = site.build()
    assert result.code == 2 and "extra.fleuve." in result.said and "Traceback" not in result.said


def test_what_a_first_view_weighs(sample: Served, showcase: Served) -> None:
    def weight(data: bytes) -> int:
        return len(gzip.compress(data, 9, mtime=0))

    scripts = sum(weight((ROOT / "themes/fleuve/js" / name).read_bytes()) for name in ("fleuve.js", "hors-connexion.js"))
    assert scripts < 12_000
    # Before search; a listing of hundreds of services is as long as the list is.
    shared = weight((ROOT / "themes/fleuve/css/fleuve.css").read_bytes()) + weight((ROOT / "themes/fleuve/js/fleuve.js").read_bytes())
    heavy = {page.address: shared + weight(page.html.encode()) for page in sample.one_of_each() if shared + weight(page.html.encode()) >= 35_000}
    assert not heavy


# Opinions on pages.


def opinion(tab, answer: str, text: str = "") -> None:
    """Answer the question at the end of a page."""
    tab.check(f"input[name=utile][value={answer}]")
    if text:
        tab.fill("#retour-texte", text)
    tab.click("#retour button")


def test_without_a_configured_endpoint_the_question_is_not_asked(other_host) -> None:
    page = other_host().site.read("un/index.html")
    assert 'id="retour"' not in page and "retour-titre" not in page


def test_an_opinion_is_posted_without_javascript(host: Host, visit) -> None:
    tab = visit(host.url + "/un/", java_script_enabled=False)
    host.handler.received.clear()
    assert not tab.locator("#retour-texte").is_visible(), "the text is for those who say no"
    opinion(tab, "non", "Il manque le prix.")
    assert tab.locator("body").inner_text() == "Merci"
    kind, body = host.handler.received[0]
    assert kind == "application/x-www-form-urlencoded"
    assert urllib.parse.parse_qs(body) == {"page": ["/un/"], "langue": ["fr"], "utile": ["non"], "commentaire": ["Il manque le prix."]}


def test_an_opinion_is_masked_shown_sent_and_thanked(host: Host, visit) -> None:
    tab = visit(host.url + "/un/")
    host.handler.received.clear()
    tab.check("input[value=non]")
    preview = tab.locator("#retour .apercu")
    assert not preview.is_visible()
    tab.fill("#retour-texte", "Appelez Jean au 418 555-0123.")
    assert preview.locator("blockquote").inner_text() == "Appelez Jean au [téléphone masqué]."
    tab.wait_for_function("() => document.querySelector('#retour [role=status]').textContent.includes('masqué')")
    assert host.handler.received == [], "nothing leaves while one types"
    tab.click("#retour button")
    thanks = tab.locator(".retour-merci")
    thanks.wait_for()
    assert tab.evaluate("() => document.activeElement.className") == "retour-merci" and tab.url == host.url + "/un/"
    assert urllib.parse.parse_qs(host.handler.received[0][1]) == {
        "page": ["/un/"], "langue": ["fr"], "utile": ["non"], "commentaire": ["Appelez Jean au [téléphone masqué]."]}
    assert len(host.handler.received) == 1


def test_a_text_written_before_saying_yes_is_not_sent(host: Host, visit) -> None:
    tab = visit(host.url + "/en/one/")
    host.handler.received.clear()
    tab.check("input[value=non]")
    tab.fill("#retour-texte", "Too long.")
    opinion(tab, "oui")
    tab.locator(".retour-merci").wait_for()
    assert urllib.parse.parse_qs(host.handler.received[0][1]) == {"page": ["/en/one/"], "langue": ["en"], "utile": ["oui"]}


def test_an_opinion_without_an_answer_is_explained(host: Host, visit) -> None:
    tab = visit(host.url + "/un/")
    host.handler.received.clear()
    tab.click("#retour button")
    summary = tab.locator("#retour .resume-erreurs")
    assert summary.is_visible() and tab.evaluate("() => document.activeElement.classList.contains('resume-erreurs')")
    summary.locator("a").click()
    field = tab.locator(":focus")
    assert field.get_attribute("name") == "utile" and field.get_attribute("aria-invalid") == "true"
    message = tab.locator(f"#{field.get_attribute('aria-describedby')}")
    assert message.is_visible() and message.inner_text() == "Répondez par oui ou par non."
    opinion(tab, "oui")
    tab.locator(".retour-merci").wait_for()
    assert len(host.handler.received) == 1


@pytest.mark.parametrize("failure", ["500", "offline"])
def test_an_opinion_that_cannot_be_sent_keeps_its_text(failure: str, host: Host, visit) -> None:
    tab = visit(host.url + "/un/")
    host.handler.status = 500 if failure == "500" else 200
    tab.context.set_offline(failure == "offline")
    opinion(tab, "non", "Un texte précieux.")
    tab.wait_for_function("() => document.querySelector('#retour [role=status]').textContent.includes('pas pu')")
    assert tab.input_value("#retour-texte") == "Un texte précieux."
    assert tab.evaluate("() => document.activeElement.tagName") == "BUTTON", "the focus stays where it was"
    tab.context.set_offline(False)
    host.handler.status = 200
    tab.click("#retour button")
    tab.locator(".retour-merci").wait_for()


def test_an_opinion_by_email(other_host, visit) -> None:
    host = other_host("    avis: mailto:avis@exemple.quebec\n")
    form = Served(host.site.out, host.url).pages["/un/"].soup.select_one("#retour")
    assert form["action"].startswith("mailto:avis@exemple.quebec?subject=Avis%20sur") and form["enctype"] == "text/plain"
    tab = visit(host.url + "/un/")
    opinion(tab, "non", "Écrire à a@b.ca")
    tab.wait_for_function("() => document.querySelector('#retour [role=status]').textContent.includes('courriel')")


def test_what_is_masked_is_what_the_table_says(host: Host, visit) -> None:
    rows = [row for group in yaml.safe_load((ROOT / "tests/masking.yml").read_text("utf-8")).values() for row in group]
    tab = visit(host.url + "/un/")
    masks = dict(zip(("(courriel)", "(téléphone)", "(numéro)"), tab.get_attribute("#retour", "data-masques").split("|")))
    shown = tab.evaluate("""texts => texts.map((text) => {
      const field = document.querySelector("#retour-texte");
      field.value = text;
      field.dispatchEvent(new Event("input"));
      return document.querySelector("#retour blockquote").textContent;
    })""", [row["texte"] for row in rows])
    wrong = []
    for row, sent in zip(rows, shown):
        wanted = row["texte"] if row["envoi"] == "=" else functools.reduce(lambda text, pair: text.replace(*pair), masks.items(), row["envoi"])
        if sent != wanted:
            wrong.append(f"« {row['texte']} » : « {sent} », et non « {wanted} »")
    assert len(rows) > 50 and not wrong, "\n".join(wrong)


# Sharing.


def test_sharing_needs_no_third_party(sample: Served, visit) -> None:
    page = sample.of_kind("service")[0]
    tab = visit(page.url, permissions=["clipboard-read", "clipboard-write"])
    address = page.soup.find("link", rel="canonical")["href"]
    link = tab.locator(".partage a").get_attribute("href")
    assert link.startswith("mailto:?subject=") and urllib.parse.unquote(link).endswith(address)
    tab.click("[data-copier]")
    tab.wait_for_function("() => document.querySelector('.partage [role=status]').textContent")
    assert tab.evaluate("() => navigator.clipboard.readText()") == address
    tab.evaluate("() => { window.print = () => { window.printed = true } }")
    tab.click("[data-imprimer]")
    assert tab.evaluate("() => window.printed")
    plain = visit(page.url, java_script_enabled=False)
    assert plain.locator(".partage a").is_visible() and not plain.locator(".partage button").first.is_visible()


# Menus.


def test_menus_close_by_escape_and_by_a_click_elsewhere(sample: Served, visit) -> None:
    tab = visit(sample.url + "/")
    summary = tab.locator("nav.principale summary").first
    summary.focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Escape")
    assert tab.evaluate("() => document.activeElement.tagName") == "SUMMARY", "the focus goes back to what opened the menu"
    assert tab.locator("nav.principale details[open]").count() == 0
    summary.click()
    assert tab.locator("nav.principale details[open]").count() == 1
    tab.mouse.click(640, 880)
    assert tab.locator("nav.principale details[open]").count() == 0


def test_one_menu_is_open_at_a_time(sample: Served, visit) -> None:
    tab = visit(sample.url + "/")
    summaries = tab.locator("nav.principale summary:visible").all()
    for summary in summaries:
        summary.focus()
        tab.keyboard.press("Enter")
        tab.wait_for_function("() => document.querySelectorAll('nav.principale details[open]').length === 1")
    assert summaries


# Filter of services.

QUERIES = [
    # typed, a title that is found
    ("naissance", "naissance"), ("NAISSANCE", "naissance"), ("permis", "permis"), ("véhicule", "véhicule"), ("vehicules", "véhicule"), ("renouveler un permis", "permis de conduire"),
    ("l’accès", "accès à un document"), ("l'acces a des documents", "accès à un document"), ("etude", "études"), ("loyer mod", "loyer modique"), ("petite creance", "petites créances"),
]


def shown(tab) -> list[str]:
    """Titles of the services that are in the list."""
    return tab.locator("section.lettre li a:visible").all_inner_texts()


def test_services_are_found_as_one_types(sample: Served, visit) -> None:
    tab = visit(sample.url + "/services/")
    whole = shown(tab)
    for typed, title in QUERIES:
        tab.fill("#filtre-q", typed)
        found = shown(tab)
        assert found and len(found) < len(whole), typed
        assert any(title in one.lower() for one in found), (typed, found)
    tab.fill("#filtre-q", "naissance")
    tab.wait_for_function("() => /^\\d+ services? trouvés?\\.$/.test(document.querySelector('.filtre [role=status]').textContent)")
    assert int(tab.locator(".filtre [role=status]").inner_text().split()[0]) == len(shown(tab))
    tab.fill("#filtre-q", "")
    assert shown(tab) == whole and tab.locator(".lettres").is_visible()
    tab.wait_for_function("() => location.search === ''")


def test_a_search_of_the_home_page_comes_filtered_and_comes_back(sample: Served, visit) -> None:
    tab = visit(sample.url + "/services/?q=naissance")
    found = shown(tab)
    assert found and tab.input_value("#filtre-q") == "naissance" and not tab.locator(".lettres").is_visible()
    tab.fill("#filtre-q", "permis")
    tab.wait_for_function("() => location.search === '?q=permis'")
    permits = shown(tab)
    tab.locator("section.lettre li a:visible").first.click()
    tab.wait_for_load_state()
    tab.go_back()
    tab.wait_for_function("() => document.querySelector('#filtre-q')?.value === 'permis'")
    assert shown(tab) == permits


def test_no_service_found_is_not_a_dead_end(sample: Served, visit) -> None:
    tab = visit(sample.url + "/services/?q=" + urllib.parse.quote("zzz <b>x</b>"))
    empty = tab.locator("[data-vide]")
    assert empty.is_visible() and empty.locator("a[href^='tel:']").is_visible() and empty.locator("a").count() > 1
    assert "zzz <b>x</b>" in tab.locator(".filtre [role=status]").inner_text() and shown(tab) == []


def test_without_javascript_the_list_of_services_is_whole(sample: Served, visit) -> None:
    tab = visit(sample.url + "/services/?q=naissance", java_script_enabled=False)
    assert len(shown(tab)) >= 25 and not tab.locator(".filtre").is_visible() and not tab.locator("[data-vide]").is_visible()


# Request for access to documents.

LETTER = "/gouvernement/participer-et-s-informer/ecrire-une-demande-d-acces/"
LETTER_EN = "/en/government/taking-part/write-an-access-request/"


def test_without_javascript_the_letter_is_a_template(sample: Served, visit) -> None:
    tab = visit(sample.url + LETTER, java_script_enabled=False)
    assert not tab.locator("form.demande").is_visible()
    letter = tab.locator(".courrier").inner_text()
    assert "[nom de l’organisme]" in letter and "[votre nom]" in letter and "article 9 de la Loi sur l’accès" in letter
    tab.locator("main details.accordeon summary").last.click()
    addresses = tab.locator("main details.accordeon a[href^='mailto:acces@']")
    assert addresses.count() > 15 and addresses.first.is_visible()


def fill_request(tab) -> None:
    tab.select_option("select[name=organisme]", "ministere-sante")
    tab.fill("[name=documents]", "Le rapport d’inspection de l’hôpital\net ses annexes")
    tab.fill("[name=nom]", "Camille Roy")
    tab.fill("[name=courriel]", "camille@exemple.quebec")


def test_the_letter_is_written_as_one_types(sample: Served, visit) -> None:
    tab = visit(sample.url + LETTER, permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url) if request.method != "GET" or "Camille" in request.url else None)
    fill_request(tab)
    tab.click("button[value=copier]")
    tab.wait_for_function("() => document.querySelector('.demande [role=status]').textContent")
    letter = tab.evaluate("() => navigator.clipboard.readText()").replace("\u00a0", " ")
    for piece in ("Responsable de l’accès aux documents\nMinistère de la Santé\n700, rue des Érables-Rouges", "je demande une copie des documents suivants :",
                  "Le rapport d’inspection de l’hôpital\net ses annexes", "20 jours, à compter de la réception", "d’au plus 10 jours", "(article 47)",
                  "Camille Roy\ncamille@exemple.quebec"):
        assert piece in letter, (piece, letter)
    assert "[" not in letter and "Période visée" not in letter and letter.endswith("camille@exemple.quebec")
    tab.fill("[name=periode]", "de 2024 à 2025")
    assert "Période visée : de 2024 à 2025" in tab.locator(".courrier").inner_text().replace("\u00a0", " ")
    with tab.expect_download() as download:
        tab.click("button[value=telecharger]")
    assert download.value.suggested_filename == "demande-d-acces.txt" and "Camille Roy" in Path(download.value.path()).read_text("utf-8")
    assert not asked, "nothing of it leaves the device"
    assert tab.evaluate("async () => (await caches.keys()).length >= 0 && localStorage.length + sessionStorage.length") == 0


def test_the_letter_in_english_and_for_an_organism_named_in_the_address(sample: Served, visit) -> None:
    tab = visit(sample.url + LETTER_EN + "?organisme=ministere-sante")
    assert tab.input_value("select[name=organisme]") == "ministere-sante"
    letter = tab.locator(".courrier").inner_text()
    assert "Under section 9 of the Act respecting Access to documents held by public bodies" in letter and "20 days" in letter and "[votre" not in letter


def test_mistakes_of_the_request_are_summed_up_with_links(sample: Served, visit) -> None:
    tab = visit(sample.url + LETTER)
    tab.click("button[value=copier]")
    summary = tab.locator(".demande .resume-erreurs")
    assert tab.evaluate("() => document.activeElement.classList.contains('resume-erreurs')")
    links = summary.locator("a")
    assert links.count() == 4
    for number in range(4):
        links.nth(number).click()
        field = tab.locator(":focus")
        described = field.get_attribute("aria-describedby").split()
        assert field.get_attribute("aria-invalid") == "true" and all(tab.locator(f"#{one}").is_visible() for one in described)
        assert tab.locator(f"label[for={field.get_attribute('id')}]").is_visible()
    fill_request(tab)
    tab.fill("[name=courriel]", "camille@")
    tab.click("button[value=copier]")
    assert summary.locator("a").all_inner_texts() == ["Écrivez un courriel complet, comme nom@exemple.quebec."]
    tab.fill("[name=courriel]", "")
    tab.fill("[name=adresse]", "12, rue Principale")
    tab.evaluate("() => { window.print = () => { window.printed = document.body.className } }")
    tab.click("button[value=imprimer]")
    assert "courrier-seul" in tab.evaluate("() => window.printed"), "a postal address is enough"
    assert not summary.is_visible() and tab.locator("[aria-invalid], .erreur").count() == 0


def test_the_letter_is_printed_alone(sample: Served, visit) -> None:
    tab = visit(sample.url + LETTER)
    tab.evaluate("() => document.body.classList.add('courrier-seul')")
    tab.emulate_media(media="print")
    assert tab.locator(".courrier").is_visible()
    assert tab.evaluate("() => document.body.innerText.trim() === document.querySelector('.courrier').innerText.trim()")


def test_fields_tell_browsers_what_they_are_for(sample: Served) -> None:
    form = sample.pages[LETTER].soup.select_one("form.demande")
    tokens = {field["name"]: field.get("autocomplete") for field in form.select("input, textarea, select") if field.get("autocomplete")}
    assert tokens == {"nom": "name", "courriel": "email", "adresse": "street-address"}
    for field in form.select("input, textarea, select"):
        assert form.select_one(f"label[for={field['id']}]").get_text(strip=True)


# What a script shows must be as accessible as the rest: errors, previews, results, copies.


def test_states_that_scripts_make_are_accessible(sample: Served, visit) -> None:
    wrong = {}

    def look(name: str, tab) -> None:
        for scheme in ("light", "dark"):
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if errors := axe_errors(tab, EVERYTHING):
                wrong[f"{name} {scheme}"] = errors

    phone = {"viewport": {"width": 320, "height": 740}}
    tab = visit(sample.url + LETTER, **phone)
    tab.click("button[value=copier]")
    look("errors of the request", tab)
    fill_request(tab)
    tab.fill("[name=periode]", "2025")
    look("a letter", tab)
    assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    tab.check("input[value=non]")
    tab.fill("#retour-texte", "Appelez le 418 555-0123")
    tab.wait_for_function("() => document.querySelector('#retour [role=status]').textContent")
    look("an opinion", tab)
    tab = visit(sample.url + "/services/?q=carte", **phone)
    look("services that were found", tab)
    tab.goto(sample.url + "/services/?q=zzz")
    look("no service found", tab)
    settle(tab)
    tab.context.set_offline(True)
    tab.goto(sample.url + "/services/")
    tab.wait_for_function("() => document.querySelector('[data-copie]').textContent")
    look("a kept copy", tab)
    tab.goto(sample.url + "/absente/")
    tab.locator("[data-gardees] a").first.wait_for()
    look("the offline page", tab)
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


# Pages kept on the device.


def until(tab, question: str, argument: object = None) -> None:
    """Wait until a question asked of the page, which may take time to answer, is answered by yes."""
    for _ in range(200):
        if tab.evaluate(question, argument):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(question)


def settle(tab) -> None:
    """Wait until the service worker holds the page that is open."""
    until(tab, """async () => {
      await navigator.serviceWorker.ready;
      for (const name of await caches.keys())
        if (name.endsWith(":lues") && await (await caches.open(name)).match(location.origin + location.pathname)) return true;
    }""")


KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) for (const key of await (await caches.open(name)).keys()) found.push(new URL(key.url).pathname + new URL(key.url).search);
  return found;
}"""


def test_a_page_that_was_read_is_read_again_without_a_connection(sample: Served, visit) -> None:
    service = sample.of_kind("service")[0]
    tab = visit(sample.url + "/")
    settle(tab)
    tab.goto(service.url)
    settle(tab)
    tab.context.set_offline(True)
    tab.goto(service.url)
    tab.wait_for_function("() => document.querySelector('[data-copie]').textContent.includes('copie de cette page')")
    tab.goto(service.url + "?depuis=un-lien#haut")
    assert tab.locator("h1").inner_text() == service.soup.h1.get_text(strip=True)
    assert tab.evaluate("() => getComputedStyle(document.querySelector('.entete')).backgroundColor") != "rgba(0, 0, 0, 0)", "with its style sheet"
    tab.wait_for_function("() => document.querySelector('[data-copie]').textContent.includes('copie de cette page')")
    tab.goto(sample.url + "/sante/")
    assert tab.locator("h1").inner_text() == "Vous êtes hors connexion"
    links = tab.locator("[data-gardees] a")
    links.first.wait_for()
    assert [link.get_attribute("href") for link in links.all()] == [service.url, sample.url + "/"], "the last one read comes first"
    links.first.click()
    assert tab.locator("h1").inner_text() == service.soup.h1.get_text(strip=True)
    tab.goto(sample.url + "/en/services/")
    assert tab.locator("h1").inner_text() == "You are offline" and tab.locator("html").get_attribute("lang") == "en"
    tab.context.set_offline(False)
    tab.locator("main a.bouton").click()
    tab.wait_for_function("() => document.querySelector('h1').textContent === 'Services A to Z'")
    assert tab.locator("[data-copie]").inner_text() == ""


def test_what_is_not_a_page_is_not_kept(host: Host, visit) -> None:
    tab = visit(host.url + "/un/")
    settle(tab)
    for address in ("/nulle-part/", "/services/?q=mon+mot", "/api/contenu/un.json", "/vieux/"):
        tab.goto(host.url + address)
    tab.goto(host.url + "/deux")
    assert tab.url == host.url + "/deux/", "redirects are followed"
    settle(tab)
    opinion(tab, "oui")
    tab.locator(".retour-merci").wait_for()
    kept = set(tab.evaluate(KEPT))
    assert {"/un/", "/deux/", "/services/"} <= kept
    assert not [path for path in kept if "mot" in path or "nulle" in path or "api" in path or "avis" in path]
    assert not [path for path in kept if not re.fullmatch(r"/(?:[a-z/-]*/)?|/(?:hors-connexion|en/offline)\.html|/(?:css|js|images)/[^?]+\?v=[0-9a-f]{8}", path)]


def test_what_is_kept_is_bounded_and_the_least_recent_goes(host: Host, visit) -> None:
    folder = host.site.out
    page = (folder / "un/index.html").read_text("utf-8")
    for number in range(41):
        (folder / f"p{number}").mkdir()
        (folder / f"p{number}/index.html").write_text(page, "utf-8")
    for number in range(3):
        (folder / f"gros{number}").mkdir()
        (folder / f"gros{number}/index.html").write_text(page.replace("</main>", "<!--" + "x" * 2_500_000 + "--></main>"), "utf-8")
    tab = visit(host.url + "/un/")
    settle(tab)
    for number in range(41):
        tab.goto(f"{host.url}/p{number}/", wait_until="commit")
        settle(tab)
    until(tab, "async () => (await (await caches.open('fleuve:/:lues')).keys()).length === 40")
    kept = set(tab.evaluate(KEPT))
    assert "/un/" not in kept and "/p0/" not in kept and {"/p1/", "/p40/"} <= kept
    for number in range(3):
        tab.goto(f"{host.url}/gros{number}/")
        settle(tab)
    until(tab, "async () => (await (await caches.open('fleuve:/:lues')).keys()).length === 2")
    assert {"/gros1/", "/gros2/"} <= set(tab.evaluate(KEPT))


def test_a_slow_line_gets_the_kept_copy_and_is_told(host: Host, visit) -> None:
    tab = visit(host.url + "/deux/")
    settle(tab)
    host.handler.slow = "/deux/"
    tab.goto(host.url + "/deux/")
    assert tab.locator("h1").inner_text() == "Page deux"
    tab.wait_for_function("() => document.querySelector('[data-copie]').textContent.includes('lente')", timeout=5000)
    host.handler.patience.set()


def test_a_new_build_replaces_the_theme_and_keeps_what_was_read(other_host, visit) -> None:
    host = other_host()
    tab = visit(host.url + "/un/")
    settle(tab)
    before = tab.evaluate("() => caches.keys()")
    host.site.write("index.md", "---\ntitle: Accueil\n---\nUn autre texte.")
    host.build()
    same = host.site.read("sw.js")
    host.site.write("nouveau/index.md", "---\ntitle: Nouveau thème\ntype: theme\n---\n")
    host.build()
    assert host.site.read("sw.js") != same, "the menu, and so the offline page, has changed"
    tab.goto(host.url + "/deux/")
    until(tab, "async old => !(await caches.keys()).some((name) => old.includes(name) && !/:(lues|donnees)$/.test(name))", before)
    tab.context.set_offline(True)
    tab.goto(host.url + "/un/")
    assert tab.locator("h1").inner_text() == "Page un"
    tab.goto(host.url + "/ailleurs/")
    tab.locator("h1", has_text="hors connexion").wait_for()
    assert "Nouveau thème" in tab.content()


def test_a_word_changed_in_a_page_leaves_the_service_worker_alone(other_host) -> None:
    host = other_host()
    before = host.site.read("sw.js")
    host.site.write("un.md", "---\ntitle: Page un\n---\nUn autre texte.")
    host.build()
    assert host.site.read("sw.js") == before


def test_the_switch_removes_the_worker_and_what_it_kept(other_host, visit) -> None:
    host = other_host()
    tab = visit(host.url + "/un/")
    settle(tab)
    host.change("    moteurs: {}\n", "    moteurs: {}\n    hors_connexion: false\n")
    tab.goto(host.url + "/deux/")
    until(tab, "async () => !(await caches.keys()).length && !(await navigator.serviceWorker.getRegistrations()).length")
    tab.goto(host.url + "/un/")
    assert tab.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0


def test_a_site_in_a_subfolder_keeps_to_it(other_host, visit) -> None:
    host = other_host("    avis: /avis\n", "/portail/")
    tab = visit(host.url + "/un/")
    settle(tab)
    assert tab.evaluate("async () => (await navigator.serviceWorker.ready).scope").endswith("/portail/")
    assert all(path.startswith("/portail/") for path in tab.evaluate(KEPT))
    assert all(name.startswith("fleuve:/portail/:") for name in tab.evaluate("() => caches.keys()"))
    tab.context.set_offline(True)
    tab.goto(host.url + "/absente/")
    assert tab.locator("h1").inner_text() == "Vous êtes hors connexion"
    assert urljoin(tab.url, tab.locator("[data-gardees] a").first.get_attribute("href")) == host.url + "/un/"


def test_nothing_is_stored_but_what_is_needed(sample: Served, visit) -> None:
    tab = visit(sample.url + "/")
    settle(tab)
    assert tab.context.cookies() == []
    stored = tab.evaluate("""async () => ({ local: localStorage.length, session: sessionStorage.length, databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).filter((name) => !name.startsWith("fleuve:/:")).length })""")
    assert stored == {"local": 0, "session": 0, "databases": 0, "caches": 0}
