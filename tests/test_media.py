"""Images, players and infographics: what pages show of them, what is made of images, what waits with an embargo, what editors are told."""

from __future__ import annotations

import io
import json
import re
import shutil
import struct
import zlib
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from conftest import ROOT, Site
from PIL import Image, ImageDraw

from fleuve import caption, media_item, rendition
from fleuve.command import main

FOLDER = "nouvelles/2026/05/"
SAMPLES = ROOT / "themes" / "fleuve" / "_documentation"
ITEM = """\
---
type: communique
title: {title}
description: Le chapeau de la nouvelle.
organismes: [ministere]
date: {date}
medias:
{medias}
---
Le texte.
"""
PHOTO = "  - image: {name}\n    texte_de_remplacement: Un phare au bord de l’eau.\n    credit: Ministère"


def picture(colour: tuple, size: tuple = (700, 500), kind: str = "JPEG", **options) -> bytes:
    """A disc on a plain ground."""
    image, out = Image.new("RGB", size, colour), io.BytesIO()
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill=(240, 230, 200))
    image.save(out, kind, **options)
    return out.getvalue()


def located(orientation: int) -> bytes:
    """A photograph in which the camera wrote where it was, and how it was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (46.0, 48.0, 50.0), 3: "W", 4: (71.0, 12.0, 29.0)})
    return picture((90, 20, 20), exif=exif)


def bomb() -> bytes:
    """A PNG of a hundred bytes that says it has 3.6 billion pixels."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.fixture
def newsroom(site: Site) -> Site:
    """A site with one organism and no item."""
    site.write("index.md", "---\ntitle: Accueil\norganismes: [ministere]\n---\nBienvenue.")
    site.write("organismes/ministere.md", "---\ntype: organisme\ntitle: Ministère\nsigle: M\nnature: ministere\nstatut: actif\n---\n")
    return site


def item(site: Site, name: str, medias: str, date: str = "2026-05-04 09:30") -> None:
    """Write an item of news."""
    site.write(f"{FOLDER}{name}.md", ITEM.format(title=name.capitalize(), date=date, medias=medias))


def made(site: Site) -> set[str]:
    """The renditions that are published."""
    return {path for path in site.tree() if re.fullmatch("medias/[^/]+", path)}  # in folders of their own: cards for social networks


def pages(site: Site) -> dict[str, str]:
    """The tree without what every build writes."""
    return {path: sha for path, sha in site.tree().items() if path.endswith(".html")}


def check_html(folder: Path) -> list[dict]:
    """What `build.py check --html` finds."""
    out = io.StringIO()
    with redirect_stdout(out):
        main(["check", "--html", str(folder), "--json"])
    return json.loads(out.getvalue())


# What pages show.


