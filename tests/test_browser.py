"""The built site in a real browser, as citizens use it: no script, a phone, a keyboard, large text, a printer."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from served import Page, Served

pytest_plugins = ["browser"]

# Text that is cut: its box hides what overflows, and more overflows than a rounding.
CUT = """() => [...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  if (!one.checkVisibility() || one.clientWidth <= 1 || one.closest('.invisible, svg, video') || !one.textContent.trim()) return false;
  return (/hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 120))"""
WIDTH = "() => Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - document.documentElement.clientWidth"
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


# Parts of the frame that are printed, and parts of the page that are not.
PRINTED = """() => [
  ...['.evitement', 'nav.principale', '.bascule', 'nav.section', 'nav.fil', '.pied nav', 'nav.suite'].filter(part =>
    [...document.querySelectorAll(part)].some(one => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))),
  ...['h1', 'main'].filter(part => !document.querySelector(part).checkVisibility() || !document.querySelector(part).innerText.trim())]"""
PLAIN = """() => [...document.querySelectorAll('.texte p a:not(.bouton)')].filter(one =>
  !getComputedStyle(one).textDecorationLine.includes('underline')).map(one => one.outerHTML)"""
STORED = "() => localStorage.length + sessionStorage.length"
TOGGLE = re.compile(r'<a class="bascule" href="([^"]*)" lang="([^"]*)" hreflang="([^"]*)">(.*?)</a>', re.DOTALL)
BREADCRUMB = re.compile(r'<nav class="fil".*?</nav>', re.DOTALL)
SECTION = re.compile(r'<nav class="section".*?</nav>', re.DOTALL)
HREF = re.compile(r'<a href="([^"]*)"')
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
# What a Content-Security-Policy without 'unsafe-inline' forbids.
INLINE = re.compile(r"<style\b|<[a-z][^<>]*\sstyle=|<[a-z][^<>]*\son[a-z]+=|javascript:")
# What Tab stops at, in the order of the document, each by its number; of a group of radio buttons, one.
TABBABLE = """() => {
  const groups = new Set();
  window.all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, video[controls], audio[controls], [tabindex="0"]')].filter(one => {
    if (!one.checkVisibility({visibilityProperty: true}) || one.disabled || one.type === 'hidden') return false;
    if (one.type !== 'radio') return true;
    const first = !groups.has(one.name);
    groups.add(one.name);
    return first;
  });
  return window.all.map((one, number) => number + ' ' + one.outerHTML.slice(0, 80));
}"""
# The controls inside a video or a recording are the browser's own; only that the focus comes to it is ours.
RECORD = """() => {
  window.stops = [];
  if (!window.recording) document.addEventListener('focusin', event => {
    const radios = event.target.type === 'radio' ? window.all.filter(one => one.name === event.target.name) : [];
    const number = window.all.indexOf(radios[0] ?? event.target);
    const stop = number + ' ' + event.target.outerHTML.slice(0, 80);
    if (window.stops.at(-1) !== stop) window.stops.push(radios.length ? number + ' ' + radios[0].outerHTML.slice(0, 80) : stop);
  });
  window.recording = true;
}"""
# Styles that show things in another order than that of the document.
REORDERED = """() => [...document.querySelectorAll('body *')].filter(one => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && (style.order !== '0' || /reverse/.test(style.flexDirection + style.flexWrap));
}).map(one => one.outerHTML.slice(0, 100))"""
# One focusable element of each look: what it is, what it stands on.
LOOKS = """() => {
  const known = new Map();
  const ground = one => { for (let at = one; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; if (c !== 'rgba(0, 0, 0, 0)') return c } };
  for (const one of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.evitement')) continue;
    const style = getComputedStyle(one);
    const look = [one.tagName, one.type, one.className, style.display, style.backgroundColor, style.color, ground(one.parentElement)].join();
    if (!known.has(look)) known.set(look, one);
  }
  window.looks = [...known.values()];
  return window.looks.map((_, number) => number);
}"""
# The place of a control without the focus, with room for its outline, and the area that its focus must change.
PREPARE = """number => {
  document.activeElement.blur();
  const one = window.looks[number];
  one.scrollIntoView({block: 'center', behavior: 'instant'});
  const shown = one.matches('.tuile-titre a, .carte-titre a, .depeche a') ? one.closest('.tuile, .carte, .depeche') : one;
  const boxes = [...shown.getClientRects()];
  const edges = ['left', 'top', 'right', 'bottom'].map((edge, i) => (i < 2 ? Math.min : Math.max)(...boxes.map(box => box[edge])));
  const x = Math.max(0, edges[0] - 10), y = Math.max(0, edges[1] - 10);
  // Of a link on several lines and of a control larger than the window, what is shown of it counts.
  const area = boxes.map(box => 4 * (Math.min(box.width, innerWidth) + Math.min(box.height, innerHeight))).reduce((a, b) => a + b);
  return {what: one.outerHTML.slice(0, 100), area, clip: {x, y, width: Math.min(innerWidth, edges[2] + 10) - x, height: Math.min(innerHeight, edges[3] + 10) - y}};
}"""
# How many pixels of two pictures differ by a contrast of 3:1 or more (relative luminance of WCAG 2.2).
CHANGED = """async pictures => {
  const [before, after] = await Promise.all(pictures.map(async data => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height).data;
  }));
  const part = value => (value /= 255) <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4;
  const light = (data, at) => .2126 * part(data[at]) + .7152 * part(data[at + 1]) + .0722 * part(data[at + 2]) + .05;
  let changed = 0;
  for (let at = 0; at < before.length; at += 4) {
    const one = light(before, at), other = light(after, at);
    if (Math.max(one, other) / Math.min(one, other) >= 3) changed++;
  }
  return changed;
}"""
# Targets less than 44 pixels wide or high, or of which something else covers a point 21 pixels from the middle. Links in a sentence may be
# smaller (2.5.5, « inline »); the number of a note has at least 24.
SMALL_TARGETS = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter(one => {
  if (!one.checkVisibility({visibilityProperty: true}) || one.closest('.evitement') || getComputedStyle(one).display === 'inline') return false;
  const covered = one.matches('.tuile-titre a, .carte-titre a, .depeche a') ? one.closest('.tuile, .carte, .depeche') : one.labels?.[0] && /radio|checkbox/.test(one.type) ? one.labels[0] : one;
  covered.scrollIntoView({block: 'center', behavior: 'instant'});
  const box = covered.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  if (one.closest('sup')) return Math.min(box.width, box.height) < 24;
  return Math.min(box.width, box.height) < 43.95 || [[21, 0], [-21, 0], [0, 21], [0, -21]].some(([right, down]) => {
    const top = document.elementFromPoint(x + right, y + down);
    return !(top && (one.contains(top) || top.closest('label')?.control === one));
  });
}).map(one => { const box = one.getBoundingClientRect(); return one.outerHTML.slice(0, 120) + ' ' + box.width + ' × ' + box.height })"""


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


