"""The design system: heads of components, tokens, and the pages and the guide made from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from conftest import ROOT, Site

from fleuve import design_token
from fleuve.component import describe, families, load, parse_opening
from fleuve.component_reference import render
from fleuve.stages.design_system import COMPONENTS, DOCUMENTATION, ELEMENTS, FOUNDATIONS, HOME, MEDIA

THEME = ROOT / "themes" / "fleuve"
FLEUVE = load(THEME)
LIGHT, DARK = design_token.read((THEME / "css" / "fleuve.css").read_text("utf-8"))
ABOUT = yaml.safe_load((THEME / DOCUMENTATION / "fondations.yml").read_text("utf-8"))
ELEMENTS_OF_TEXT = yaml.safe_load((THEME / DOCUMENTATION / "elements.yml").read_text("utf-8"))
COLOURS = {name: spec for group in ABOUT["couleurs"] for name, spec in group["jetons"].items()}
LENGTHS = [*ABOUT["texte"], *(name for group in ABOUT["mesures"] for name in group["jetons"])]


# Heads of components.


def test_a_head_says_all_that_its_page_shows() -> None:
    documented = [*FLEUVE.values(), *(describe(name, "elements.yml", head) for name, head in ELEMENTS_OF_TEXT.items())]
    for one in documented:
        assert one.label != one.name and one.description.endswith("."), one.name
        assert one.do and one.avoid and one.keyboard and one.reader and one.example, one.name
        assert all(one.help[key] for key in one.attributes), one.name
        assert all(state.name and state.text for state in one.states), one.name
    assert all(one.states for one in FLEUVE.values())


def test_an_unknown_key_or_value_of_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match="a_fair"):
        describe("x", "x.html", {"description": "d", "a_fair": []})
    with pytest.raises(ValueError, match="requis"):
        describe("x", "x.html", {"attributs": {"lien": "requis"}})
    with pytest.raises(ValueError, match="aides"):
        describe("x", "x.html", {"attributs": {"lien": {"presence": "facultatif", "aides": "d"}}})


def test_a_component_stands_after_the_one_that_holds_it() -> None:
    names = [one.name for one in families(FLEUVE)]
    assert sorted(names) == sorted(FLEUVE)
    assert all(names.index(one.parent) < names.index(one.name) for one in FLEUVE.values() if one.parent)


def test_the_guide_is_the_one_that_the_heads_give() -> None:
    """Si ce test échoue : python -m fleuve.component > docs/guide/composants.md"""
    assert (ROOT / "docs" / "guide" / "composants.md").read_text("utf-8") == render(FLEUVE)


def test_examples_of_the_guide_use_what_components_take() -> None:
    for file in (ROOT / "docs" / "guide").glob("*.md"):
        for line in re.findall(r"^::: (\S.*)$", file.read_text("utf-8"), re.MULTILINE):
            name, title, attributes = parse_opening(line)
            if name != "nom":
                assert name in FLEUVE and attributes.keys() <= FLEUVE[name].attributes.keys(), f"{file.name}: {line}"
                assert bool(title) or FLEUVE[name].title != "obligatoire", f"{file.name}: {line}"


# Tokens.


def test_every_token_is_documented_and_no_other() -> None:
    assert {*COLOURS, *LENGTHS, *ABOUT["autres"]} == LIGHT.keys()
    assert LIGHT.keys() == DARK.keys()


@pytest.mark.parametrize("palette", ["light", "dark"])
def test_every_colour_has_the_contrast_that_it_must(palette: str) -> None:
    tokens = {"light": LIGHT, "dark": DARK}[palette]
    low = {
        f"{name} sur {ground}": ratio for name, spec in COLOURS.items() for ground in spec.get("sur", ())
        if (ratio := design_token.contrast(tokens[name], tokens[ground])) is None or ratio < spec["seuil"]
    }
    assert not low


def test_contrast_is_that_of_wcag() -> None:
    assert design_token.contrast("#000", "#ffffff") == pytest.approx(21)
    assert design_token.contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.005)  # the classic lightest grey for 4.5 on white
    assert design_token.contrast("rgb(0 0 0)", "#fff") is None


def test_tokens_are_read_in_both_palettes() -> None:
    css = """:root { --a: #fff; /* --b: #000; */ --c: var(--a) }
    @media screen and (prefers-color-scheme: dark) { :root { --a: #000 } a { --d: 1px } }
    @media print { :root { --a: #123456 } } b { --e: 2px }"""
    assert design_token.read(css) == ({"a": "#fff", "c": "#fff"}, {"a": "#000", "c": "#000"})


@pytest.mark.parametrize(("value", "pixels"), [
    ("1.5rem", 24), (".25rem", 4), ("6px", 6), ("clamp(1rem, 4vw, 2.5rem)", 16), ("clamp(1rem, 1rem + 10vw, 3rem)", 48), ("auto", None), ("1em", None),
])
def test_lengths_are_measured_at_a_width(value: str, pixels: float | None) -> None:
    assert design_token.pixels(value, 320) == pixels


def test_every_length_can_be_measured() -> None:
    assert not [name for name in LENGTHS if design_token.pixels(LIGHT[name], 1280) is None]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_icon_has_a_meaning(lang: str) -> None:
    drawn = re.findall(r"^  '([\w-]+)': '<", (THEME / "macros" / "icones.html").read_text("utf-8"), re.MULTILINE)
    labels = yaml.safe_load((THEME / "langues" / f"{lang}.yml").read_text("utf-8"))["icones"]
    assert set(drawn) == labels.keys()


# Pages.


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("systeme"))
    site.write("index.md", "---\ntitle: Accueil\n---\n")
    result = site.build()
    assert result.code == 0 and "composant" not in "".join(result.codes()), result.problems()
    assert not [problem for problem in result.problems() if problem["file"] == "themes"]
    return site


def soup(site: Site, path: str) -> BeautifulSoup:
    return BeautifulSoup(site.read(path + "index.html"), "html.parser")


def test_each_component_is_shown_once_with_its_examples(built: Site) -> None:
    pages = [soup(built, listing.path) for listing in (COMPONENTS, MEDIA, ELEMENTS)]
    assert all(len(page.select(".piece")) > 5 for page in pages)
    assert sorted(piece["id"] for page in pages for piece in page.select(".piece")) == sorted(f"composant-{name}" for name in (*FLEUVE, *ELEMENTS_OF_TEXT))
    for name, one in FLEUVE.items():
        [section] = [piece for page in pages for piece in page.select(f"#composant-{name}")]
        assert section.h2.get_text() == one.label
        examples = section.select(".exemple")
        assert len(examples) == 1 + sum(bool(state.example) for state in one.states), name
        assert all(len(example.get_text(strip=True)) > 3 and ":::" not in example.get_text() for example in examples), name
        assert section.select_one(".exemple-code code").get_text() == one.example.strip()
        assert len(section.select(".a-faire li")) == len(one.do) and len(section.select(".a-eviter li")) == len(one.avoid)
    for page in pages:
        ids = [tag["id"] for tag in page.find_all(id=True)]
        assert len(ids) == len(set(ids))


def test_files_that_examples_name_are_there(built: Site) -> None:
    pages = [soup(built, listing.path) for listing in (COMPONENTS, MEDIA)]
    named = {tag.get("href") or tag.get("src") for page in pages for tag in page.select(".exemple [download], .exemple video, .exemple track, .exemple audio, .exemple .photo img")}
    assert {name.rpartition(".")[2] for name in named} == {"pdf", "mp4", "vtt", "mp3", "jpg", "svg"}
    assert all((built.out / name.lstrip("/")).is_file() for name in named)
    assert "ko)" in pages[0].select_one(".exemple .fichier").get_text()


def test_colours_are_those_of_the_style_sheet(built: Site) -> None:
    page = soup(built, FOUNDATIONS.path)
    shown = {code.get_text() for code in page.select("#couleurs td code")}
    assert all({LIGHT[name], DARK[name]} <= shown for name in COLOURS)
    assert len(page.select("#icones li")) > 30 and all(item.span.get_text(strip=True) != item.code.get_text() for item in page.select("#icones li"))


def test_pages_are_kept_from_search_engines_and_are_twins(built: Site) -> None:
    for listing in (*HOME.values(), COMPONENTS, MEDIA, ELEMENTS, FOUNDATIONS):
        page = soup(built, listing.path)
        assert page.find("meta", attrs={"name": "robots"})["content"] == "noindex"
        assert page.html["lang"] == listing.lang
        assert listing.path not in built.read("sitemap.xml")
    assert soup(built, HOME["fr"].path).select_one("a.bascule")["href"] == "/" + HOME["en"].path
    assert soup(built, HOME["en"].path).select_one("main .liste a")["hreflang"] == "fr"


def test_a_setting_leaves_them_out(built: Site) -> None:
    text = built.config.read_text("utf-8")
    built.config.write_text(text.replace("systeme_de_design: true", "systeme_de_design: false"), "utf-8")
    built.build()
    gone = [path for path in built.tree() if "systeme-de-design" in path or "design-system" in path]
    built.config.write_text(text, "utf-8")
    assert not gone


def test_a_theme_without_documentation_has_no_such_pages(tmp_path: Path) -> None:
    site = Site(tmp_path, theme=True)
    for file in (site.root / "theme" / DOCUMENTATION).iterdir():
        file.unlink()
    (site.root / "theme" / DOCUMENTATION).rmdir()
    site.write("index.md", "---\ntitle: Accueil\n---\n")
    site.build()
    assert not [path for path in site.tree() if "systeme-de-design" in path]
