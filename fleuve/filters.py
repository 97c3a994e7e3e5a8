"""Filters of the theme's templates: dates, sizes, telephone links, and front-matter fields in Markdown."""

from __future__ import annotations

import re

from jinja2 import pass_context
from markupsafe import Markup

from fleuve import markdown as dialect
from fleuve import instant, mandate, vocabulary

NBSP = "\u00a0"
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2}))?")


def date(text: str | None, lang: str = "fr") -> str:
    """« 4 mai 2026 », « 1er mai 2026 à 9 h 30 » or “May 4, 2026” from 2026-05-04[ 09:30]; other text is returned as it is."""
    match = _DATE.match(text or "")
    if not match:
        return text or ""
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    name = MONTHS.get(lang, MONTHS["en"])[month - 1]
    if lang == "fr":
        written = f"{'1er' if day == 1 else day}{NBSP}{name} {year}"
        return f"{written} à {_clock(int(match[4]), match[5], lang)}" if match[4] else written
    written = f"{name}{NBSP}{day}, {year}"
    return f"{written}, {_clock(int(match[4]), match[5], lang)}" if match[4] else written


def hours(start: str, end: str, lang: str = "fr") -> str:
    """« 4 mai 2026, de 10 h à 11 h 30 » when a period is within one day, else the two instants joined by a dash."""
    first, last = _DATE.match(start), _DATE.match(end)
    if not (first and last and first[4] and last[4] and start[:10] == end[:10]):
        return f"{date(start, lang)} – {date(end, lang)}"
    clocks = [_clock(int(found[4]), found[5], lang) for found in (first, last)]
    return f"{date(start[:10], lang)}, " + (f"de {clocks[0]} à {clocks[1]}" if lang == "fr" else f"{clocks[0]} to {clocks[1]}")


def _clock(hour: int, minute: str, lang: str) -> str:
    if lang == "fr":
        return f"{hour}{NBSP}h{f'{NBSP}{minute}' if minute != '00' else ''}"
    return f"{hour % 12 or 12}:{minute}{NBSP}{'a.m.' if hour < 12 else 'p.m.'}"


def size(count: int, lang: str = "fr") -> str:
    """« 1,2 Mo » or “1.2 MB” from a number of bytes (powers of 1,000, as the International System has it)."""
    units = ("octets", "ko", "Mo", "Go") if lang == "fr" else ("bytes", "KB", "MB", "GB")
    value, unit = float(count), units[0]
    for unit in units:
        if value < 1000 or unit == units[-1]:
            break
        value /= 1000
    text = f"{value:.0f}" if unit == units[0] or value >= 10 else f"{value:.1f}"
    return f"{text.replace('.', ',') if lang == 'fr' else text}{NBSP}{unit}"


def thousands(count: int, lang: str = "fr") -> str:
    """« 12 345 » or “12,345”."""
    return f"{count:,}".replace(",", NBSP if lang == "fr" else ",")


def telephone(number: str) -> str:
    """tel: address of a number written for people: « 1 800 555-0100, poste 2 » → tel:+18005550100,2."""
    main, *extension = re.split(r"(?:,\s*)?(?:poste|ext\.?|extension)\s*", str(number), maxsplit=1)
    digits = re.sub(r"\D", "", main)
    if len(digits) == 10:
        digits = "1" + digits
    suffix = "," + re.sub(r"\D", "", extension[0]) if extension else ""
    return f"tel:{'+' if len(digits) > 3 else ''}{digits}{suffix}"


def _lang(context) -> str:
    return context.get("lang") or "fr"


@pass_context
def _date(context, text: str | None) -> str:
    return date(str(text) if text else "", _lang(context))


@pass_context
def _time(context, text: str) -> Markup:
    """The same as an element « time », for programs too."""
    return Markup('<time datetime="{}">{}</time>').format(str(text).replace(" ", "T"), date(str(text), _lang(context)))


@pass_context
def _hours(context, start: str, end: str) -> str:
    return hours(str(start), str(end), _lang(context))


@pass_context
def _size(context, count: int) -> str:
    return size(count, _lang(context))


@pass_context
def _thousands(context, count: int) -> str:
    return thousands(count, _lang(context))


@pass_context
def _markdown(context, text: str | None, heading: str = "") -> Markup:
    return _render(context, text, dialect.render, heading)  # heading: names the tables of the field


@pass_context
def _markdown_inline(context, text: str | None) -> Markup:
    return _render(context, text, dialect.inline)


def _render(context, text: str | None, renderer, heading: str = "") -> Markup:
    """A field in Markdown: sanitized, its links resolved from the page, its abbreviations and typography set, as the body of the page is."""
    from plugins.languages import mark
    from plugins.links import link
    from plugins.sanitizer import clean
    from plugins.tables import wrap
    from plugins.typography import space

    if not text:
        return Markup("")
    lang, doc = _lang(context), context.get("doc")
    html = renderer(str(text), lang, True)
    if dialect.has_raw_html(str(text)):
        html = clean(html)
    if getattr(doc, "session", None) is not None:
        html = link(html, doc)
        if "<table" in html:
            html = wrap(html, doc, heading)
        if "]{lang=" in html:
            html = mark(html, doc)
        if (terms := doc.session.terms(lang)) is not None:
            html = terms.expand(html)
    return Markup(space(html) if lang == "fr" else html)


@pass_context
def _entry_title(context, entry: dict) -> str:
    return vocabulary.title(entry, _lang(context))


@pass_context
def _entry_part(context, entry: dict) -> str:
    return vocabulary.part(entry, _lang(context))


FILTERS = {"date": _date, "instant": _time, "iso": instant.to_iso, "heures": _hours, "taille": _size, "milliers": _thousands, "tel": telephone, "markdown": _markdown, "markdown_inline": _markdown_inline, "nom": _entry_title, "charge": mandate.office_title, "segment": _entry_part}