# WCAG 1.4.10: 320 pixels, which is also 1,280 at 400 %. 1.4.12, to the letter. 1.4.4: 200 % text, on a screen that shows as much.
SETTINGS = {
    "reflow": ("", (320, 768, 1280)),
    "text spacing": ("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }", (320, 1280)),
    "200 % text": ("html { font-size: 200% !important }", (640, 1280)),
}
# A sheet made by a script is not what the page's Content-Security-Policy forbids.
RESTYLE = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); document.adoptedStyleSheets = [sheet] }"


@dataclass
class Walk:
    """What one tab met on a page of each type and on those of the showcase. pages: by URL, what was measured that should be nothing."""

    pages: dict[str, dict] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    cookies: list = field(default_factory=list)

    def found(self, what: str) -> dict:
        """{URL: faults} of the pages that have some."""
        return {url: measures[what] for url, measures in self.pages.items() if measures[what]}

    def told(self, what: str) -> str:
        """The same, for people."""
        return json.dumps(self.found(what), ensure_ascii=False, indent=1)


@pytest.fixture(scope="module")
def walk(sample: Served, showcase: Served, chromium) -> Walk:
    """One visit of each page, with all the questions that need nothing but to be on it."""
    done = Walk()
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-CA", reduced_motion="reduce")
    tab = context.new_page()
    tab.on("request", lambda request: done.asked.append(request.url))
    tab.on("response", lambda answer: done.failed.append(answer.url) if answer.status >= 400 else None)
    tab.on("console", lambda message: done.said.append(message.text))
    tab.on("pageerror", lambda error: done.said.append(str(error)))
    for page in each(sample, showcase):
        tab.goto(page.url)
        done.pages[page.url] = {"stored": tab.evaluate(STORED), "plain": tab.evaluate(PLAIN), **measure_print(tab), **measure_widths(tab)}
    done.cookies = context.cookies()
    context.close()
    return done


