"""The built site in a real browser, as citizens use it: no script, a phone, a keyboard, large text, a printer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from served import Page, Served

pytest_plugins = ["browser"]

HIDDEN = "element => !element.checkVisibility({visibilityProperty: true, opacityProperty: true})"
# Text that is cut: its box hides what overflows, and more overflows than a rounding.
CUT = """() => [...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  if (!one.checkVisibility() || one.closest('.invisible, svg, video') || !one.textContent.trim()) return false;
  return (/hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 120))"""
WIDTH = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth"
OPEN_ALL = "() => document.querySelectorAll('details').forEach(one => { one.open = true })"
FOCUSED = """async () => {
  const one = document.activeElement, style = getComputedStyle(one);
  let shown = style, after = getComputedStyle(one, '::after');
  if (parseFloat(after.outlineWidth) > parseFloat(style.outlineWidth) && after.outlineStyle !== 'none') shown = after;
  const place = () => one.getClientRects()[0] ?? one.getBoundingClientRect();  // a link may stand on two lines
  let box = place();
  for (let frame = 0; frame < 40 && (box.top >= innerHeight || box.bottom <= 0); frame++) {  // the browser is scrolling to it
    await new Promise(done => requestAnimationFrame(done));
    box = place();
  }
  const x = Math.min(innerWidth - 1, Math.max(0, box.x + Math.min(box.width, 40) / 2)), y = box.y + Math.min(box.height, 24) / 2;
  const top = document.elementFromPoint(x, y);
  return {
    what: one.outerHTML.slice(0, 120), tag: one.tagName, style: shown.outlineStyle, width: parseFloat(shown.outlineWidth),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    uncovered: !!top && (one.contains(top) || top.contains(one)),
  };
}"""


def read(url: str) -> tuple[int, str]:
    """Status and text of an address."""
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace")


def follow(link) -> None:
    """Click a link and wait until its page is there."""
    link.click()
    link.page.wait_for_load_state("load")


def each(sample: Served, showcase: Served) -> list[Page]:
    """A page of each type, and those of the showcase."""
    return [*sample.one_of_each(), *showcase.pages.values()]


# Nothing but HTML and CSS is needed.


def test_without_javascript_everything_is_there(sample: Served, visit) -> None:
    tab = visit(sample.url + "/", java_script_enabled=False)
    for page in sample.one_of_each():
        tab.goto(page.url)
        assert tab.locator("h1").is_visible() and tab.locator("main").inner_text().strip(), page.address
        assert tab.locator("header .identite").is_visible() and tab.locator("footer.pied").is_visible(), page.address
        tab.locator("nav.principale summary").click()
        links = tab.locator("nav.principale .menu-themes a")
        assert links.count() == 15 and links.first.is_visible(), page.address


def test_no_script_runs_and_none_is_asked_for(sample: Served) -> None:
    for page in sample.pages.values():
        scripts = [script for script in page.soup.find_all("script") if script.get("type") != "application/ld+json"]
        assert not scripts, page.address
        for script in page.soup.find_all("script"):
            json.loads(script.string)


def test_nothing_comes_from_elsewhere_and_nothing_is_stored(sample: Served, showcase: Served, visit) -> None:
    tab = visit("about:blank")
    asked: list[str] = []
    failed: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    for page in each(sample, showcase):
        tab.goto(page.url)
        assert tab.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert asked and all(url.startswith((sample.url, showcase.url)) for url in asked)
    assert not failed and not said
    assert tab.context.cookies() == []


# Small screens, large text, other spacings.


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways(width: int, sample: Served, showcase: Served, visit) -> None:
    tab = visit("about:blank", viewport={"width": width, "height": 640})
    wide = {}
    for page in each(sample, showcase):
        tab.goto(page.url)
        tab.evaluate(OPEN_ALL)
        if tab.evaluate(WIDTH) > 0:
            wide[page.url] = tab.evaluate(WIDTH)
    assert not wide


SETTINGS = {
    # WCAG 1.4.12, to the letter.
    "text spacing": "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }",
    # WCAG 1.4.4.
    "200 % text": "html { font-size: 200% !important }",
}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("width", [320, 1280])
def test_text_that_grows_is_neither_cut_nor_hidden(setting: str, width: int, sample: Served, showcase: Served, visit) -> None:
    if setting == "200 % text" and width == 320:
        width = 640  # 200 % of a 320-pixel page
    tab = visit("about:blank", viewport={"width": width, "height": 900})
    wrong = {}
    for page in each(sample, showcase):
        tab.goto(page.url)
        tab.evaluate(OPEN_ALL)
        tab.add_style_tag(content=SETTINGS[setting])
        over, cut = tab.evaluate(WIDTH), tab.evaluate(CUT)
        if over > 0 or cut:
            wrong[page.url] = (over, cut)
    assert not wrong, json.dumps(wrong, ensure_ascii=False, indent=1)


# The keyboard.


def test_skip_links_are_first_and_lead_where_they_say(sample: Served, visit) -> None:
    for target, presses in (("zone-contenu", 1), ("zone-navigation", 2)):
        for address in ("/", "/en/", sample.of_kind("service")[0].address):
            tab = visit(sample.url + address)
            for _ in range(presses):
                tab.keyboard.press("Tab")
            link = tab.locator(":focus")
            assert link.get_attribute("href") == f"#{target}"
            box = link.bounding_box()
            assert box and box["x"] >= 0 and box["y"] >= 0, "a skip link that has the focus is seen"
            tab.keyboard.press("Enter")
            assert tab.evaluate("() => document.activeElement.id") == target
            tab.keyboard.press("Tab")
            assert tab.evaluate("id => document.getElementById(id).contains(document.activeElement)", target)


def test_menu_opens_closes_and_leads_by_keyboard(sample: Served, visit) -> None:
    tab = visit(sample.url + "/")
    summary = tab.locator("nav.principale summary")
    summary.focus()
    link = tab.locator("nav.principale .menu-themes a").first
    assert not link.is_visible()
    tab.keyboard.press("Enter")
    assert link.is_visible()
    tab.keyboard.press("Space")
    assert not link.is_visible()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    address = tab.locator(":focus").get_attribute("href")
    assert address == link.get_attribute("href")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**{address}")
    assert tab.locator("h1").is_visible()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_focus_is_always_seen(colours: str, sample: Served, showcase: Served, visit) -> None:
    pages = [sample.pages["/"], max(sample.of_kind("service"), key=lambda page: len(page.html)), showcase.pages["/vitrine/composants/"]]
    for page in pages:
        tab = visit(page.url, forced_colors=colours, reduced_motion="reduce")
        seen = 0
        for _ in range(80):
            tab.keyboard.press("Tab")
            focus = tab.evaluate(FOCUSED)
            if focus["tag"] == "BODY":
                break
            if focus["tag"] == "VIDEO":  # the browser draws the focus of its own controls
                continue
            seen += 1
            assert focus["style"] not in ("none", "auto") and focus["width"] >= 2, focus
            assert focus["inside"] and focus["uncovered"], focus
        assert seen > 10


def test_folded_texts_open_by_keyboard(showcase: Served, visit) -> None:
    tab = visit(showcase.url + "/vitrine/composants/")
    for summary in tab.locator("main details:not(.onglet) > summary:visible").all()[:6]:
        body = summary.locator("xpath=..")
        before = body.evaluate("one => one.open")
        summary.focus()
        tab.keyboard.press("Enter")
        assert body.evaluate("one => one.open") != before


# Finding one's way.


def test_language_toggle_lands_on_the_twin_and_comes_back(sample: Served, visit) -> None:
    tab = visit("about:blank")
    for page in [page for page in sample.one_of_each() if page.lang == "fr" and page.soup.find("link", hreflang="en")]:
        tab.goto(page.url)
        follow(tab.locator("a.bascule"))
        assert tab.locator("html").get_attribute("lang") == "en" and "/en/" in tab.url
        twin = tab.url
        follow(tab.locator("a.bascule"))
        assert tab.url == page.url, f"{twin} leads back to another page"


def test_every_toggle_is_mutual_or_says_that_it_leads_home(sample: Served) -> None:
    for page in sample.pages.values():
        toggle = page.soup.select_one("a.bascule")
        other = sample.pages[toggle["href"]]
        assert other.lang == toggle["hreflang"] == toggle["lang"] != page.lang
        if other.address in ("/", "/en/") and page.address not in ("/", "/en/"):
            assert toggle.small, f"{page.address}: nothing says that the toggle leads to the home page"
        else:
            assert other.soup.select_one("a.bascule")["href"] == page.address


def test_breadcrumb_leads_home_step_by_step(sample: Served, visit) -> None:
    for page in sample.pages.values():
        if page.address in ("/", "/en/"):
            continue
        links = [link["href"] for link in page.soup.select("nav.fil a")]
        assert links and links[0] == ("/en/" if page.lang == "en" else "/"), page.address
        assert page.address not in links and all(address in sample.pages for address in links), page.address
    deepest = max(sample.of_kind("page"), key=lambda page: (page.lang == "fr", page.address.count("/")))
    tab = visit(deepest.url)
    while tab.url != sample.url + "/":
        above = tab.locator("nav.fil a").last.get_attribute("href")
        follow(tab.locator("nav.fil a").last)
        assert tab.url == sample.url + above


def test_guide_is_read_forwards_and_backwards(sample: Served, visit) -> None:
    for guide in sample.of_kind("guide"):
        tab = visit(guide.url)
        parts = tab.locator(".parties-grandes a").evaluate_all("links => links.map(link => link.href)")
        assert len(parts) > 1
        follow(tab.locator("main a.bouton").first)
        for number, part in enumerate(parts):
            assert tab.url == part
            assert tab.locator(".parties [aria-current=page]").count() == 1
            if number < len(parts) - 1:
                follow(tab.locator("a[rel=next]"))
        assert tab.locator("a[rel=next]").count() == 0
        follow(tab.locator("a[rel=prev]"))
        assert tab.url == parts[-2]


def test_section_menu_marks_the_page(sample: Served) -> None:
    marked = 0
    for page in sample.pages.values():
        menu = page.soup.select_one("nav.section")
        if menu:
            current = menu.select("[aria-current=page]")
            assert [link["href"] for link in current] in ([page.address], []), page.address
            marked += bool(current)
    assert marked > 100


def test_every_service_has_a_way_without_the_web(sample: Served, visit) -> None:
    services = sample.of_kind("service")
    assert len(services) >= 25
    for page in services:
        ways = page.soup.select(".voies-liste .voie")
        assert ways and all(way.h3.get_text(strip=True) and len(way.get_text(strip=True)) > 20 for way in ways), page.address
    tab = visit(services[0].url)
    assert tab.locator(".voies-liste .voie").first.is_visible()


def test_interruption_and_retirement_are_told_before_the_text(showcase: Served, visit) -> None:
    tab = visit(showcase.url + "/vitrine/service/")
    assert tab.locator(".avis-interruption").is_visible()
    assert tab.locator(".avis-interruption").bounding_box()["y"] < tab.locator("h1, .bouton-depart").last.bounding_box()["y"]
    tab.goto(showcase.url + "/vitrine/retiree/")
    assert tab.locator("main a[href='/sante/']").first.is_visible()
    assert "2026" in tab.locator("main").inner_text()


def test_emergency_notices_are_on_every_page_the_gravest_first(showcase: Served) -> None:
    for page in showcase.pages.values():
        levels = [level for notice in page.soup.select(".urgence") for level in notice["class"] if level.startswith("urgence-")]
        if page.lang == "fr":
            assert levels == ["urgence-danger", "urgence-avertissement", "urgence-information"], page.address


@pytest.mark.parametrize(("address", "lang"), [("/n-existe-pas/", "fr"), ("/en/does-not-exist/", "en")])
def test_unknown_address_gets_the_page_of_the_site(address: str, lang: str, sample: Served, visit) -> None:
    status, _ = read(sample.url + address)
    assert status == 404
    tab = visit(sample.url + address)
    assert tab.locator("html").get_attribute("lang") == lang
    assert tab.locator("h1").is_visible() and tab.locator("nav.principale").is_visible()
    links = tab.locator("main a").evaluate_all("links => links.map(link => link.href).filter(href => href.startsWith('http'))")
    assert len(links) > 10
    assert all(read(link)[0] == 200 for link in links)


def test_links_of_fifty_pages_lead_somewhere(sample: Served) -> None:
    broken, texts = [], {}

    def text_of(url: str) -> str | None:
        if url not in texts:
            status, text = read(url)
            texts[url] = text if status == 200 else None
        return texts[url]

    for page in sample.some(50):
        for tag in page.soup.find_all(href=True) + page.soup.find_all(src=True):
            target = urljoin(page.url, tag.get("href") or tag.get("src"))
            if not target.startswith(sample.url):
                continue
            parts = urlsplit(target)
            text = text_of(target.partition("#")[0])
            if text is None or (parts.fragment and f'id="{unquote(parts.fragment)}"' not in text):
                broken.append(f"{page.address} → {target.removeprefix(sample.url)}")
    assert len(texts) > 200
    assert not broken


# Paper, and colours that the reader chooses.


def test_print_keeps_the_text_and_drops_the_navigation(sample: Served, showcase: Served, visit) -> None:
    tab = visit("about:blank")
    tab.emulate_media(media="print")
    for page in each(sample, showcase):
        tab.goto(page.url)
        for part in (".evitement", "nav.principale", ".bascule", "nav.section", "nav.fil", ".pied nav", "nav.suite"):
            for one in tab.locator(part).all():
                assert one.evaluate(HIDDEN), f"{page.address}: {part} is printed"
        assert tab.locator("h1").is_visible() and tab.locator("main").inner_text().strip(), page.address
    tab.goto(showcase.url + "/vitrine/composants/")
    assert "personne qui vous héberge" in tab.locator("main").inner_text(), "what is folded is printed too"
    assert len(tab.pdf()) > 5000


def test_forced_colours_leave_shapes(sample: Served, showcase: Served, visit) -> None:
    service = next(page for page in sample.of_kind("service") if "bouton-depart" in page.html)
    tab = visit(service.url, forced_colors="active")
    assert tab.evaluate("() => matchMedia('(forced-colors: active)').matches")
    border = "one => { const s = getComputedStyle(one); return s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) >= 1 }"
    assert tab.locator(".bouton-depart").evaluate(border), "a button without its background still looks like one"
    tab.goto(showcase.url + "/vitrine/composants/")
    for part in (".urgence", ".alerte", ".encadre"):
        assert tab.locator(part).first.evaluate(border), part
    underlined = "one => getComputedStyle(one).textDecorationLine.includes('underline')"
    assert tab.locator("main .texte p a:not(.bouton)").first.evaluate(underlined)


def test_links_in_text_are_underlined(sample: Served, visit) -> None:
    tab = visit("about:blank")
    for page in sample.one_of_each():
        tab.goto(page.url)
        plain = tab.locator(".texte p a").evaluate_all(
            "links => links.filter(one => !one.classList.contains('bouton') && !getComputedStyle(one).textDecorationLine.includes('underline')).map(one => one.outerHTML)")
        assert not plain, page.address


def test_movement_stops_when_asked(sample: Served, visit) -> None:
    tab = visit(sample.url + "/", reduced_motion="reduce")
    moving = tab.evaluate("""() => [...document.querySelectorAll('*')].filter(one => {
      const style = getComputedStyle(one);
      return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === 'smooth';
    }).length""")
    assert moving == 0