def test_an_image_comes_in_several_sizes_and_formats_and_nothing_moves(newsroom):
    newsroom.write("photo.jpg", picture((10, 80, 90), (1800, 1200)))
    newsroom.write("petite.png", picture((10, 80, 90), (200, 100), "PNG"))
    newsroom.write("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200"/>')
    newsroom.write("page.md", '![Un phare](photo.jpg "Titre")\n\n![Un point](petite.png)\n\n![Un dessin](dessin.svg)\n')
    result = newsroom.build("--jobs", "1")
    assert result.code == 0, result.report
    large, small = re.findall(r"<picture>.*?</picture>", newsroom.read("page/index.html"))
    assert re.findall(r"\S+-(\d+)\.avif (\d+)w", large) == [(width, width) for width in ("320", "640", "960", "1440")]
    assert 'type="image/webp"' in large and 'sizes="' in large
    assert re.search(r'<img src="/medias/[0-9a-f]{20}-960\.jpg" alt="Un phare" title="Titre" width="1800" height="1200" loading="lazy" decoding="async">', large)
    assert re.findall(r"(\d+)w", small) == ["200", "200"] and 'width="200" height="100"' in small and "-200.png" in small
    assert '<img src="/dessin.svg" alt="Un dessin" width="300" height="200" loading="lazy" decoding="async">' in newsroom.read("page/index.html")
    named = set(re.findall(r"/(medias/[^ \"]+)", newsroom.read("page/index.html")))
    assert named == made(newsroom)
    for path in named:
        with Image.open(newsroom.out / path) as opened:
            assert opened.width == int(path.rpartition("-")[2].partition(".")[0])


def test_renditions_stand_upright_and_do_not_say_where_the_camera_was(newsroom):
    newsroom.write(f"{FOLDER}photo.jpg", located(6))
    item(newsroom, "phare", PHOTO.format(name="photo.jpg"))
    result = newsroom.build("--jobs", "1")
    assert (result.code, "position-gps" in result.codes()) == (0, True)
    main = re.search(r"<picture>.*?</picture>", newsroom.read(f"{FOLDER}phare/index.html"))[0]
    assert 'width="500" height="700"' in main and 'fetchpriority="high"' in main and "lazy" not in main
    for path in made(newsroom):
        with Image.open(newsroom.out / path) as opened:
            assert opened.height > opened.width and not opened.getexif(), path


ALL = """\
  - {image: phare.jpg, texte_de_remplacement: Un phare., credit: Ministère, original: grand.jpg, licence: Libre de droits pour les médias}
  - {image: quai.jpg, texte_de_remplacement: Un quai., credit: Ministère, legende: À *Rimouski*.}
  - {video: film.mp4, titre: Le film, credit: Ministère, sous_titres: film.vtt, affiche: affiche.jpg, duree: "0:02", transcription: "La glace part."}
  - {audio: son.mp3, titre: Le son, credit: Ministère, transcription: son.transcription.md}
  - {infographie: etapes.svg, titre: Les étapes, texte_de_remplacement: Trois étapes., description_longue: "Une, deux, trois."}
  - {video_externe: "https://www.youtube.com/watch?v=a", titre: La conférence}
"""


@pytest.fixture
def everything(newsroom) -> Site:
    """An item with a medium of each kind."""
    for name, colour in (("phare", (10, 80, 90)), ("quai", (90, 80, 10)), ("affiche", (10, 10, 60))):
        newsroom.write(f"{FOLDER}{name}.jpg", picture(colour))
    newsroom.write(f"{FOLDER}grand.jpg", picture((10, 80, 90), (1400, 1000)))
    for name, sample in (("film.mp4", "mp4"), ("film.vtt", "vtt"), ("son.mp3", "mp3"), ("etapes.svg", "svg")):
        shutil.copy(SAMPLES / f"exemple.{sample}", newsroom.content / FOLDER / name)
    (newsroom.content / FOLDER / "son.transcription.md").write_text("**Narratrice** : la glace a cédé.", "utf-8")
    item(newsroom, "tout", ALL)
    return newsroom


def test_every_kind_of_medium_has_its_text_and_passes_the_checker(everything):
    result = everything.build("--jobs", "1")
    assert result.code == 0, result.report
    html = everything.read(f"{FOLDER}tout/index.html")
    assert '<track kind="captions" src="/nouvelles/2026/05/film.vtt" srclang="fr" label="Sous-titres" default>' in html
    assert 'preload="none" poster="/medias/' in html and "<strong>Narratrice</strong>" in html and "La glace part." in html
    assert 'aria-details="infographie-1-description"' in html and '<details class="transcription" id="infographie-1-description">' in html
    assert "1400 × 1000" in html and "Libre de droits pour les médias" in html and "À <em>Rimouski</em>" in html
    assert "www.youtube.com/watch" in html and not re.search(r'(?:src|poster|srcset)="(?!/)', html)
    assert "son.transcription" not in " ".join(everything.tree())
    checked = check_html(everything.out)
    assert [finding for finding in checked if finding["file"].startswith(FOLDER) and finding["certainty"] == "certain"] == []


def test_a_file_that_is_only_offered_is_not_made_smaller(everything):
    everything.build("--jobs", "1")
    assert len(made(everything)) == 3 * 5  # three images of 700 pixels: two widths in two formats, and the fallback
    assert (everything.out / FOLDER / "grand.jpg").is_file()


# What is made, and when.


def test_nothing_is_made_twice_and_what_is_not_shown_goes_away(newsroom, monkeypatch):
    for name, colour in (("a", (10, 80, 90)), ("b", (90, 80, 10))):
        newsroom.write(f"{FOLDER}{name}.jpg", picture(colour))
        item(newsroom, f"page-{name}", PHOTO.format(name=f"{name}.jpg"))
    newsroom.build("--jobs", "1")
    first, html = made(newsroom), pages(newsroom)
    assert newsroom.build("--jobs", "1").report["written"] == 0
    newsroom.write(f"{FOLDER}a.jpg", picture((200, 10, 10)))
    newsroom.build("--jobs", "1")
    second = made(newsroom)
    assert len(first & second) == 5 and len(second - first) == 5, "one image was changed: only its own files are others"
    assert [path for path, sha in pages(newsroom).items() if html[path] != sha and "page-b" in path] == []
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")
    (newsroom.content / FOLDER / "page-b.md").unlink()
    (newsroom.content / FOLDER / "b.jpg").unlink()
    newsroom.build("--jobs", "1")
    assert made(newsroom) == second - first
    monkeypatch.setattr(rendition, "_render", lambda *_: pytest.fail("made a second time"))
    shutil.rmtree(newsroom.out)
    newsroom.build("--jobs", "1", "--clean")
    assert made(newsroom) == second - first


def test_bytes_do_not_depend_on_the_number_of_processes(newsroom):
    for number in range(5):
        newsroom.write(f"{FOLDER}{number}.png", picture((number * 40, 80, 90), (400, 300), "PNG"))
        item(newsroom, f"page-{number}", PHOTO.format(name=f"{number}.png"))
    newsroom.build("--jobs", "2")
    assert newsroom.tree() == newsroom.clean_build("--jobs", "1")


def test_no_image_of_an_item_is_there_before_the_item(newsroom):
    for name, colour in (("secret", (1, 2, 3)), ("partage", (90, 80, 10)), ("grand", (1, 2, 3))):
        newsroom.write(f"{FOLDER}{name}.jpg", picture(colour))
    item(newsroom, "ouverte", PHOTO.format(name="partage.jpg"))
    item(newsroom, "a-venir", PHOTO.format(name="secret.jpg") + "\n    original: grand.jpg\n" + PHOTO.format(name="partage.jpg"), date="2026-05-29 10:00")
    newsroom.build("--jobs", "1", now="2026-05-29T09:59")
    before = set(newsroom.tree())
    assert len(made(newsroom)) == 5 and not {path for path in before if "secret" in path or "grand" in path}
    newsroom.build("--jobs", "1", now="2026-05-29T10:00")
    after = set(newsroom.tree())
    assert {f"{FOLDER}secret.jpg", f"{FOLDER}grand.jpg"} <= after and len(made(newsroom)) == 10
    newsroom.build("--jobs", "1", now="2026-05-29T09:59")
    assert set(newsroom.tree()) == before


def test_edits_one_after_the_other_give_the_bytes_of_a_clean_build(newsroom):
    def photo(name: str, colour: int, size: tuple = (360, 240)) -> None:
        newsroom.write(f"{FOLDER}{name}", picture((colour, 80, 90), size))

    photo("a.jpg", 10)
    photo("b.jpg", 20)
    item(newsroom, "une", PHOTO.format(name="a.jpg"))
    newsroom.write("page.md", f"![Un phare]({FOLDER}b.jpg)")
    steps = (
        lambda: photo("a.jpg", 30), lambda: photo("b.jpg", 10, (300, 500)), lambda: (newsroom.content / FOLDER / "b.jpg").unlink(), lambda: photo("b.jpg", 30),
        lambda: newsroom.write(f"{FOLDER}a.jpg", b"rien"), lambda: item(newsroom, "une", PHOTO.format(name="a.jpg"), "2026-09-01"), lambda: photo("a.jpg", 60),
        lambda: newsroom.write("page.md", "Sans image."), lambda: item(newsroom, "une", PHOTO.format(name="b.jpg") + "\n    original: a.jpg"),
    )
    newsroom.build("--jobs", "1")
    for number, step in enumerate(steps):
        step()
        newsroom.build("--jobs", "1")
        assert newsroom.tree() == newsroom.clean_build("--jobs", "1"), number


# What is refused.


@pytest.mark.parametrize("name, data, code", [
    ("bombe.png", bomb(), "image-trop-grande"),
    ("coupee.jpg", picture((9, 9, 9), (900, 900))[:2000], "image-illisible"),
    ("texte.webp", b"<html>", "image-illisible"),
    ("passes.jpg", picture((9, 9, 9)) + b"\xff\xda" * 200, "image-illisible"),
    ("actif.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>', "dessin-actif"),
])
def test_an_image_that_cannot_be_shown_gives_place_to_its_words(newsroom, name, data, code):
    newsroom.write(name, data)
    newsroom.write("page.md", f"Voici ![un phare]({name}).")
    result = newsroom.build("--jobs", "1")
    assert [(problem["file"], problem["code"]) for problem in result.report["errors"]] == [(name, code)]
    assert result.report["errors"][0]["remedy"] and "Voici un phare." in newsroom.read("page/index.html") and not made(newsroom)
    assert newsroom.build("--jobs", "1").report["errors"] == result.report["errors"]


def test_an_image_under_the_name_of_another_format_is_shown_and_told_of(newsroom):
    newsroom.write("photo.jpg", picture((9, 90, 9), kind="PNG"))
    newsroom.write("page.md", "![Un phare](photo.jpg)")
    result = newsroom.build("--jobs", "1")
    assert (result.code, "image-mal-nommee" in result.codes(), len(made(newsroom))) == (0, True, 5)


CAPTION_FAULTS = {
    "WEBVTT\n\n00:01.000 --> 00:02.500 align:start\nBonjour.\n\nNOTE rien\n\n01:00:02.000 --> 01:00:04.000\nAu revoir.\n": [],
    "00:01.000 --> 00:02.500\nBonjour.\n": [(1, "sous-titres-invalides")],
    "WEBVTT\n\n1\n00:00:01,000 --> 00:00:02,500\nBonjour.\n": [(4, "sous-titres-invalides")],
    "WEBVTT\n\n00:03.000 --> 00:02.000\nBonjour.\n": [(3, "sous-titres-invalides")],
    "WEBVTT\n\n00:03.000 --> 00:04.000\n\nBonjour.\n": [(3, "sous-titres-invalides")],
    "WEBVTT\n\n00:03.000 --> 00:04.000\nUn.\n\n00:01.000 --> 00:02.000\nDeux.\n": [(6, "sous-titres-desordre")],
    "WEBVTT\n": [(1, "sous-titres-invalides")],
    "WEBVTT\n" + "1 --> 2\n" * 5000: [(line, "sous-titres-invalides") for line in range(2, 2 + caption.MAX_TOLD)],
}


@pytest.mark.parametrize("text", CAPTION_FAULTS)
def test_captions(tmp_path: Path, text: str):
    (tmp_path / "film.vtt").write_text(text, "utf-8")
    assert [(problem.line, problem.code) for problem in caption.check(str(tmp_path), "film.vtt")] == CAPTION_FAULTS[text]


MEDIA_FAULTS = {
    "- image: a.jpg\n  credit: M": [(1, "media-sans-texte")],
    "- image: a.jpg\n  texte_de_remplacement: IMG_2034.jpg\n  credit: M": [(2, "texte-de-remplacement")],
    "- image: a.tiff\n  texte_de_remplacement: Un phare.\n": [(1, "media-sans-credit"), (1, "media-format")],
    "- video: a.mp4\n  credit: M\n  transcription: Rien.\n  muet: true": [],
    "- video: a.avi\n  credit: M": [(1, "media-sans-transcription"), (1, "video-sans-sous-titres"), (1, "media-format")],
    "- audio: a.mp3\n  credit: M\n  transcription: a.md": [(3, "transcription-nom")],
    "- infographie: a.svg\n  texte_de_remplacement: Trois étapes.": [(1, "infographie-sans-description")],
    "- image: a.jpg\n  video: a.mp4": [(1, "media-indecis")],
    "- credit: M": [(1, "media-indecis")],
    "- {image: a.jpg, texte_de_remplacement: Un., credit: M}\n- {image: a.jpg, texte_de_remplacement: Un., credit: M}": [(2, "media-en-double")],
}


@pytest.mark.parametrize("yaml", MEDIA_FAULTS)
def test_what_an_item_of_media_needs(yaml: str):
    from fleuve import front_matter

    text = "medias:\n" + "".join(f"  {line}\n" for line in yaml.splitlines())
    found = media_item.check(front_matter.parse(text, "page.md")[0]["medias"], "page.md", text, 0)
    assert [(problem.line, problem.code) for problem in found] == MEDIA_FAULTS[yaml]
    assert all(problem.remedy for problem in found)


def test_what_is_not_there_or_not_allowed_is_told_with_its_line(newsroom):
    item(newsroom, "nouvelle", "  - {audio: absent.mp3, credit: M, transcription: absent.transcription.md}\n  - {video_externe: 'https://ailleurs.exemple/v'}")
    result = newsroom.build("--jobs", "1")
    told = {(problem["line"], problem["code"]) for problem in result.report["errors"]}
    assert told == {(8, "reference-inconnue"), (9, "video-hote")}
    assert "ailleurs.exemple" not in newsroom.read(f"{FOLDER}nouvelle/index.html")


def test_components_without_their_text_are_told_of(newsroom):
    newsroom.write("a.mp3", (SAMPLES / "exemple.mp3").read_bytes())
    newsroom.write("a.mp4", (SAMPLES / "exemple.mp4").read_bytes())
    newsroom.write("a.jpg", picture((1, 90, 90)))
    newsroom.write("page.md", '::: audio Un son {fichier="a.mp3"}\n:::\n\n::: video Un film {fichier="a.mp4"}\nParoles.\n:::\n\n'
                   '::: photo {fichier="a.jpg" texte_de_remplacement="a.jpg" credit="M"}\n:::\n\n::: video-externe Ailleurs {lien="https://ailleurs.exemple/v"}\n:::\n\n![DSC_0042](a.jpg)')
    result = newsroom.build("--jobs", "1")
    told = [(problem["line"], problem["code"]) for problem in result.problems() if problem["line"] > 1]
    assert sorted(told) == [(4, "composant-vide"), (7, "attribut-manquant"), (11, "texte-de-remplacement"), (14, "video-hote"), (17, "texte-de-remplacement")]


def test_renditions_are_the_same_under_mkdocs(newsroom):
    newsroom.write("photo.jpg", picture((10, 80, 90)))
    newsroom.write("page.md", "![Un phare](photo.jpg)")
    newsroom.build("--jobs", "1")
    out = newsroom.root / "mkdocs"
    from test_mkdocs import mkdocs, ours

    assert ours(newsroom.tree()) == mkdocs(newsroom.config, out)