def measure_print(tab) -> dict:
    tab.emulate_media(media="print")
    printed = tab.evaluate(PRINTED)
    tab.emulate_media(media="screen")
    return {"printed": printed}


def measure_widths(tab) -> dict:
    """Pixels too wide, text cut and targets too small, at each width with each setting of the text."""
    over, cut, small = {}, {}, {}
    tab.evaluate("() => document.querySelectorAll('details').forEach(one => { if (!one.name) one.open = true })")
    for setting, (css, widths) in SETTINGS.items():
        tab.evaluate(RESTYLE, css)
        for width in widths:
            tab.set_viewport_size({"width": width, "height": 900})
            if (pixels := tab.evaluate(WIDTH)) > 0:
                over[f"{setting}, {width}"] = pixels
            if css and (texts := tab.evaluate(CUT)):
                cut[f"{setting}, {width}"] = texts
            if not css and (targets := tab.evaluate(SMALL_TARGETS)):
                small[width] = targets
    tab.set_viewport_size({"width": 1280, "height": 900})
    return {"over": over, "cut": cut, "small": small}


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


def test_scripts_are_files_of_the_site_and_nothing_is_inline(sample: Served) -> None:
    wrong = {}
    for page in sample.pages.values():
        scripts = [attributes for attributes, body in SCRIPT.findall(page.html) if "application/ld+json" not in attributes or not json.loads(body)]
        found = [one for one in scripts if not re.search(r' src="/[^/"]', one)] + INLINE.findall(page.html)
        if found:
            wrong[page.address] = found
    assert not wrong


def test_nothing_comes_from_elsewhere_and_nothing_is_stored(sample: Served, showcase: Served, walk: Walk) -> None:
    assert walk.asked and all(url.startswith((sample.url, showcase.url)) for url in walk.asked)
    assert not walk.failed and not walk.said
    assert not walk.cookies and not walk.found("stored")


# Small screens, large text, other spacings.


def test_nothing_scrolls_sideways_at_any_width_with_any_text(walk: Walk) -> None:
    assert not walk.found("over"), walk.told("over")


def test_text_that_grows_is_neither_cut_nor_hidden(walk: Walk) -> None:
    assert not walk.found("cut"), walk.told("cut")


def test_targets_are_44_pixels_or_stand_in_a_sentence(walk: Walk) -> None:
    """2.5.5 and 2.5.8. What is clicked is measured, whatever draws it: a label, a card that its link covers."""
    assert not walk.found("small"), walk.told("small")


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


def keyboard_pages(sample: Served, showcase: Served) -> list[Page]:
    """Pages that together have every kind of control."""
    return [sample.pages["/"], richest(sample, "service"), richest(sample, "page", "<form"), richest(sample, "guide"), showcase.pages["/vitrine/composants/"]]


def richest(served: Served, kind: str, holding: str = "") -> Page:
    """The longest page of a type, among those that hold a piece of HTML if any does."""
    pages = served.of_kind(kind)
    return max([page for page in pages if holding in page.html] or pages, key=lambda page: len(page.html))


def test_focus_goes_through_the_whole_page_in_reading_order_and_back(sample: Served, showcase: Served, visit) -> None:
    """2.1.1, 2.1.2, 2.4.3: Tab reaches everything that can be operated, once, in the order of the document, and Shift+Tab all of it backwards."""
    tab = visit("about:blank", reduced_motion="reduce")
    for page in keyboard_pages(sample, showcase):
        tab.goto(page.url)
        expected = tab.evaluate(TABBABLE)
        assert len(expected) > 10, page.address
        for key, order in (("Tab", expected), ("Shift+Tab", expected[-2::-1])):
            tab.evaluate(RECORD)
            for _ in range(len(order) + 20):  # a video has controls of its own, which are its own stop
                if tab.evaluate("() => window.stops.length") == len(order):
                    break
                tab.keyboard.press(key)
            assert tab.evaluate("() => window.stops") == order, page.address
        assert not tab.evaluate(REORDERED), page.address


