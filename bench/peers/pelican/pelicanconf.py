"""Stock Pelican with templates that write the same parts as Fleuve's newsroom. BENCH_CONTENT: the folder of the corpus."""

import json
import os
from pathlib import Path

HERE = Path(__file__).parent
PATH = os.environ["BENCH_CONTENT"]
NAMES = json.loads((Path(PATH) / "names.json").read_text("utf-8"))
SITENAME, SITEURL = "Services du gouvernement", "https://www.gouv.exemple.quebec"
THEME = str(HERE / "theme")
PLUGINS = []
TIMEZONE, DEFAULT_LANG, LOCALE = "America/Montreal", "fr", "C.UTF-8"
ARTICLE_PATHS, STATIC_PATHS, PAGE_PATHS = ["nouvelles"], [], ["pages"]
USE_FOLDER_AS_CATEGORY = False

# Listings, by type, organism, theme, region, minister, year and month, by 40.
ARTICLE_URL = "nouvelles/{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
CATEGORY_URL, CATEGORY_SAVE_AS = "nouvelles/types/{slug}/", "nouvelles/types/{slug}/index.html"
AUTHOR_URL, AUTHOR_SAVE_AS = "nouvelles/organismes/{slug}/", "nouvelles/organismes/{slug}/index.html"
TAG_URL, TAG_SAVE_AS = "nouvelles/etiquettes/{slug}/", "nouvelles/etiquettes/{slug}/index.html"
YEAR_ARCHIVE_URL, YEAR_ARCHIVE_SAVE_AS = "nouvelles/{date:%Y}/", "nouvelles/{date:%Y}/index.html"
MONTH_ARCHIVE_URL, MONTH_ARCHIVE_SAVE_AS = "nouvelles/{date:%Y}/{date:%m}/", "nouvelles/{date:%Y}/{date:%m}/index.html"
DIRECT_TEMPLATES = ["index", "sitemap"]
INDEX_SAVE_AS, INDEX_URL = "nouvelles/toutes/index.html", "nouvelles/toutes/"
SITEMAP_SAVE_AS = "sitemap.xml"
DEFAULT_PAGINATION = 40
PAGINATED_TEMPLATES = {"index": 40, "category": 40, "author": 40, "tag": 40, "period_archives": 40}
PAGINATION_PATTERNS = ((1, "{url}", "{save_as}"), (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"))

# Two feeds of each list but those of dates, of 20 items.
FEED_MAX_ITEMS = 20
FEED_ALL_ATOM, FEED_ALL_RSS = "nouvelles/toutes/fil.atom.xml", "nouvelles/toutes/fil.rss.xml"
CATEGORY_FEED_ATOM, CATEGORY_FEED_RSS = CATEGORY_URL + "fil.atom.xml", CATEGORY_URL + "fil.rss.xml"
AUTHOR_FEED_ATOM, AUTHOR_FEED_RSS = AUTHOR_URL + "fil.atom.xml", AUTHOR_URL + "fil.rss.xml"
TAG_FEED_ATOM, TAG_FEED_RSS = TAG_URL + "fil.atom.xml", TAG_URL + "fil.rss.xml"
TRANSLATION_FEED_ATOM = None

_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
JINJA_FILTERS = {"jour": lambda date: f"{date.day} {_MONTHS[date.month - 1]} {date.year}", "mois": lambda date: f"{_MONTHS[date.month - 1].capitalize()} {date.year}"}
JINJA_GLOBALS = {"NOMS": NAMES}