@pytest.mark.parametrize("colours", ["none", "active"])
@pytest.mark.parametrize("width", [320, 1280])
def test_focus_is_always_seen_and_never_covered(width: int, colours: str, sample: Served, showcase: Served, visit) -> None:
    """2.4.7, 2.4.11. A solid outline of 2 pixels or more, on screen, with nothing over it."""
    tab = visit("about:blank", viewport={"width": width, "height": 700}, forced_colors=colours, reduced_motion="reduce")
    for page in (sample.pages["/"], richest(sample, "service"), showcase.pages["/vitrine/composants/"]):
        tab.goto(page.url)
        seen = 0
        for _ in range(40 if width == 320 else 80):
            tab.keyboard.press("Tab")
            focus = tab.evaluate(FOCUSED)
            if focus["tag"] == "BODY":
                break
            if focus["tag"] in ("AUDIO", "VIDEO"):  # the browser draws the focus of its own controls
                continue
            seen += 1
            assert focus["style"] not in ("none", "auto") and focus["width"] >= 2, focus
            assert focus["inside"] and focus["uncovered"], focus
        assert seen > 10


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_focus_changes_enough_pixels_by_enough(palette: str, sample: Served, showcase: Served, visit) -> None:
    """2.4.13, measured on pictures: as many pixels as an outline of 2 pixels around the control change by 3:1 or more. One control of each look."""
    tab = visit("about:blank", color_scheme=palette, reduced_motion="reduce")
    judge = visit("about:blank")
    weak = {}
    for page in keyboard_pages(sample, showcase):
        tab.goto(page.url)
        tab.evaluate("() => { document.querySelectorAll('nav.principale details').forEach(one => { one.open = true }) }")
        tab.keyboard.press("Tab")
        for number in tab.evaluate(LOOKS):
            box = tab.evaluate(PREPARE, number)
            before = tab.screenshot(clip=box["clip"])
            tab.evaluate("number => window.looks[number].focus({preventScroll: true, focusVisible: true})", number)
            after = tab.screenshot(clip=box["clip"])
            changed = judge.evaluate(CHANGED, [base64.b64encode(picture).decode() for picture in (before, after)])
            if changed < box["area"]:
                weak[f"{page.address} {box['what']}"] = (changed, box["area"])
    assert not weak, json.dumps(weak, ensure_ascii=False, indent=1)


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
    toggles = {page.address: TOGGLE.search(page.html) for page in sample.pages.values()}
    assert all(toggles.values())
    for page in sample.pages.values():
        address, lang, language, text = toggles[page.address].groups()
        other = sample.pages[address]
        assert other.lang == language == lang != page.lang
        if other.address in ("/", "/en/") and page.address not in ("/", "/en/"):
            assert "<small>" in text, f"{page.address}: nothing says that the toggle leads to the home page"
        else:
            assert toggles[other.address][1] == page.address


def test_breadcrumb_leads_home_step_by_step(sample: Served, visit) -> None:
    for page in sample.pages.values():
        if page.address in ("/", "/en/"):
            continue
        links = HREF.findall(BREADCRUMB.search(page.html)[0])
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
        if menu := SECTION.search(page.html):
            current = [href for href in HREF.findall(menu[0]) if f'href="{href}" aria-current="page"' in menu[0]]
            assert current in ([page.address], []), page.address
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


def test_print_keeps_the_text_and_drops_the_navigation(showcase: Served, visit, walk: Walk) -> None:
    assert not walk.found("printed"), walk.told("printed")
    tab = visit(showcase.url + "/vitrine/composants/")
    tab.emulate_media(media="print")
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


def test_links_in_text_are_underlined(walk: Walk) -> None:
    assert not walk.found("plain"), walk.told("plain")


def test_movement_stops_when_asked(sample: Served, visit) -> None:
    tab = visit(sample.url + "/", reduced_motion="reduce")
    moving = tab.evaluate("""() => [...document.querySelectorAll('*')].filter(one => {
      const style = getComputedStyle(one);
      return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0 || style.scrollBehavior === 'smooth';
    }).length""")
    assert moving == 0
